#include "host/network.h"

#include <charconv>

#include "host/onnx_reader.h"
#include "host/op_fuse.h"
#include "traces/error.h"

namespace sosa::host {

namespace {

std::map<std::string, std::int64_t> parse_dims(const std::vector<std::string>& dims) {
    std::map<std::string, std::int64_t> all;
    for (const auto& text : dims) {
        const auto equals = text.rfind('=');
        std::int64_t size = 0;
        const char* const end = text.data() + text.size();
        const auto read = equals == text.npos ? std::from_chars_result{}
                                              : std::from_chars(text.data() + equals + 1, end, size);
        if (equals == 0 || read.ptr != end || size < 1)
            throw UsageError("--dim: found \"" + text +
                             "\", allowed NAME=SIZE as in batch=4, SIZE from 1 on");
        if (!all.emplace(text.substr(0, equals), size).second)
            throw UsageError("--dim: found \"" + text.substr(0, equals) + "\" twice, allowed once");
    }
    return all;
}

}  // namespace

bool is_network_file(const std::filesystem::path& path) {
    return path.extension() == ".onnx" || path.extension() == ".ONNX";
}

Network read_network(const std::filesystem::path& path, const std::vector<std::string>& dims) {
    Network network;
    OnnxOptions options;
    options.dims = parse_dims(dims);
    options.notices = &network.notices;
    network.graph = read_onnx(path, options);
    fuse_quantised(network.graph);
    network.lowering = lower(network.graph);
    network.notices.insert(network.notices.end(), network.lowering.notices.begin(),
                           network.lowering.notices.end());
    return network;
}

}  // namespace sosa::host
