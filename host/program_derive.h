#pragma once
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "host/program.h"

// What follows from a program's layers and from where its ops stand, and is therefore not in its file.
namespace sosa::host {

// Finds tiles of one kind of bank by bank and tag. Ids count from 0 in the order given; n log n whatever the tags.
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

inline bool same_tile(const pods::TileRef& a, const pods::TileRef& b) { return a.bank == b.bank && a.tag == b.tag; }

// Which copy of a repeated workload a layer belongs to, told from its name ("conv1@2": copy 2 of "conv1").
std::uint32_t copy_of(const ProgramLayer& layer);

// By layer: the first layer of its tenant's copy, from which its deps count.
std::vector<std::uint32_t> copy_begins(const Program& program);

std::vector<LayerTiles> tiles_of(const Program& program);

// By op: its slice. `begin` is Program::op_begin or post_begin.
std::vector<std::uint32_t> slices_of(const std::vector<std::uint32_t>& begin);

// Fills what make_program would have filled: addresses and slices of layers, sizes and x_on_chip of ops, reads of
// results, waiting_ops (its size is the slices), last_main_slice and last_post_slice. Layers, op numbers and banks must
// exist; where ops contradict each other (a post-op of tiles that nobody writes) a size stays 0.
void derive(Program& program);

}  // namespace sosa::host
