#pragma once
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "pods/commands.h"

namespace sosa::host {

inline bool same_tile(const pods::TileRef& a, const pods::TileRef& b) {
    return a.bank == b.bank && a.tag == b.tag;
}

// Finds tiles of one kind of bank by bank and tag. Ids count from 0 in the order given; n log n whatever the
// tags.
class TileIndex {
  public:
    // Every tile's bank must be below `banks`.
    TileIndex(std::uint32_t banks, const std::vector<pods::TileRef>& tiles);

    // The id of a tile, or kNone; of several with that bank and tag always the same one.
    std::uint32_t find(const pods::TileRef& tile) const;

    // Two ids, the lower one first, that share bank and tag.
    std::optional<std::pair<std::uint32_t, std::uint32_t>> duplicate() const;

  private:
    struct Entry {
        std::uint32_t tag, id;
    };
    std::vector<std::size_t> begin_;  // by bank, into entries_
    std::vector<Entry> entries_;      // of a bank by rising tag
};

}  // namespace sosa::host
