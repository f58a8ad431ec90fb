#include "host/trace_window.h"

#include <algorithm>

#include "traces/error.h"
#include "traces/text.h"

namespace sosa::host {

hw::ChipProbe::Window layer_window(const Program& program, const std::string& glob) {
    hw::ChipProbe::Window window;
    bool found = false;
    std::vector<std::string> names;
    for (const auto& layer : program.layers) {
        names.push_back(layer.name);
        if (!traces::glob_match(glob, layer.name)) continue;
        window.begin = found ? std::min<std::uint64_t>(window.begin, layer.first_slice) : layer.first_slice;
        window.end = found ? std::max<std::uint64_t>(window.end, layer.last_slice + 1) : layer.last_slice + 1;
        found = true;
    }
    if (!found)
        throw UserError("--trace-layer: found \"" + glob + "\"" +
                        traces::did_you_mean(traces::nearest(glob, names)) +
                        ", allowed the name of one of the " + std::to_string(names.size()) +
                        " layers (column layer of layers.csv), or a pattern with * and ?");
    return window;
}

}  // namespace sosa::host
