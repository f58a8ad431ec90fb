#pragma once
#include <onnx/onnx_pb.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "host/onnx_reader.h"
#include "host/op_graph.h"

// What the steps of the ONNX reader share, in the order they run.
namespace sosa::host {

// A model on its way to a graph. `model` lives as long as a constant of the graph.
struct OnnxParts {
    const OnnxOptions& options;
    std::filesystem::path folder{};
    std::shared_ptr<onnx::ModelProto> model = std::make_shared<onnx::ModelProto>();
    std::map<std::string, int> opsets{};  // by domain

    OpGraph graph{};
    std::unordered_map<std::string, std::uint32_t> numbers{};  // of values, by name
    std::vector<const onnx::NodeProto*> nodes{};               // by node of the graph
    std::vector<onnx::TypeProto> types{};                      // by value: what the file says
    std::vector<const onnx::TensorProto*> tensors{};           // by value: constants of the file, else null

    std::unordered_map<const onnx::NodeProto*, std::int64_t>
        old_axis{};  // where the second input's shape begins

    void notice(const std::string& sentence) const;
};

// (1) Opsets and IR version that can be read.
void check_versions(OnnxParts& parts);

// (2) Calls of the model's own functions become the nodes of their bodies.
void expand_functions(OnnxParts& parts);

// (3) Nodes of an opset before 7 become those of opset 7; throws UserError that lists those that cannot.
void upgrade_opset(OnnxParts& parts);

// What of that needs shapes: an operand that began at an axis ends at the last one since opset 7. Appends to
// its dims, which must be those of an initializer that only this node reads.
void align_operand(OnnxParts& parts, std::uint32_t node, std::size_t rank, onnx::TypeProto& operand);

// (4) Values and nodes of `graph`, without shapes: every name made once, every input made, each node after
// those it reads.
void build_graph(OnnxParts& parts);
OpAttribute read_attribute(const onnx::AttributeProto& attribute, const std::string& place);

// (5) Symbolic dimensions of the inputs get their sizes.
void bind_dims(OnnxParts& parts);

// (6) Element types, shapes and constants of all values.
void infer_shapes(OnnxParts& parts);

}  // namespace sosa::host
