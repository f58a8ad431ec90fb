#include "host/layer_fill.h"

#include <iomanip>
#include <sstream>

#include "host/program_derive.h"
#include "host/workload_reader.h"
#include "traces/text.h"

namespace sosa::host {

namespace {
constexpr double kLittle = 0.25;
constexpr std::size_t kMostTold = 5;

std::string told(const Layer& layer, double fill) {
    std::ostringstream text;
    text << in_quotes(layer.name) << ' ' << std::fixed << std::setprecision(1) << 100 * fill << " %";
    return text.str();
}
}  // namespace

double array_fill(const Layer& layer, const TileShape& shape) {
    if (layer.is_vector()) return 0;
    const auto blocks = [](std::uint64_t extent, std::uint32_t size) {
        return static_cast<double>((extent + size - 1) / size) * size;
    };
    return static_cast<double>(layer.k) / blocks(layer.k, shape.rows) * static_cast<double>(layer.n) /
           blocks(layer.n, shape.cols);
}

std::vector<std::string> fill_warnings(const Workload& workload, const TileShape& shape) {
    std::vector<std::string> layers;
    std::size_t count = 0;
    for (const Layer& layer : workload.layers) {
        const double fill = array_fill(layer, shape);
        if (layer.is_vector() || fill >= kLittle) continue;
        if (++count <= kMostTold) layers.push_back(told(layer, fill));
    }
    if (count == 0) return {};
    return {std::to_string(count) + (count == 1 ? " layer fills" : " layers fill") +
            " less than a quarter of the " + std::to_string(shape.rows) + "x" + std::to_string(shape.cols) +
            " array: " + traces::join(layers) +
            (count > kMostTold ? " and " + std::to_string(count - kMostTold) + " more" : "")};
}

std::vector<std::string> fill_warnings(const Program& program) {
    std::vector<std::string> all;
    for (std::uint32_t tenant = 0; tenant < program.workloads.size(); ++tenant) {
        Workload workload;
        for (const ProgramLayer& layer : program.layers)
            if (layer.tenant == tenant && copy_of(layer) == 0) workload.layers.push_back(layer.layer);
        for (auto& warning : fill_warnings(workload, program.shape)) all.push_back(std::move(warning));
    }
    return all;
}

}  // namespace sosa::host
