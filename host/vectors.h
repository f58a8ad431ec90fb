#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "pods/array.h"

namespace sosa::host {

// What $readmemh reads: a line per clock edge, all pins of one direction packed as vectors_bench.h lists
// them.
struct Vectors {
    std::string stimulus, expected;
    std::uint64_t result_rows = 0, overflows = 0, stalls = 0, resets = 0;
};

// SystolicArray's answers to a PodStimulus of that seed.
Vectors make_vectors(const pods::ArrayShape& shape, std::uint64_t cycles, std::uint64_t seed);

// sosa vectors: a folder that tests the pod's RTL in a simulator of one's own.
int vectors_command(const std::vector<std::string>& args);

}  // namespace sosa::host
