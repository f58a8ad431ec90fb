#include "host/timeline_tracks.h"

#include <memory>
#include <utility>

namespace sosa::host {

namespace {

using traces::Timeline;
using Names = std::shared_ptr<const std::vector<std::string>>;
using EventName = std::function<std::string(const Timeline::Values&)>;

constexpr std::size_t most_layers = 0x10000;  // that a trace tells apart

// The layer that is the first of the event's args.
EventName layer_name(const Names& layers, const std::string& otherwise) {
    return [layers, otherwise](const Timeline::Values& args) {
        const bool known = args[0] && *args[0] < layers->size() && layers->size() <= most_layers;
        return known ? (*layers)[*args[0]] : otherwise;
    };
}

EventName fixed_name(const std::string& name) {
    return [name](const Timeline::Values&) { return name; };
}

// The slice that is the first of the event's args.
std::string slice_name(const Timeline::Values& args) {
    return args[0] ? "slice " + std::to_string(*args[0]) : "run";
}

std::string stall_name(const Timeline::Values& args) {
    return args[0] ? "stall before slice " + std::to_string(*args[0] + 1) : "stall";
}

Timeline::Process scheduler() {
    return {"scheduler",
            {{"scheduler",
              "state",
              {{"fetch", {}},
               {"preload", {}},
               {"run", {"slice", "tile_ops", "post_ops"}, slice_name},
               {"stall", {"slice"}, stall_name},
               {"drain", {}}}}},
            {"scheduler.utilization_pct"},
            {}};
}

Timeline::Process layer_rows(const std::vector<ProgramLayer>& layers) {
    Timeline::Ranges ranges{"scheduler.slice", {}};
    for (const auto& layer : layers) ranges.rows.push_back({layer.name, layer.first_slice, layer.last_slice});
    return {"layers", {}, {}, {std::move(ranges)}};
}

Timeline::Process pods(const Names& layers) {
    Timeline::Track work{"pods.*", "state", {}};
    work.shown = {{"stream", {"layer", "op", "rows"}, layer_name(layers, "stream")}, {"load", {}}};
    return {"pods", {std::move(work)}, {}, {}};
}

Timeline::Process weight_loads() { return {"weight loads", {{"pods.*", "w_load", {{"load", {}}}}}, {}, {}}; }

Timeline::Process post_processors(const Names& layers) {
    Timeline::Track work{"posts.*", "state", {}};
    for (const char* state : {"add", "vector"})
        work.shown.push_back({state, {"layer", "op"}, layer_name(layers, state)});
    return {"post-processors", {std::move(work)}, {}, {}};
}

Timeline::Process dma(const Names& layers) {
    Timeline::Track work{"dma", "state", {}};
    work.shown = {{"transfer", {"layer", "slice"}, layer_name(layers, "transfer")},
                  {"wait_window", {}, fixed_name("waits for the prefetch window")},
                  {"wait_room", {}, fixed_name("waits for room in a bank")}};
    return {"DMA", {std::move(work)}, {}, {}};
}

}  // namespace

traces::Timeline::Options chip_timeline(const std::vector<ProgramLayer>& layers) {
    std::vector<std::string> list;
    for (const auto& layer : layers) list.push_back(layer.name);
    const Names names = std::make_shared<const std::vector<std::string>>(std::move(list));
    Timeline::Options options;
    options.processes = {scheduler(),
                         layer_rows(layers),
                         pods(names),
                         weight_loads(),
                         post_processors(names),
                         dma(names),
                         {"DRAM", {{"dram", "state", {{"busy", {}}}}}, {}, {}},
                         {"power", {}, {"power.*"}, {}},
                         {"banks", {}, {"banks.*.used_bytes"}, {}}};
    return options;
}

}  // namespace sosa::host
