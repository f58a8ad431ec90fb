#include "hw/dma.h"

#include <catch2/catch.hpp>

#include "hw/dram.h"
#include "sc_tests/module/stubs.h"

namespace {
using sosa::SliceId;
using sosa::TileTag;
using sosa::hw::Bank;
using sosa::hw::BankKind;
using sosa::hw::Dma;
using sosa::hw::Fetch;
using sosa::hw::TileStore;
using sosa::tests::BaseProtocolChecker;
using sosa::tests::run_until;
using sosa::tests::run_until_just_before;

// DRAM at 8 bytes a cycle without latency, and two banks of each kind.
struct Setup {
    std::uint32_t prefetch_slices = 8, outstanding = 2;
    std::uint64_t bank_bytes = 1024;
    double latency_ns = 0;
};

struct Bench : sc_core::sc_module {
    sosa::noc::TransferPool transfers;
    Dma dma;
    sosa::hw::Dram dram;
    BaseProtocolChecker dram_checker{"dram_checker"};
    std::deque<Bank> x, w, p;
    std::deque<BaseProtocolChecker> checkers;
    std::vector<std::uint64_t> progress_cycles;

    static constexpr std::uint64_t spill_address = std::uint64_t{1} << 40;

    explicit Bench(const Setup& setup, sc_core::sc_module_name = "bench")
        : dma("dma", {2, setup.prefetch_slices, setup.outstanding, spill_address, 64}, sosa::tests::kCycle,
              transfers),
          dram("dram", 8e9, sc_core::sc_time(setup.latency_ns, sc_core::SC_NS)) {
        dma.dram.bind(dram_checker.in);
        dram_checker.out.bind(dram.port);
        for (std::uint32_t i = 0; i < 2; ++i) {
            add(x, "x", BankKind::x, 1, i, setup.bank_bytes, dma.x_banks[i], dma.x_tags[i]);
            add(w, "w", BankKind::w, 1, i, setup.bank_bytes, dma.w_banks[i], dma.w_tags[i]);
            add(p, "p", BankKind::p, 5, i, setup.bank_bytes, dma.p_banks[i], dma.p_tags[i]);
        }
        SC_HAS_PROCESS(Bench);
        SC_METHOD(note_progress);
        sensitive << dma.progress();
        dont_initialize();
    }
    void note_progress() {
        progress_cycles.push_back(sc_core::sc_time_stamp().value() / sosa::tests::kCycle.value());
    }

    void add(std::deque<Bank>& banks, const std::string& kind, BankKind k, std::uint32_t ports,
             std::uint32_t i, std::uint64_t bytes, tlm::tlm_initiator_socket<>& socket,
             sc_core::sc_port<sosa::hw::BankControl>& tags) {
        const std::string name = kind + std::to_string(i);
        banks.emplace_back(name.c_str(), Bank::Shape{k, i, ports, bytes, 8}, sosa::tests::kCycle);
        checkers.emplace_back((name + "_checker").c_str());
        socket.bind(checkers.back().in);
        checkers.back().out.bind(banks.back().dma);
        tags.bind(banks.back().control);
        for (std::uint32_t port = 0; port < ports; ++port) {  // no network here
            unused.push_back(
                std::make_unique<tlm::tlm_initiator_socket<>>((name + "_" + std::to_string(port)).c_str()));
            unused.back()->bind(no_backward_path);
            unused.back()->bind(banks.back().ports[port]);
        }
    }
    std::vector<std::unique_ptr<tlm::tlm_initiator_socket<>>> unused;
    sosa::noc::NoBackwardPath no_backward_path;

    std::uint32_t resident_before() const { return dma.resident_before().value; }
    void reserve_p(std::uint32_t tag, std::uint32_t bytes, std::uint32_t use) {
        std::vector<TileStore::Evicted> evicted;
        REQUIRE(p[0].tags().reserve(TileTag{tag}, bytes, SliceId{use}, SliceId{use}, evicted));
    }
    void check_protocol() const {
        sosa::tests::check_clean(dram_checker);
        for (const auto& c : checkers) CHECK(c.violations() == std::vector<std::string>{});
    }
};

Fetch w_tile(std::uint16_t bank, std::uint32_t tag, std::uint32_t bytes = 64) {
    return {std::uint64_t{tag} * 4096 + bank, bytes, tag, bank, BankKind::w};
}
Fetch x_tile(std::uint16_t bank, std::uint32_t tag, std::uint32_t bytes = 64) {
    return {std::uint64_t{tag} * 8192 + bank, bytes, tag, bank, BankKind::x};
}

// Not there one tick before, there at that cycle.
void check_filled(const Bank& bank, std::uint32_t tag, std::uint64_t cycle) {
    CAPTURE(cycle, tag);
    run_until_just_before(cycle);
    CHECK_FALSE(bank.tags().filled(TileTag{tag}));
    run_until(cycle);
    CHECK(bank.tags().filled(TileTag{tag}));
}
}  // namespace

