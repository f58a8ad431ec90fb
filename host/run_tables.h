#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/layer_account.h"
#include "host/program.h"
#include "hw/config.h"
#include "hw/cycle_account.h"
#include "traces/power_meter.h"

// The tables of a run's folder as CSV text. A layer is named by its row of layers.csv, the first one is 0.
namespace sosa::host {

// A row per layer. `starts`: cycle at which each slice began that did; `end` that of the run.
std::string layers_csv(const Program& program, const LayerAccount& account, const traces::PartRates& rates,
                       const hw::PodConfig& pods, const std::vector<std::uint64_t>& starts,
                       std::uint64_t end);

// A row per slice that is over, its layer the oldest one in it, if any.
std::string slices_csv(const std::vector<hw::SliceFacts>& slices, const std::vector<std::uint64_t>& starts,
                       const std::vector<LayerId>& layers);

// Which layer each pod works for in the first `slices` slices: a row for as many slices one after the other
// as it has tile ops of the same layer, by pod, then by slice.
std::string occupancy_csv(const Program& program, std::uint32_t slices);

// A row per window: counts, pJ and W of each part of the chip, "unknown" where the energy table does not
// tell.
std::string power_csv(const std::vector<traces::PowerWindow>& windows);

}  // namespace sosa::host
