// Opsets 1 to 6: most operators mean the same in opset 7. What changed stands in ONNX' Changelog.md.
#include <onnx/defs/schema.h>

#include <algorithm>
#include <array>
#include <set>

#include "host/onnx_parts.h"
#include "host/workload_reader.h"
#include "traces/error.h"
#include "traces/text.h"

namespace sosa::host {
namespace {

constexpr int kOldest = 7;

// Operators that differ in opset 7 by attributes that fell away, and the first opset that is understood.
struct Change {
    const char* op;
    int since;
};
constexpr std::array<Change, 15> kChanges{{{"Add", 6},
                                           {"And", 1},
                                           {"AveragePool", 1},  // no count_include_pad: as its default
                                           {"BatchNormalization", 6},
                                           {"Div", 6},
                                           {"Dropout", 6},
                                           {"Equal", 1},
                                           {"Gemm", 6},
                                           {"Greater", 1},
                                           {"Less", 1},
                                           {"Mul", 6},
                                           {"Or", 1},
                                           {"PRelu", 6},
                                           {"Pow", 1},
                                           {"Sub", 6}}};
constexpr std::array<const char*, 3> kDropped{"axis", "broadcast", "is_test"};

bool same_since(const std::string& op, int opset) {
    const auto* before = onnx::OpSchemaRegistry::Schema(op, opset, "");
    const auto* after = onnx::OpSchemaRegistry::Schema(op, kOldest, "");
    return before && after && before->SinceVersion() == after->SinceVersion();
}

bool convertible(const std::string& op, int opset) {
    return std::any_of(kChanges.begin(), kChanges.end(),
                       [&](const Change& change) { return change.op == op && change.since <= opset; });
}

void convert(onnx::NodeProto& node, OnnxParts& parts) {
    if (node.op_type() == "PRelu") parts.old_axis[&node] = 1;  // one slope a channel
    auto* attributes = node.mutable_attribute();
    for (int i = attributes->size(); i-- > 0;) {
        const onnx::AttributeProto& attribute = attributes->Get(i);
        if (std::find(kDropped.begin(), kDropped.end(), attribute.name()) == kDropped.end()) continue;
        if (attribute.name() == "axis") parts.old_axis[&node] = attribute.i();
        attributes->DeleteSubrange(i, 1);
    }
}

}  // namespace

void upgrade_opset(OnnxParts& parts) {
    const auto found = parts.opsets.find("");
    if (found == parts.opsets.end() || found->second >= kOldest) return;
    std::set<std::string> refused;
    for (onnx::NodeProto& node : *parts.model->mutable_graph()->mutable_node()) {
        if (!node.domain().empty() && node.domain() != "ai.onnx") continue;
        if (same_since(node.op_type(), found->second)) continue;
        if (convertible(node.op_type(), found->second))
            convert(node, parts);
        else
            refused.insert(in_quotes(node.op_type()));
    }
    if (!refused.empty())
        throw UserError(
            parts.graph.source + ": found opset " + std::to_string(found->second) + " with " +
            traces::join({refused.begin(), refused.end()}) +
            ", which mean something else since, allowed opsets 7 to 17; run onnx.version_converter");
    parts.notice("opset " + std::to_string(found->second) +
                 " is read as 7, where its operators mean the same");
    found->second = kOldest;
}

void align_operand(OnnxParts& parts, std::uint32_t node, std::size_t rank, onnx::TypeProto& operand) {
    const OpNode& reader = parts.graph.nodes[node];
    const auto old = parts.old_axis.find(parts.nodes[node]);
    if (old == parts.old_axis.end() || reader.inputs.size() < 2) return;
    auto& shape = *operand.mutable_tensor_type()->mutable_shape();
    const auto own = static_cast<std::size_t>(shape.dim_size());
    const auto axis = old->second < 0 ? old->second + static_cast<std::int64_t>(rank) : old->second;
    const bool one = std::all_of(shape.dim().begin(), shape.dim().end(),
                                 [](const auto& dim) { return dim.dim_value() == 1; });
    const auto end = static_cast<std::size_t>(std::max<std::int64_t>(axis, 0)) + own;
    if (one || end == rank || own >= rank) return;
    const std::uint32_t value = reader.inputs[1];
    std::size_t uses = 0;
    for (const OpNode& other : parts.graph.nodes)
        uses += static_cast<std::size_t>(std::count(other.inputs.begin(), other.inputs.end(), value));
    onnx::TensorProto* tensor = nullptr;
    for (auto& candidate : *parts.model->mutable_graph()->mutable_initializer())
        if (&candidate == parts.tensors[value]) tensor = &candidate;
    if (!tensor || uses != 1 || end > rank || axis < 0)
        throw UserError(
            parts.graph.place(node) + ": found an operand that begins at axis " +
            std::to_string(old->second) +
            " as before opset 7, allowed one that ends at the last axis; run onnx.version_converter");
    for (std::size_t i = end; i < rank; ++i) {
        shape.add_dim()->set_dim_value(1);
        tensor->add_dims(1);
    }
}

}  // namespace sosa::host
