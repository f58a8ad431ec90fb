#pragma once
#include <cstdint>
#include <vector>

#include "noc/ids.h"

namespace sosa::hw {

// The bytes of a bank's tiles, by tag; which of them count, TileStore knows.
class TileData {
  public:
    // From an offset on; the tile grows if it is too short.
    void write(TileTag tag, const unsigned char* bytes, std::size_t count, std::size_t offset = 0);
    // False if the tile does not hold that many bytes.
    bool read(TileTag tag, unsigned char* bytes, std::size_t count, std::size_t offset = 0) const;
    void drop(TileTag tag);
    bool holds(TileTag tag) const { return tag.value < slot_.size() && slot_[tag.value] != 0; }
    std::size_t tiles() const { return slots_.size() - free_.size(); }

  private:
    std::vector<std::uint32_t> slot_;  // by tag: 1 + index of its slot, 0 for none
    std::vector<std::vector<unsigned char>> slots_;
    std::vector<std::uint32_t> free_;
};

}  // namespace sosa::hw
