#pragma once
#include <cstdint>
#include <vector>

#include "host/data_plan.h"
#include "host/program.h"

// What the layers of a run with real data must give, computed by loops over whole tensors that know nothing
// of pods, banks and slices.
namespace sosa::host {

// By layer of the program: y[m][n]. Sums are exact and cut to psum_bits at their end, which is the same as
// wrapping on the way. Where partial sums saturate, the order of adding counts: rows of a pod's array in
// groups of fanin_rows, tile ops along their incoming partial sums, then the post-ops, all as the program
// has them.
std::vector<std::vector<std::uint8_t>> compute_reference(const Program& program, const hw::PodConfig& pods,
                                                         const TensorData& data);

}  // namespace sosa::host
