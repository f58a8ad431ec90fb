#pragma once
#include <cstdint>
#include <vector>

#include "noc/ids.h"

namespace sosa::hw {

// What a bank holds: tiles by tag, a capacity in bytes, and the order in which room is made. A tile is booked
// for the slice that uses it; room is made from the front of the list of bookings in the order of the latest
// booking, and only from tiles last used before the current slice (arXiv 2203.11540 and its authors'
// simulator).
class TileStore {
  public:
    explicit TileStore(std::uint64_t capacity_bytes) : capacity_bytes_(capacity_bytes) {}

    bool resident(TileTag tag) const { return tag.value < tiles_.size() && tiles_[tag.value].present; }

    // Notes a further use of a resident tile and moves it to the back; false if it is not resident.
    bool book(TileTag tag, SliceId use);
    // Keeps a resident tile until that slice is over, in its place of the list: partial sums leave in the
    // order in which they came to be. False if it is not resident.
    bool hold(TileTag tag, SliceId use);

    struct Evicted {
        TileTag tag;
        std::uint32_t bytes;
        bool dirty;  // still to be read, and kept nowhere else
    };
    // Makes room for the tile, enters it and books it; false, with everything as it was but for the tiles
    // evicted, if that is not possible before the current slice ends. `evicted` receives the tiles that went.
    bool reserve(TileTag tag, std::uint32_t bytes, SliceId use, SliceId current,
                 std::vector<Evicted>& evicted);

    static constexpr std::uint32_t most_reads = 15;
    // Partial sums: how often the tile will be read yet. Its copy in DRAM, if any, is no longer good.
    void expect_reads(TileTag tag, std::uint32_t reads);
    // One of the expected reads took place.
    void note_read(TileTag tag) {
        if (tiles_[tag.value].reads > 0) --tiles_[tag.value].reads;
    }
    void mark_clean(TileTag tag) { tiles_[tag.value].in_dram = 1; }

    // The data of a reserved tile arrived.
    void fill(TileTag tag) { tiles_[tag.value].filled = 1; }
    bool filled(TileTag tag) const { return resident(tag) && tiles_[tag.value].filled; }
    std::uint32_t bytes(TileTag tag) const { return tiles_[tag.value].bytes; }

    std::uint64_t capacity_bytes() const { return capacity_bytes_; }
    std::uint64_t used_bytes() const { return used_bytes_; }
    std::uint64_t peak_bytes() const { return peak_bytes_; }
    std::uint64_t evictions() const { return evictions_; }
    std::uint32_t tiles() const { return count_; }

  private:
    static constexpr std::uint32_t kNil = 0xffffffff;
    // 16 bytes: four to a cache line, which is what a run of a million transfers is bound by.
    struct Tile {
        std::uint32_t previous = kNil, next = kNil;  // in the order of the latest booking
        std::uint32_t last_use = 0;
        std::uint32_t bytes : 25;  // up to 16 MiB
        std::uint32_t reads : 4;   // outlives an eviction
        std::uint32_t present : 1, filled : 1, in_dram : 1;
        Tile() : bytes(0), reads(0), present(0), filled(0), in_dram(0) {}
    };
    static_assert(sizeof(Tile) == 16);
    Tile& tile(TileTag tag);
    void unlink(std::uint32_t tag);
    void append(std::uint32_t tag);

    std::vector<Tile> tiles_;  // by tag
    std::uint64_t capacity_bytes_;
    std::uint64_t used_bytes_ = 0, peak_bytes_ = 0, evictions_ = 0;
    std::uint32_t front_ = kNil, back_ = kNil, count_ = 0;
};

}  // namespace sosa::hw
