#pragma once
#include <cstdint>
#include <vector>

#include "host/program.h"
#include "hw/cycle_account.h"

namespace sosa::host {

// What a layer took of a run.
struct LayerCost {
    hw::CycleLoss loss;  // PE-cycles
    std::uint64_t sram_bytes = 0, link_bytes = 0, dram_bytes = 0;
};

// Costs by layer of the program. What belongs to no layer (weights of slice 0 loading, the last drain) is
// `outside`; layers and outside add up exactly to the run's account. What pods without an op lose in a slice,
// and the wait before it, is charged to the oldest layer of the slice: the others wait for it.
struct LayerAccount {
    std::vector<LayerCost> layers;
    LayerCost outside;
};

// `slices` as the scheduler kept them, one per slice run.
LayerAccount account_layers(const Program& program, const std::vector<hw::SliceFacts>& slices,
                            const hw::CycleLoss& whole, std::uint32_t pods, std::uint32_t pes_per_pod);

}  // namespace sosa::host
