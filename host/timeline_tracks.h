#pragma once
#include <vector>

#include "host/program.h"
#include "traces/timeline.h"

namespace sosa::host {

// What timeline.json shows of a traced run: scheduler, layers, pods, post-processors, DMA and DRAM as rows of
// events, power, utilisation and the fill of banks as counters. Notes and limit are for the caller to add.
traces::Timeline::Options chip_timeline(const std::vector<ProgramLayer>& layers);

}  // namespace sosa::host
