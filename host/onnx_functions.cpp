// Functions of the model (onnx.proto, FunctionProto), since IR version 8.
#include <algorithm>
#include <map>
#include <utility>

#include "host/onnx_parts.h"
#include "host/workload_reader.h"
#include "traces/error.h"

namespace sosa::host {
namespace {

constexpr int kMaxDepth = 32;
constexpr int kMaxMade = 200'000;  // nodes from bodies

using Functions = std::map<std::pair<std::string, std::string>, const onnx::FunctionProto*>;
using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;

// One whose body can stand in the graph: the same opsets, no graphs inside. Calls of others stay, as
// operators that are not known.
bool simple(const onnx::FunctionProto& function, const std::map<std::string, int>& opsets) {
    for (const auto& import : function.opset_import()) {
        const auto found = opsets.find(import.domain() == "ai.onnx" ? "" : import.domain());
        if (found == opsets.end() || found->second != import.version()) return false;
    }
    for (const auto& node : function.node())
        for (const auto& attribute : node.attribute())
            if (attribute.has_g() || attribute.graphs_size() > 0) return false;
    return true;
}

class Expander {
  public:
    Expander(OnnxParts& parts, Functions functions) : parts_(parts), functions_(std::move(functions)) {}

    void put(onnx::NodeProto&& node, Nodes& out, int depth) {
        const auto found = functions_.find({node.domain(), node.op_type()});
        if (depth > 0 && ++made_ > kMaxMade)
            refuse(node, "bodies of more than " + std::to_string(kMaxMade) + " nodes");
        if (found == functions_.end()) {
            *out.Add() = std::move(node);
            return;
        }
        if (depth >= kMaxDepth) refuse(node, "calls " + std::to_string(kMaxDepth) + " deep, or of itself");
        expand(node, *found->second, out, depth);
    }

  private:
    [[noreturn]] void refuse(const onnx::NodeProto& node, const std::string& what) const {
        throw UserError(parts_.graph.source + ": function " + in_quotes(node.op_type()) + ": found " + what +
                        ", allowed fewer");
    }

    void expand(const onnx::NodeProto& call, const onnx::FunctionProto& function, Nodes& out, int depth) {
        const std::string prefix =
            (call.name().empty() ? function.name() + "." + std::to_string(made_++) : call.name()) + "/";
        std::map<std::string, std::string> names;
        for (int i = 0; i < function.input_size(); ++i)
            names[function.input(i)] = i < call.input_size() ? call.input(i) : "";
        for (int i = 0; i < function.output_size(); ++i)
            names[function.output(i)] = i < call.output_size() && !call.output(i).empty()
                                            ? call.output(i)
                                            : prefix + function.output(i);
        const auto renamed = [&](const std::string& name) {
            const auto known = names.find(name);
            return known != names.end() ? known->second : name.empty() ? name : prefix + name;
        };
        for (const auto& inner : function.node()) {
            onnx::NodeProto node = inner;
            node.set_name(prefix + inner.name());
            for (auto& name : *node.mutable_input()) name = renamed(name);
            for (auto& name : *node.mutable_output()) name = renamed(name);
            bind_attributes(call, node);
            put(std::move(node), out, depth + 1);
        }
    }

    // Attributes that stand for those of the call; one that the call has not is left out.
    static void bind_attributes(const onnx::NodeProto& call, onnx::NodeProto& node) {
        for (int i = node.attribute_size(); i-- > 0;) {
            const std::string reference = node.attribute(i).ref_attr_name();
            if (reference.empty()) continue;
            const auto& given = call.attribute();
            const auto found = std::find_if(given.begin(), given.end(),
                                            [&](const auto& a) { return a.name() == reference; });
            const std::string name = node.attribute(i).name();
            if (found == given.end()) {
                node.mutable_attribute()->DeleteSubrange(i, 1);
                continue;
            }
            *node.mutable_attribute(i) = *found;
            node.mutable_attribute(i)->set_name(name);
        }
    }

    OnnxParts& parts_;
    Functions functions_;
    int made_ = 0;
};

}  // namespace

void expand_functions(OnnxParts& parts) {
    Functions functions;
    for (const auto& function : parts.model->functions())
        if (simple(function, parts.opsets)) functions[{function.domain(), function.name()}] = &function;
    if (functions.empty()) return;
    Nodes expanded;
    Expander expander(parts, std::move(functions));
    for (auto& node : *parts.model->mutable_graph()->mutable_node())
        expander.put(std::move(node), expanded, 0);
    parts.model->mutable_graph()->mutable_node()->Swap(&expanded);
}

}  // namespace sosa::host
