#include "host/trace_forecast.h"

#include <algorithm>

#include "host/terminal.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

using traces::VcdSignal;

// Bytes of VCD that each of these adds, measured over ResNet-50 and BERT-medium on 64 to 256 pods.
constexpr double kSignal = 47, kSlice = 90, kFetch = 15, kTileOp = 85, kPostOp = 75, kRouteAndStage = 0.6;

// Signals of that name in the scopes that match.
double shown(const std::vector<VcdSignal>& signals, const char* scopes, const std::string& name) {
    return static_cast<double>(std::count_if(signals.begin(), signals.end(), [&](const VcdSignal& signal) {
        return signal.name.rfind(name, 0) == 0 && traces::glob_match(scopes, signal.scope);
    }));
}

}  // namespace

std::uint64_t forecast_bytes(const Program& program, const std::vector<VcdSignal>& signals,
                             std::uint32_t begin, std::uint32_t end) {
    const double pods = program.pods, slices = end - begin;
    const double ops = program.op_begin[end] - program.op_begin[begin];
    const double posts = program.post_begin[end] - program.post_begin[begin];
    double fetches = 0;
    std::vector<hw::Fetch> list;
    for (std::uint32_t slice = begin; slice < end; ++slice) {
        program.fetch_list(slice, list);
        fetches += static_cast<double>(list.size());
    }
    // A stage has a switch for every two lines; a route meets one in each.
    const double switches = shown(signals, "noc_*.stage*", "sw"), lines = shown(signals, "noc_*", "line");
    const double stages = 2 * switches / pods + lines / pods;
    double bytes = kSignal * static_cast<double>(signals.size());
    bytes += kSlice * slices * shown(signals, "scheduler", "state") +
             kFetch * fetches * shown(signals, "dma", "state");
    bytes += kTileOp * ops * shown(signals, "pods.*", "state") / pods;
    bytes += kPostOp * posts * shown(signals, "posts.*", "state") / pods;
    bytes += kRouteAndStage * stages * ops;
    return static_cast<std::uint64_t>(bytes);
}

std::string forecast_sentence(std::uint64_t bytes, std::size_t signals, std::uint32_t slices,
                              std::uint64_t limit_bytes) {
    constexpr std::uint64_t a_lot = 500'000'000;
    std::string text = "trace: about " + with_commas(static_cast<double>(bytes) / 1e6, 1) +
                       " MB of waveform expected (" + with_commas(slices) + " slices, " +
                       with_commas(signals) + " signals)";
    if (limit_bytes > 0 && bytes > limit_bytes) {
        text += "; it will end at --trace-max-mb " + with_commas(limit_bytes / 1'000'000);
    } else if (bytes > a_lot && limit_bytes == 0) {
        text +=
            "; --trace-window, --trace-layer, --trace-level, --trace-fst and --trace-max-mb make it smaller";
    }
    return text + '\n';
}

}  // namespace sosa::host
