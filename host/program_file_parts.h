#pragma once
#include "host/program.h"
#include "host/program_file_line.h"

// The parts of parse_program.
namespace sosa::host {

// What stands before the first slice.
struct ProgramHead {
    Program program;  // chip, policy, workloads and layers, without what derive() gives
    std::vector<LayerTiles> tiles;
    std::uint64_t tile_count = 0;  // X and W tiles
};

// Reads up to the word "slice" of the first slice.
ProgramHead parse_head(LineReader& in);

// Goes to the next statement; that there is none is an error.
void next_statement(LineReader& in);

}  // namespace sosa::host
