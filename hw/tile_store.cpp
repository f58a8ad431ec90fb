#include "hw/tile_store.h"

#include <algorithm>

#include "traces/error.h"

namespace sosa::hw {

TileStore::Tile& TileStore::tile(TileTag tag) {
    if (tag.value >= tiles_.size()) tiles_.resize(tag.value + 1);
    return tiles_[tag.value];
}

void TileStore::unlink(std::uint32_t tag) {
    Tile& t = tiles_[tag];
    (t.previous == kNil ? front_ : tiles_[t.previous].next) = t.next;
    (t.next == kNil ? back_ : tiles_[t.next].previous) = t.previous;
}

void TileStore::append(std::uint32_t tag) {
    Tile& t = tiles_[tag];
    t.previous = back_;
    t.next = kNil;
    (back_ == kNil ? front_ : tiles_[back_].next) = tag;
    back_ = tag;
}

bool TileStore::book(TileTag tag, SliceId use) {
    if (!resident(tag)) return false;
    if (back_ != tag.value) {
        unlink(tag.value);
        append(tag.value);
    }
    tiles_[tag.value].last_use = use.value;
    return true;
}

bool TileStore::hold(TileTag tag, SliceId use) {
    if (!resident(tag)) return false;
    tiles_[tag.value].last_use = std::max(tiles_[tag.value].last_use, use.value);
    return true;
}

bool TileStore::reserve(TileTag tag, std::uint32_t bytes, SliceId use, SliceId current,
                        std::vector<Evicted>& evicted) {
    SOSA_CHECK(!resident(tag), "tile " + std::to_string(tag.value) + " is reserved twice");
    for (std::uint32_t victim = front_; used_bytes_ + bytes > capacity_bytes_;) {
        while (victim != kNil && tiles_[victim].last_use >= current.value) victim = tiles_[victim].next;
        if (victim == kNil) return false;
        Tile& t = tiles_[victim];
        const std::uint32_t following = t.next;
        unlink(victim);
        t.present = 0;
        used_bytes_ -= t.bytes;
        --count_;
        ++evictions_;
        evicted.push_back({TileTag{victim}, t.bytes, t.reads > 0 && !t.in_dram});
        victim = following;
    }
    Tile& t = tile(tag);
    t.present = 1;
    t.filled = 0;
    t.bytes = bytes & 0x1ffffff;
    t.last_use = use.value;
    used_bytes_ += bytes;
    peak_bytes_ = std::max(peak_bytes_, used_bytes_);
    ++count_;
    append(tag.value);
    return true;
}

void TileStore::expect_reads(TileTag tag, std::uint32_t reads) {
    Tile& t = tile(tag);
    t.reads = reads & most_reads;
    t.in_dram = 0;
}

}  // namespace sosa::hw
