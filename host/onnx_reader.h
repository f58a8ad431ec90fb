#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "host/op_graph.h"

namespace sosa::host {

struct OnnxOptions {
    std::map<std::string, std::int64_t>
        dims{};  // of inputs: by symbol, or INPUT.AXIS where the file has no name
    std::vector<std::string>* notices = nullptr;  // one sentence a kind: what was read with goodwill
};

// The graph of an ONNX model of opset 7 to 17, or older where it means the same, with all shapes that follow
// from those of its inputs; functions of the model are expanded, constants that shapes depend on computed.
// Weights in other files are read when asked for. A node "Constant" keeps no attributes: its result is in
// OpGraph::constants. Throws UserError for what is no such model and for inputs of unknown size.
OpGraph read_onnx(const std::filesystem::path& path, const OnnxOptions& options);

// The same of a file's bytes; `folder` holds the weights.
OpGraph read_onnx_bytes(std::string_view bytes, const std::string& source,
                        const std::filesystem::path& folder, const OnnxOptions& options);

}  // namespace sosa::host
