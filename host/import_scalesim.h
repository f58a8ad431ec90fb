#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "host/workload.h"

// Topology files of SCALE-Sim: one layer a row, as a convolution (`Layer name, IFMAP Height, IFMAP Width,
// Filter Height, Filter Width, Channels, Num Filter, Strides,`) or as a product (`Layer, M, N, K,`).
namespace sosa::host {

// The format does not say how the border of a map is padded.
enum class ScaleSimPadding {
    valid,  // not at all: floor((size - filter) / stride) + 1 outputs
    same    // ceil(size / stride) outputs
};

struct ScaleSimOptions {
    ScaleSimPadding padding = ScaleSimPadding::valid;
    std::string name{};  // of the workload; empty: the file's, without folder and ending
};

// Each layer depends on the one before; there is no tensor graph, as the format tells no more. A convolution
// with "DP" in its name is depthwise, as SCALE-Sim has it: a group per channel, each with all of Num Filter.
// Throws UserError that lists the first rows not understood. Whatever was read with goodwill or left out is
// appended to `repairs`, one sentence a kind.
Workload import_scalesim(std::string_view text, const std::string& source_name,
                         const ScaleSimOptions& options, std::vector<std::string>& repairs);

}  // namespace sosa::host
