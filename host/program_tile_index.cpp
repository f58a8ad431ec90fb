#include "host/program_tile_index.h"

#include <algorithm>

#include "host/placement.h"

namespace sosa::host {

TileIndex::TileIndex(std::uint32_t banks, const std::vector<pods::TileRef>& tiles)
    : begin_(banks + std::size_t{1}, 0), entries_(tiles.size()) {
    for (const auto& tile : tiles) ++begin_[tile.bank + std::size_t{1}];
    for (std::uint32_t b = 0; b < banks; ++b) begin_[b + 1] += begin_[b];
    std::vector<std::size_t> fill(begin_.begin(), begin_.end() - 1);
    for (std::uint32_t id = 0; id < tiles.size(); ++id)
        entries_[fill[tiles[id].bank]++] = {tiles[id].tag, id};
    const auto at = [&](std::size_t i) { return entries_.begin() + static_cast<std::ptrdiff_t>(i); };
    for (std::uint32_t b = 0; b < banks; ++b)
        std::sort(at(begin_[b]), at(begin_[b + 1]), [](const Entry& x, const Entry& y) {
            return std::pair(x.tag, x.id) < std::pair(y.tag, y.id);
        });
}

std::uint32_t TileIndex::find(const pods::TileRef& tile) const {
    if (tile.bank + std::size_t{1} >= begin_.size()) return kNone;
    const Entry* const first = entries_.data() + begin_[tile.bank];
    const Entry* const last = entries_.data() + begin_[tile.bank + std::size_t{1}];
    if (first == last || tile.tag < first->tag) return kNone;
    // Tags without gaps, as make_program gives them, need no search.
    const std::size_t guess = tile.tag - first->tag;
    if (guess < static_cast<std::size_t>(last - first) && first[guess].tag == tile.tag)
        return first[guess].id;
    const Entry* const entry = std::lower_bound(
        first, last, tile.tag, [](const Entry& e, std::uint32_t tag) { return e.tag < tag; });
    return entry != last && entry->tag == tile.tag ? entry->id : kNone;
}

std::optional<std::pair<std::uint32_t, std::uint32_t>> TileIndex::duplicate() const {
    for (std::size_t b = 0; b + 1 < begin_.size(); ++b)
        for (std::size_t i = begin_[b] + 1; i < begin_[b + 1]; ++i)
            if (entries_[i - 1].tag == entries_[i].tag) return std::pair(entries_[i - 1].id, entries_[i].id);
    return std::nullopt;
}

}  // namespace sosa::host
