#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hw/chip_probe.h"

namespace sosa::host {

// What a person asked to see of a run. Everything here throws UsageError, in one sentence that starts with
// the option.
struct TraceOptions {
    bool vcd = false, fst = false, timeline = false;  // trace.vcd, trace.fst, timeline.json
    hw::ChipProbe::Capture capture;
    std::string layer;       // window from the first to the last slice of the layers that match; empty: none
    std::uint32_t ring = 0;  // slices kept before the trigger or the end; 0: all are written
    std::vector<std::string> globs;  // over full names; none: everything
    bool pins = false;               // level `pin`: of arrays that are stepped
    std::uint64_t max_bytes = 0;     // of each file; 0: no limit
    bool enabled() const { return vcd || fst || timeline; }
};

// The options as given; any of the others switches tracing on like --trace, unless --trace-fst or --timeline
// say what to write.
struct TraceArguments {
    bool trace = false, fst = false, timeline = false;
    std::optional<std::string> window, layer, trigger, ring, after, max_mb, level;
    std::vector<std::string> scopes;
};
TraceOptions parse_trace_options(const TraceArguments& arguments);

// "A:B" (half-open), "A:" or ":B", in slices or with the suffix "cycles".
hw::ChipProbe::Window parse_trace_window(const std::string& text);

// "stall:N" (a slice held back for more than N cycles) or "overflow" (of a partial sum).
hw::ChipProbe::Trigger parse_trace_trigger(const std::string& text);

// A glob over full signal names; below "sosa." unless it starts with that or with a star.
std::string parse_trace_scope(const std::string& text);

// How deep a trace looks, each level with those before: slice (scheduler, DMA, power), pod (pods and
// post-processors), network (routes and banks; the default), pin (pins of arrays that are stepped).
const std::vector<std::string>& trace_levels();

// Megabytes, 10^6 bytes each; in bytes.
std::uint64_t parse_trace_max_mb(const std::string& text);

}  // namespace sosa::host