TEST_CASE("dma: tiles arrive one after the other in the order of the lists") {
    Bench b({});
    b.dma.push({w_tile(0, 0, 64), w_tile(1, 0, 32), x_tile(0, 0, 16)});
    b.dma.push({w_tile(0, 1, 64)});
    check_filled(b.w[0], 0, 8);  // bytes / 8 each
    check_filled(b.w[1], 0, 8 + 4);
    CHECK(b.resident_before() == 0);
    check_filled(b.x[0], 0, 8 + 4 + 2);
    CHECK(b.resident_before() == 1);
    check_filled(b.w[0], 1, 8 + 4 + 2 + 8);
    CHECK(b.resident_before() == 2);
    CHECK(b.progress_cycles ==
          std::vector<std::uint64_t>{14, 22});  // told when a slice is complete, not else
    CHECK(b.dma.counters().fetches == 4);
    CHECK(b.dma.counters().read_bytes == 64 + 32 + 16 + 64);
    CHECK(b.dram.counters().read_bytes == b.dma.counters().read_bytes);
    CHECK(b.w[0].counters().fill_bytes + b.w[1].counters().fill_bytes + b.x[0].counters().fill_bytes == 176);
    CHECK(b.dma.waiting_for().empty());
    b.check_protocol();
}

TEST_CASE("dma: tiles become resident on clock edges without losing bandwidth") {
    Bench b({});
    b.dma.push({w_tile(0, 0, 20), w_tile(0, 1, 20), w_tile(0, 2, 20), w_tile(0, 3, 20)});
    check_filled(b.w[0], 0, 3);  // 2.5
    check_filled(b.w[0], 1, 5);  // 5
    check_filled(b.w[0], 2, 8);  // 7.5
    check_filled(b.w[0], 3, 10);
}

TEST_CASE("dma: transfers under way hide the latency of DRAM") {
    Bench b({8, 3, 1024, 16});  // 16 cycles; 3 transfers of 8 cycles cover 8 + 16
    b.dma.push({w_tile(0, 0), w_tile(0, 1), w_tile(0, 2), w_tile(0, 3), w_tile(0, 4)});
    for (std::uint32_t i = 0; i < 5; ++i) check_filled(b.w[0], i, 16 + 8 * (i + 1));
    b.check_protocol();
}

TEST_CASE("dma: with one transfer at a time each pays the latency") {
    Bench b({8, 1, 1024, 16});
    b.dma.push({w_tile(0, 0), w_tile(0, 1), w_tile(0, 2)});
    for (std::uint32_t i = 0; i < 3; ++i) check_filled(b.w[0], i, (16 + 8) * (i + 1));
}

TEST_CASE("dma: it fetches exactly prefetch_slices ahead of the running slice") {
    Bench b({3, 2, 1024, 0});
    CHECK(b.dma.space() == 3 + 2);  // the running slice, those ahead, and the next one to begin with at once
    for (std::uint32_t s = 0; s < 5; ++s) b.dma.push({w_tile(0, s)});
    CHECK(b.dma.space() == 0);
    for (std::uint32_t s = 0; s <= 3; ++s) check_filled(b.w[0], s, 8 * (s + 1));
    CHECK(b.dma.space() == 4);
    b.dma.push({w_tile(0, 5)});
    run_until(100);
    CHECK_FALSE(b.w[0].tags().resident(TileTag{4}));
    CHECK(b.resident_before() == 4);
    b.dma.slice_started(SliceId{1});
    check_filled(b.w[0], 4, 100 + 8);
    run_until(200);
    CHECK_FALSE(b.w[0].tags().resident(TileTag{5}));
    b.dma.slice_started(SliceId{2});
    check_filled(b.w[0], 5, 200 + 8);
    CHECK(b.resident_before() == 6);
}

TEST_CASE("dma: a resident tile beyond the prefetch limit waits for its booking as well") {
    Bench b({1, 2, 1024, 0});
    b.dma.push({w_tile(0, 0)});
    b.dma.push({});
    b.dma.push({w_tile(0, 0)});
    run_until(100);
    CHECK(b.resident_before() == 2);
    CHECK(b.dma.counters().skipped == 0);
    b.dma.slice_started(SliceId{1});
    run_until(100);
    CHECK(b.resident_before() == 3);
    CHECK(b.dma.counters().skipped == 1);
}

