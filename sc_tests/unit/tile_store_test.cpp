#include "hw/tile_store.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <list>
#include <random>

#include "sc_tests/unit/aborts.h"

namespace {
using sosa::SliceId;
using sosa::TileTag;
using sosa::hw::TileStore;
using Evicted = std::vector<TileStore::Evicted>;

// Reserves for slice `use` while slice `current` runs; "ok" or "full", and the tags that went.
std::string reserve(TileStore& store, std::uint32_t tag, std::uint32_t bytes, std::uint32_t use,
                    std::uint32_t current) {
    Evicted evicted;
    std::string text =
        store.reserve(TileTag{tag}, bytes, SliceId{use}, SliceId{current}, evicted) ? "ok" : "full";
    for (const auto& e : evicted) text += " " + std::to_string(e.tag.value) + (e.dirty ? "*" : "");
    return text;
}

// The same rules as a list of bookings, in the words of the paper's simulator.
class NaiveStore {
  public:
    explicit NaiveStore(std::uint64_t capacity) : capacity_(capacity) {}
    bool resident(std::uint32_t tag) const {
        for (const auto& t : list_)
            if (t.tag == tag) return true;
        return false;
    }
    bool book(std::uint32_t tag, std::uint32_t use) {
        for (auto t = list_.begin(); t != list_.end(); ++t) {
            if (t->tag != tag) continue;
            list_.push_back({tag, t->bytes, use});
            list_.erase(t);
            return true;
        }
        return false;
    }
    bool hold(std::uint32_t tag, std::uint32_t use) {
        for (auto& t : list_)
            if (t.tag == tag) return t.use = std::max(t.use, use), true;
        return false;
    }
    std::string reserve(std::uint32_t tag, std::uint32_t bytes, std::uint32_t use, std::uint32_t current) {
        std::string gone;
        while (used() + bytes > capacity_) {
            const auto first =
                std::find_if(list_.begin(), list_.end(), [&](const Tile& t) { return t.use < current; });
            if (first == list_.end()) return "full" + gone;
            gone += " " + std::to_string(first->tag);
            list_.erase(first);
        }
        list_.push_back({tag, bytes, use});
        return "ok" + gone;
    }
    std::uint64_t used() const {
        std::uint64_t sum = 0;
        for (const auto& t : list_) sum += t.bytes;
        return sum;
    }

  private:
    struct Tile {
        std::uint32_t tag, bytes, use;
    };
    std::uint64_t capacity_;
    std::list<Tile> list_;
};
}  // namespace

TEST_CASE("a store holds exactly its capacity") {
    TileStore store(100);
    CHECK(reserve(store, 0, 60, 0, 0) == "ok");
    CHECK(reserve(store, 1, 40, 0, 0) == "ok");
    CHECK(store.used_bytes() == 100);
    CHECK(store.tiles() == 2);
    CHECK(store.bytes(TileTag{1}) == 40);
    CHECK(reserve(store, 2, 1, 0, 0) == "full");
    CHECK_FALSE(store.resident(TileTag{2}));
    CHECK(store.evictions() == 0);
}

TEST_CASE("a tile larger than the bank never gets room") {
    TileStore store(100);
    CHECK(reserve(store, 0, 101, 0, 9) == "full");
    CHECK(reserve(store, 0, 100, 0, 9) == "ok");
}

TEST_CASE("room is made in the order of booking") {
    TileStore store(40);
    for (std::uint32_t tag : {5, 2, 9, 7}) CHECK(reserve(store, tag, 10, 0, 0) == "ok");
    CHECK(reserve(store, 1, 20, 1, 1) == "ok 5 2");
    CHECK(store.resident(TileTag{9}));
    CHECK_FALSE(store.resident(TileTag{5}));
    CHECK(reserve(store, 3, 10, 1, 1) == "ok 9");
    CHECK(store.evictions() == 3);
    CHECK(store.peak_bytes() == 40);
}

TEST_CASE("a further booking moves a tile to the back") {
    TileStore store(30);
    for (std::uint32_t tag : {0, 1, 2}) CHECK(reserve(store, tag, 10, 0, 0) == "ok");
    CHECK(store.book(TileTag{0}, SliceId{0}));  // the front
    CHECK(store.book(TileTag{2}, SliceId{0}));  // the middle: 1 0 2
    CHECK(store.book(TileTag{2}, SliceId{0}));  // the back
    CHECK_FALSE(store.book(TileTag{3}, SliceId{0}));
    CHECK(reserve(store, 10, 10, 1, 1) == "ok 1");
    CHECK(reserve(store, 11, 10, 1, 1) == "ok 0");
    CHECK(reserve(store, 12, 10, 1, 1) == "ok 2");
}

TEST_CASE("a tile goes only when its last use lies before the current slice") {
    TileStore store(10);
    CHECK(reserve(store, 0, 10, 7, 0) == "ok");
    CHECK(reserve(store, 1, 10, 8, 7) == "full");  // its slice runs
    CHECK(store.resident(TileTag{0}));
    CHECK(reserve(store, 1, 10, 8, 8) == "ok 0");
}

