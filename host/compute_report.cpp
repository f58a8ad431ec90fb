#include "host/compute_report.h"

#include <algorithm>
#include <ostream>

#include "host/layer_fill.h"
#include "traces/error.h"
#include "traces/format.h"

namespace sosa::host {

namespace {
struct LayerWork {
    std::uint64_t macs = 0, pod_cycles = 0;
};

std::vector<LayerWork> work_of(const Program& program, const SliceTimes& times) {
    std::vector<LayerWork> work(program.layers.size());
    for (std::size_t s = 0; s + 1 < times.begin.size(); ++s) {
        const std::uint64_t cycles =
            times.begin[s + 1] - times.begin[s] - (times.stalled[s + 1] - times.stalled[s]);
        for (std::uint32_t i = program.op_begin[s]; i < program.op_begin[s + 1]; ++i) {
            const auto& op = program.ops[i];
            work[op.layer].macs += std::uint64_t{op.rows} * op.depth * op.cols;
            work[op.layer].pod_cycles += cycles;
        }
    }
    return work;
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
    return traces::json_number(whole == 0 ? 0
                                          : 100 * (static_cast<double>(part) / static_cast<double>(whole)));
}
}  // namespace

void write_compute_report(const Program& program, const SliceTimes& times, std::ostream& out) {
    SOSA_CHECK(!times.begin.empty() && times.begin.size() == times.stalled.size() &&
                   times.begin.size() <= program.op_begin.size(),
               std::to_string(times.begin.size()));
    const auto at = [&](std::uint32_t slice) { return std::min<std::size_t>(slice, times.begin.size() - 1); };
    const std::uint64_t pes = std::uint64_t{program.shape.rows} * program.shape.cols;
    const auto work = work_of(program, times);
    out << "LayerID, Total Cycles, Stall Cycles, Overall Util %, Mapping Efficiency %, Compute Util %,\n";
    std::size_t id = 0;
    for (std::size_t l = 0; l < program.layers.size(); ++l) {
        const ProgramLayer& layer = program.layers[l];
        if (layer.layer.is_vector()) continue;
        const std::size_t begin = at(layer.first_slice), end = at(layer.last_slice + 1);
        const std::uint64_t cycles = times.begin[end] - times.begin[begin];
        out << id++ << ", " << cycles << ", " << times.stalled[end] - times.stalled[begin] << ", "
            << percent(work[l].macs, cycles * pes * program.pods) << ", "
            << traces::json_number(100 * array_fill(layer.layer, program.shape)) << ", "
            << percent(work[l].macs, work[l].pod_cycles * pes) << ",\n";
    }
}

}  // namespace sosa::host