TEST_CASE("dma: a full bank holds the queue until the slice moves on") {
    Bench b({8, 2, 64, 0});  // a bank holds one tile
    b.dma.push({w_tile(0, 0)});
    b.dma.push({w_tile(0, 1), w_tile(1, 0)});
    check_filled(b.w[0], 0, 8);
    run_until(50);
    CHECK(b.resident_before() == 1);
    CHECK_FALSE(b.w[1].tags().resident(TileTag{0}));  // stands behind it
    CHECK(b.dma.waiting_for() ==
          "W bank 0 (0 of 64 bytes free, 1 tiles) has no room for tile 1 of 64 bytes, needed by slice 1");
    b.dma.slice_started(SliceId{0});  // still the same slice
    run_until(60);
    CHECK_FALSE(b.w[0].tags().resident(TileTag{1}));
    b.dma.slice_started(SliceId{1});
    check_filled(b.w[0], 1, 60 + 8);
    CHECK(b.dma.waiting_for().empty());
    CHECK_FALSE(b.w[0].tags().resident(TileTag{0}));
    check_filled(b.w[1], 0, 60 + 16);
    CHECK(b.resident_before() == 2);
    CHECK(b.w[0].tags().evictions() == 1);
}

TEST_CASE("dma: a resident tile is booked instead of fetched") {
    Bench b({8, 2, 128, 0});  // a bank holds two tiles
    b.dma.push({w_tile(0, 0), w_tile(0, 1)});
    b.dma.push({w_tile(0, 0)});
    b.dma.push({w_tile(0, 2)});
    run_until(16);
    CHECK(b.resident_before() == 2);  // the second slice at no cost
    CHECK(b.dma.counters().skipped == 1);
    CHECK(b.dma.counters().fetches == 2);
    b.dma.slice_started(SliceId{1});
    check_filled(b.w[0], 2, 16 + 8);
    CHECK(b.w[0].tags().resident(TileTag{0}));  // booked by slice 1 after tile 1 was: that one had to go
    CHECK_FALSE(b.w[0].tags().resident(TileTag{1}));
    CHECK(b.dram.counters().reads == 3);
}

TEST_CASE("dma: a tile on its way counts for the slice that asked first and for the next one") {
    Bench b({});
    b.dma.push({w_tile(0, 0)});
    b.dma.push({w_tile(0, 0)});
    run_until_just_before(8);
    CHECK(b.resident_before() == 0);
    run_until(8);
    CHECK(b.resident_before() == 2);
    CHECK(b.progress_cycles == std::vector<std::uint64_t>{8});
}

TEST_CASE("dma: empty lists are resident at once") {
    Bench b({});
    run_until(5);
    CHECK(b.resident_before() == 0);  // nothing was said about slice 0 yet
    b.dma.push({});
    b.dma.push({});
    run_until(5);
    CHECK(b.resident_before() == 2);
    CHECK(b.dma.counters().fetches == 0);
}

TEST_CASE("dma: a demand goes before the rest of the queue") {
    Bench b({8, 1, 1024, 0});
    b.dma.push({w_tile(0, 0), w_tile(0, 1), w_tile(0, 2)});
    run_until(3);
    b.dma.demand(0, TileTag{7}, 32, SliceId{1});
    b.dma.demand(0, TileTag{7}, 32, SliceId{1});  // two operands may be the same tile
    CHECK(b.dma.demands_pending());
    check_filled(b.w[0], 0, 8);      // was under way
    check_filled(b.p[0], 7, 8 + 4);  // 32 bytes
    CHECK_FALSE(b.dma.demands_pending());
    check_filled(b.w[0], 1, 8 + 4 + 8);
    check_filled(b.w[0], 2, 8 + 4 + 8 + 8);
    CHECK(b.progress_cycles == std::vector<std::uint64_t>{12, 28});
    CHECK(b.dma.counters().demands == 1);
    CHECK(b.dma.counters().fetches == 4);
    CHECK(b.dma.counters().read_bytes == 3 * 64 + 32);
    b.check_protocol();
}

TEST_CASE("dma: spilled tiles are written if they are still needed and come back from where they went") {
    Bench b({8, 2, 64, 0});
    run_until(0);
    b.reserve_p(0, 64, 0);
    b.p[0].tags().fill(TileTag{0});
    b.p[0].tags().expect_reads(TileTag{0}, 1);
    std::vector<TileStore::Evicted> evicted;
    REQUIRE(b.p[0].tags().reserve(TileTag{1}, 64, SliceId{1}, SliceId{1}, evicted));
    b.dma.slice_started(SliceId{1});
    b.dma.spill(0, evicted);
    CHECK(b.dma.counters().spills == 1);
    CHECK(b.dma.counters().written_bytes == 64);
    CHECK(b.dram.counters().written_bytes == 64);
    CHECK(b.p[0].counters().spill_bytes == 64);

    // The bank takes 2 cycles to read, DRAM 8; what is fetched next waits for that.
    b.dma.push({w_tile(0, 0)});
    check_filled(b.w[0], 0, 2 + 8 + 8);

    // Tile 1 has no reads to come, so it leaves without a trace; tile 0 comes back, not dirty any more.
    b.dma.slice_started(SliceId{2});
    b.dma.demand(0, TileTag{0}, 64, SliceId{3});
    check_filled(b.p[0], 0, 18 + 8);
    CHECK(b.dma.counters().spills == 1);
    evicted.clear();
    REQUIRE(b.p[0].tags().reserve(TileTag{2}, 64, SliceId{4}, SliceId{4}, evicted));
    REQUIRE(evicted.size() == 1);
    CHECK_FALSE(evicted[0].dirty);
    b.dma.spill(0, evicted);
    CHECK(b.dma.counters().spills == 1);
    b.check_protocol();
}

