#include "host/onnx_reader.h"

#include "host/onnx_file.h"
#include "host/onnx_parts.h"
#include "host/workload_reader.h"
#include "traces/error.h"

namespace sosa::host {
namespace {

constexpr int kMinOpset = 1, kMaxOpset = 17;
constexpr int kMaxIr = 8;  // of the library
constexpr const char* kWhat = "an ONNX model";

OpGraph read(OnnxParts& parts) {
    if (!parts.model->has_graph() ||
        (parts.model->graph().node_size() == 0 && parts.model->graph().output_size() == 0))
        throw UserError(parts.graph.source + ": found no graph, allowed " + kWhat);
    check_versions(parts);
    expand_functions(parts);
    upgrade_opset(parts);
    build_graph(parts);
    bind_dims(parts);
    infer_shapes(parts);
    return std::move(parts.graph);
}

}  // namespace

void OnnxParts::notice(const std::string& sentence) const {
    if (options.notices) options.notices->push_back(graph.source + ": " + sentence);
}

void check_versions(OnnxParts& parts) {
    for (const auto& import : parts.model->opset_import()) {
        const std::string domain = import.domain() == "ai.onnx" ? "" : import.domain();
        const auto version = std::min<std::int64_t>(std::max<std::int64_t>(import.version(), 0), 1 << 20);
        const auto [place, added] = parts.opsets.emplace(domain, static_cast<int>(version));
        if (!added && place->second != version)
            throw UserError(parts.graph.source + ": found two opsets of domain " + in_quotes(domain) +
                            ", allowed one");
    }
    const auto found = parts.opsets.find("");
    if (found != parts.opsets.end() && (found->second < kMinOpset || found->second > kMaxOpset))
        throw UserError(parts.graph.source + ": found opset " + std::to_string(found->second) +
                        ", allowed 7 to 17; export with opset_version=17 or run onnx.version_converter");
    if (parts.model->ir_version() > kMaxIr)
        parts.notice("IR version " + std::to_string(parts.model->ir_version()) + " is newer than " +
                     std::to_string(kMaxIr) + ", its opset is not: read as that");
}

OpGraph read_onnx(const std::filesystem::path& path, const OnnxOptions& options) {
    OnnxParts parts{options, path.parent_path()};
    parts.graph.source = path.string();
    parse_file(path, *parts.model, kWhat);
    return read(parts);
}

OpGraph read_onnx_bytes(std::string_view bytes, const std::string& source,
                        const std::filesystem::path& folder, const OnnxOptions& options) {
    OnnxParts parts{options, folder};
    parts.graph.source = source;
    parse_bytes(bytes, source, *parts.model, kWhat);
    return read(parts);
}

}  // namespace sosa::host