TEST_CASE("a tile in use is passed over and keeps its place") {
    TileStore store(30);
    for (const std::uint32_t tag : {0u, 1u, 2u}) CHECK(reserve(store, tag, 10, 0, 0) == "ok");
    CHECK(store.hold(TileTag{0}, SliceId{5}));
    CHECK_FALSE(store.hold(TileTag{7}, SliceId{5}));
    CHECK(reserve(store, 3, 10, 5, 5) == "ok 1");    // 0 is held, 1 came next
    CHECK(store.hold(TileTag{0}, SliceId{2}));       // what is needed longer stays so
    CHECK(reserve(store, 4, 20, 5, 5) == "full 2");  // 0 and 3 are used in slice 5
    CHECK(reserve(store, 4, 20, 6, 6) == "ok 0");    // over: 0 goes first, as the eldest
}

TEST_CASE("what went before room turned out too small stays away") {
    TileStore store(30);
    CHECK(reserve(store, 0, 10, 0, 0) == "ok");
    CHECK(reserve(store, 1, 20, 4, 0) == "ok");
    CHECK(reserve(store, 2, 20, 5, 4) == "full 0");
    CHECK_FALSE(store.resident(TileTag{0}));
    CHECK(store.used_bytes() == 20);
    CHECK(store.tiles() == 1);
}

TEST_CASE("an evicted tile is dirty while reads are to come and no copy is in DRAM") {
    TileStore store(10);
    const TileTag t{0};
    CHECK(reserve(store, 0, 10, 0, 0) == "ok");
    store.expect_reads(t, 2);
    store.note_read(t);
    CHECK(reserve(store, 1, 10, 1, 1) == "ok 0*");
    CHECK(reserve(store, 0, 10, 2, 2) == "ok 1");
    store.mark_clean(t);  // as DMA does when it has spilled or fetched it
    CHECK(reserve(store, 1, 10, 3, 3) == "ok 0");
    CHECK(reserve(store, 0, 10, 4, 4) == "ok 1");
    store.expect_reads(t, 1);  // computed anew: the copy is no longer good
    CHECK(reserve(store, 1, 10, 5, 5) == "ok 0*");
    CHECK(reserve(store, 0, 10, 6, 6) == "ok 1");
    store.note_read(t);
    store.note_read(t);  // more reads than expected do not wrap around
    CHECK(reserve(store, 1, 10, 7, 7) == "ok 0");
}

TEST_CASE("a tile may have up to 16 MiB and 15 reads to come") {
    const TileTag t{0};
    TileStore store(std::uint64_t{1} << 30);
    CHECK(reserve(store, 0, 1u << 24, 0, 0) == "ok");
    CHECK(store.bytes(t) == 1u << 24);
    CHECK(store.used_bytes() == 1u << 24);
    store.expect_reads(t, TileStore::most_reads);
    CHECK(TileStore::most_reads == 15);
    CHECK(reserve(store, 1, 1u << 24, 1, 1) == "ok");
    for (std::uint32_t read = 1; read < TileStore::most_reads; ++read) store.note_read(t);
    TileStore copy = store;
    std::vector<TileStore::Evicted> evicted;
    REQUIRE(copy.reserve(TileTag{2}, (1u << 30) - (1u << 24), SliceId{1}, SliceId{1}, evicted));
    REQUIRE(evicted.size() == 1);
    CHECK(evicted[0].dirty);  // the fifteenth is to come
    CHECK(evicted[0].bytes == 1u << 24);
    store.note_read(t);
    evicted.clear();
    REQUIRE(store.reserve(TileTag{2}, (1u << 30) - (1u << 24), SliceId{1}, SliceId{1}, evicted));
    CHECK_FALSE(evicted[0].dirty);
}

TEST_CASE("a tile is filled once its data arrived and empty when it is reserved again") {
    TileStore store(10);
    const TileTag t{3};
    CHECK_FALSE(store.filled(t));
    CHECK(reserve(store, 3, 10, 0, 0) == "ok");
    CHECK_FALSE(store.filled(t));
    store.fill(t);
    CHECK(store.filled(t));
    CHECK(reserve(store, 4, 10, 1, 1) == "ok 3");
    CHECK_FALSE(store.filled(t));
    CHECK(reserve(store, 3, 10, 2, 2) == "ok 4");
    CHECK_FALSE(store.filled(t));
}

TEST_CASE("reserving a resident tile is our own fault and aborts") {
    TileStore store(20);
    CHECK(reserve(store, 0, 10, 0, 0) == "ok");
    CHECK(sosa::tests::aborts([&] { reserve(store, 0, 10, 0, 0); }));
}

TEST_CASE("20000 random bookings evict as a plain list does") {
    std::mt19937 random(1);
    const auto up_to = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
    TileStore store(200);
    NaiveStore naive(200);
    std::uint32_t full = 0, gone = 0;
    for (std::uint32_t i = 0; i < 20000; ++i) {
        const std::uint32_t current = i / 20, tag = up_to(40), use = current + up_to(3);
        REQUIRE(store.resident(TileTag{tag}) == naive.resident(tag));
        const bool move = up_to(2) == 0;
        const bool known =
            move ? store.book(TileTag{tag}, SliceId{use}) : store.hold(TileTag{tag}, SliceId{use});
        REQUIRE(known == (move ? naive.book(tag, use) : naive.hold(tag, use)));
        if (known) continue;
        const std::uint32_t bytes = 1 + up_to(60);
        const auto said = reserve(store, tag, bytes, use, current);
        REQUIRE(said == naive.reserve(tag, bytes, use, current));
        REQUIRE(store.used_bytes() == naive.used());
        full += said.rfind("full", 0) == 0;
        gone += said.size() > 4;
    }
    CHECK(full > 1000);  // both ways were taken
    CHECK(gone > 1000);
}
