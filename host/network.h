#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "host/op_graph.h"
#include "host/op_lowering.h"

namespace sosa::host {

// A model of the outside world: its operators, and the layers that they become.
struct Network {
    OpGraph graph;
    Lowering lowering;
    std::vector<std::string> notices;  // of reading and lowering, one sentence a kind
};

bool is_network_file(const std::filesystem::path& path);  // ends in .onnx

// `dims`: "batch=4" for every dimension that the file leaves open. Throws UserError (onnx_reader.h,
// op_lowering.h) and UsageError for a malformed --dim.
Network read_network(const std::filesystem::path& path, const std::vector<std::string>& dims);

}  // namespace sosa::host
