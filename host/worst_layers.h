#pragma once
#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "host/layer_account.h"
#include "host/terminal.h"
#include "hw/config.h"

namespace sosa::host {

// A layer that lost much of the array; copies of a repeated workload are one.
struct WorstLayer {
    std::string name;            // behind its workload's where there are several
    double cycles = 0;           // its part of the run's cycles: those of all layers add up
    double utilization_pct = 0;  // of that part
    double loss_pct = 0;         // of all PE-cycles that the run lost
    std::string reason;          // "edge tile, 71 % of its loss: N = 24 fills 24 of 32 columns"
};

// The first few by lost PE-cycles; layers without loss are not among them.
std::vector<WorstLayer> worst_layers(const Program& program, const LayerAccount& account,
                                     const hw::Config& config, std::size_t count);

// As a table with the reasons below the figures; nothing if there are none.
void print_worst_layers(const std::vector<WorstLayer>& layers, const TextStyle& style, std::ostream& out);

// The name of the oldest layer with an op in the slice, for which it runs; "" of an empty one.
std::string_view working_layer(const Program& program, std::uint32_t slice);

}  // namespace sosa::host
