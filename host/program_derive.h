#pragma once
#include <cstdint>
#include <vector>

#include "host/program.h"
#include "host/program_tile_index.h"

// What follows from a program's layers and from where its ops stand, and is therefore not in its file.
namespace sosa::host {

// Which copy of a repeated workload a layer belongs to, told from its name ("conv1@2": copy 2 of "conv1").
std::uint32_t copy_of(const ProgramLayer& layer);

// By layer: the first layer of its tenant's copy, from which its deps count.
std::vector<std::uint32_t> copy_begins(const Program& program);

std::vector<LayerTiles> tiles_of(const Program& program);

// By op: its slice. `begin` is Program::op_begin or post_begin.
std::vector<std::uint32_t> slices_of(const std::vector<std::uint32_t>& begin);

// Fills what make_program would have filled: addresses and slices of layers, sizes and x_on_chip of ops,
// reads of results, waiting_ops (its size is the slices), last_main_slice and last_post_slice. Layers, op
// numbers and banks must exist; where ops contradict each other (a post-op of tiles that nobody writes) a
// size stays 0.
void derive(Program& program);

}  // namespace sosa::host
