#pragma once
#include <cstdint>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/divergence.h"
#include "host/router_stimulus.h"
#include "noc/router_model.h"
#include "noc/rtl_router.h"

// A router's pins as values that can be kept, compared and shown.
namespace sosa::host {

struct RouterValue {
    std::string name;
    std::uint32_t bits;
    std::vector<std::uint32_t> words;
};
using RouterValues = std::vector<RouterValue>;

RouterValues input_values(const noc::RouterInputs& in, RouterWidths widths);
RouterValues output_values(const noc::RouterOutputs& out, RouterWidths widths);
RouterValues output_values(const noc::RtlRouterOutputs& out, RouterWidths widths);

struct RouterEdge {
    std::uint64_t cycle;  // counts from 1
    RouterValues inputs, model, rtl;
};

// The first output that differs after this edge; its place is "link 0" or "link 1", the output that it is
// about. `claimed` is the output that the last claim asked for.
std::optional<Divergence> difference(const RouterEdge& edge, std::uint32_t claimed);

// FOLDER/router_divergence.vcd with scopes pins, model and rtl, a cycle of 1 ns each, and the GTKWave file
// beside it.
void write_waves(const std::filesystem::path& folder, const std::deque<RouterEdge>& edges);

}  // namespace sosa::host
