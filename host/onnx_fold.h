#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>

#include "host/onnx_parts.h"

namespace sosa::host {

// The constants of a graph while its nodes are walked in order: those of the file, and results computed from
// them because shapes may depend on them. OpGraph::constants and is_constant are kept up to date.
class ConstantFolder {
  public:
    explicit ConstantFolder(OnnxParts& parts);

    // Results of node `index` that are known before it is looked at any further: of Constant, Identity, Shape
    // and Size. `types` as inferred so far.
    void take_results(std::uint32_t index, const std::vector<onnx::TypeProto>& types);

    // Marks results that follow from constants alone and computes those that are small. True if any was
    // computed; their types are then in `types`.
    bool fold(std::uint32_t index, std::vector<onnx::TypeProto>& types);

    // A small constant's data as the library wants them for the operator that reads it, else null. Valid as
    // long as this object.
    const onnx::TensorProto* data(std::uint32_t value, const std::string& reader);

  private:
    void add_file_constant(std::uint32_t value, const onnx::TensorProto& tensor, const std::string& place);
    void add_computed(std::uint32_t value, TensorValue&& computed);
    void take_constant(std::uint32_t index);
    bool small_enough(const OpNode& node, const std::vector<onnx::TypeProto>& types);
    bool compute(std::uint32_t index);

    OnnxParts& parts_;
    OpGraph& graph_;
    std::unordered_map<std::uint32_t, std::shared_ptr<const TensorValue>> computed_{};
    std::unordered_map<std::uint32_t, onnx::TensorProto> encoded_{};
    std::int64_t budget_;  // elements still to be computed with
};

}  // namespace sosa::host
