#include "host/timeline_tracks.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>

#include "hw/scheduler.h"
#include "pods/pod.h"
#include "pods/post_processor.h"
#include "sc_tests/unit/text_sink.h"
#include "traces/vcd.h"

using sosa::tests::TextSink;
using sosa::traces::Timeline;
using sosa::traces::Vcd;

namespace {

sosa::host::ProgramLayer layer(const std::string& name, std::uint32_t first, std::uint32_t last) {
    sosa::host::ProgramLayer layer;
    layer.name = name;
    layer.first_slice = first;
    layer.last_slice = last;
    return layer;
}

// The events without metadata as "process: name begin+duration args", sorted.
std::vector<std::string> events_of(const std::string& text) {
    const auto json = nlohmann::json::parse(text);
    std::map<int, std::string> processes;
    std::vector<std::string> lines;
    for (const auto& e : json["traceEvents"]) {
        if (e["name"] == "process_name") processes[e["pid"]] = e["args"]["name"];
        if (e["ph"] == "M") continue;
        lines.push_back(processes.at(e["pid"]) + ": " + std::string(e["name"]) + " " + e["ts"].dump() +
                        (e.contains("dur") ? "+" + e["dur"].dump() : "") +
                        (e.contains("args") ? " " + e["args"].dump() : ""));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

}  // namespace

TEST_CASE("the timeline of a chip shows its units by layer and its slices") {
    const auto sink = std::make_shared<TextSink>();
    Timeline timeline(sink, sosa::host::chip_timeline({layer("conv1", 0, 1), layer("add", 1, 1)}));
    Vcd::Options options;
    options.to_file = false;
    Vcd vcd(options);
    const auto state = vcd.integer("scheduler", "state", 3, sosa::hw::Scheduler::state_legend);
    const auto slice = vcd.integer("scheduler", "slice", 32);
    const auto pod = vcd.integer("pods.pod3", "state", 2, sosa::pods::Pod::state_legend);
    const auto w_load = vcd.integer("pods.pod3", "w_load", 2, "0=idle 1=load");
    const auto pod_layer = vcd.integer("pods.pod3", "layer", 16);
    const auto pod_op = vcd.integer("pods.pod3", "op", 32);
    const auto post = vcd.integer("posts.post0", "state", 2, sosa::pods::PostProcessor::state_legend);
    const auto post_layer = vcd.integer("posts.post0", "layer", 16);
    const auto dma = vcd.integer("dma", "state", 2, "0=idle 1=transfer 2=wait_window 3=wait_room");
    const auto dma_layer = vcd.integer("dma", "layer", 16);
    const auto dram = vcd.integer("dram", "state", 2, "0=idle 1=busy");
    const auto watts = vcd.real("power", "total");
    const auto bank = vcd.integer("banks.xbank0", "used_bytes", 32);
    vcd.integer("banks.xbank0", "other", 32);
    vcd.listen(timeline);
    vcd.start();
    vcd.open_window();
    const auto enter = [&](Vcd::Signal signal, std::uint64_t value, std::uint64_t ps) {
        vcd.set(signal, value);
        vcd.set_later(signal, ps, 0);
    };
    vcd.set(state, 4);  // stall before any slice
    enter(dma, 3, 1'000'000);
    vcd.time(2'000'000);
    vcd.set(state, 3);
    vcd.set(slice, 0);
    vcd.set(pod_layer, 0);
    vcd.set(pod_op, 7);
    enter(pod, 2, 3'000'000);
    enter(w_load, 1, 2'500'000);
    enter(dram, 1, 2'250'000);
    vcd.set(dma_layer, 5);  // unknown
    enter(dma, 1, 2'125'000);
    vcd.time(4'000'000);
    vcd.set(state, 4);
    vcd.set_real(watts, 1.25);
    vcd.time(5'000'000);
    vcd.set(state, 3);
    vcd.set(slice, 1);
    vcd.set(post_layer, 1);
    enter(post, 3, 6'000'000);
    enter(pod, 1, 6'000'000);
    vcd.set(bank, 64);
    vcd.time(7'000'000);
    vcd.set(state, 6);
    vcd.finish();
    CHECK(events_of(sink->text) ==
          std::vector<std::string>{
              R"(DMA: transfer 2+0.125 {"layer":5})", "DMA: waits for room in a bank 0+1",
              "DRAM: busy 2+0.25", R"(banks: xbank0.used_bytes 5 {"value":64})", "layers: add 5+2",
              "layers: conv1 2+5", R"(pods: conv1 2+1 {"layer":0,"op":7})", "pods: load 5+1",
              R"(post-processors: add 5+1 {"layer":1})", R"(power: power.total 4 {"value":1.25})",
              R"(scheduler: slice 0 2+2 {"slice":0})", R"(scheduler: slice 1 5+2 {"slice":1})",
              R"(scheduler: stall 0+2)", R"(scheduler: stall before slice 1 4+1 {"slice":0})",
              "weight loads: load 2+0.5"});
}