TEST_CASE("dma: a demand without room says so and lets the queue go on") {
    Bench b({8, 2, 64, 0});
    b.reserve_p(0, 64, 1);  // another operand of slice 1
    b.dma.demand(0, TileTag{1}, 64, SliceId{1});
    b.dma.push({w_tile(0, 0)});
    b.dma.push({w_tile(1, 0)});
    b.dma.push({x_tile(0, 0)});
    b.dma.push({x_tile(1, 0), x_tile(0, 1)});  // waits for its bank as well
    run_until(100);
    CHECK(b.dma.waiting_for() ==
          "P bank 0 (0 of 64 bytes free, 1 tiles) has no room for tile 1 of 64 bytes, needed by slice 1");
    CHECK(b.dma.demands_pending());
    CHECK(b.resident_before() == 3);
    CHECK(b.w[1].tags().filled(TileTag{0}));
}

TEST_CASE("dma: a demand may push out the tiles of the slice that is over") {
    Bench b({8, 2, 64, 0});
    b.reserve_p(0, 64, 0);
    b.dma.push({w_tile(0, 0)});
    b.dma.push({w_tile(0, 1)});
    b.dma.demand(0, TileTag{1}, 64, SliceId{1});  // slice 0 has ended and slice 1 waits for it
    check_filled(b.p[0], 1, 8);
    CHECK_FALSE(b.p[0].tags().resident(TileTag{0}));
    run_until(100);
    CHECK_FALSE(b.w[0].tags().resident(TileTag{1}));  // other tiles wait for slice 1 to start
}

TEST_CASE("dma: spilled tiles each have a place in DRAM of their own above all tensors") {
    struct Wires : sc_core::sc_module {
        sosa::noc::TransferPool transfers;
        Dma dma{"dma", {1, 4, 1, Bench::spill_address, 96}, sosa::tests::kCycle, transfers};
        sosa::tests::StubTarget dram{"dram", sc_core::SC_ZERO_TIME, sc_core::SC_ZERO_TIME};
        sosa::tests::StubTarget x{"x", sc_core::SC_ZERO_TIME, sc_core::SC_ZERO_TIME};
        sosa::tests::StubTarget w{"w", sc_core::SC_ZERO_TIME, sc_core::SC_ZERO_TIME};
        sosa::tests::StubTarget p{"p", sc_core::SC_ZERO_TIME, sc_core::SC_ZERO_TIME};
        struct Tags : sosa::hw::BankControl {
            TileStore store{4096};
            TileStore& tags() override { return store; }
            std::string describe_bank() const override { return "a bank"; }
            void drop(TileTag) override {}
        } tags;
        explicit Wires(sc_core::sc_module_name name) : sc_module(name) {
            dma.dram.bind(dram.checker.in);
            dma.x_banks[0].bind(x.checker.in);
            dma.w_banks[0].bind(w.checker.in);
            dma.p_banks[0].bind(p.checker.in);
            for (auto* port : {&dma.x_tags[0], &dma.w_tags[0], &dma.p_tags[0]}) port->bind(tags);
        }
    } b("wires");
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    std::vector<TileStore::Evicted> none;
    for (std::uint32_t tag : {4, 5, 6}) b.tags.store.reserve(TileTag{tag}, 96, SliceId{0}, SliceId{0}, none);
    b.dma.spill(0, {{TileTag{4}, 96, true}, {TileTag{5}, 96, false}, {TileTag{6}, 50, true}});
    b.dma.spill(0, {{TileTag{4}, 96, true}});
    const auto at = Bench::spill_address;
    CHECK(b.dram.addresses == std::vector<std::uint64_t>{at, at + 96, at});
    const auto p_tile = [](std::uint32_t tag) {
        return sosa::noc::tile_address(sosa::BankId{0}, TileTag{tag});
    };
    CHECK(b.p.addresses == std::vector<std::uint64_t>{p_tile(4), p_tile(6), p_tile(4)});
    sosa::tests::check_clean(b.dram.checker);
    sosa::tests::check_clean(b.p.checker);
}
