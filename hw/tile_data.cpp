#include "hw/tile_data.h"

#include <cstring>

namespace sosa::hw {

void TileData::write(TileTag tag, const unsigned char* bytes, std::size_t count, std::size_t offset) {
    if (tag.value >= slot_.size()) slot_.resize(tag.value + 1, 0);
    std::uint32_t& slot = slot_[tag.value];
    if (slot == 0) {
        if (free_.empty()) {
            slots_.emplace_back();
            free_.push_back(static_cast<std::uint32_t>(slots_.size()));
        }
        slot = free_.back();
        free_.pop_back();
        slots_[slot - 1].clear();
    }
    auto& tile = slots_[slot - 1];
    if (tile.size() < offset + count) tile.resize(offset + count);
    std::memcpy(tile.data() + offset, bytes, count);
}

bool TileData::read(TileTag tag, unsigned char* bytes, std::size_t count, std::size_t offset) const {
    if (!holds(tag)) return false;
    const auto& tile = slots_[slot_[tag.value] - 1];
    if (tile.size() < offset + count) return false;
    std::memcpy(bytes, tile.data() + offset, count);
    return true;
}

void TileData::drop(TileTag tag) {
    if (!holds(tag)) return;
    free_.push_back(slot_[tag.value]);
    slot_[tag.value] = 0;
}

}  // namespace sosa::hw
