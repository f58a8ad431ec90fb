#pragma once
#include <cstdint>
#include <string>

#include "host/layer_account.h"
#include "host/loss_parts.h"
#include "hw/config.h"

namespace sosa::host {

// A layer of a program with what it took of the run; `copies` of it (of a repeated workload) together.
struct LayerFacts {
    const Program& program;
    const hw::Config& config;
    std::uint32_t layer;  // the first copy
    std::uint32_t copies;
    LayerCost cost;
};

// Why the layer lost what `part` says, by its shape, its tiles and where they stand; of one copy.
std::string loss_reason(const LayerFacts& facts, const LossPart& part);

}  // namespace sosa::host
