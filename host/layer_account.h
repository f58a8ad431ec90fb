#pragma once
#include <cstdint>
#include <vector>

#include "host/program.h"
#include "hw/accelerator.h"
#include "hw/cycle_account.h"
#include "traces/power_meter.h"

namespace sosa::host {

// What a layer took of a run.
struct LayerCost {
    hw::CycleLoss loss;  // PE-cycles
    std::uint64_t sram_bytes = 0, link_bytes = 0, dram_bytes = 0;

    double known_pj(const traces::PartRates& rates) const;
};

// Costs by layer of the program. What belongs to no layer (weights of slice 0 loading, the last drain,
// partial sums that are spilled and brought back) is `outside`; layers and outside add up exactly to the
// run's account. What pods without an op lose in a slice, and the wait before it, is charged to the oldest
// layer of the slice: the others wait for it.
struct LayerAccount {
    std::vector<LayerCost> layers;
    LayerCost outside;
    std::vector<LayerId> slice_layers;  // the oldest layer of each slice run; kNoLayer if it has no op
};

// `slices` as the scheduler kept them, one per slice run. Without bytes.
LayerAccount account_layers(const Program& program, const std::vector<hw::SliceFacts>& slices,
                            const hw::CycleLoss& whole, std::uint32_t pods, std::uint32_t pes_per_pod);

void account_bytes(const hw::LayerTraffic& traffic, LayerAccount& account);

// Both, of what has run so far.
LayerAccount account_run(const Program& program, const hw::Accelerator& chip);

}  // namespace sosa::host
