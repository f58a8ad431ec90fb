#pragma once
#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

namespace sosa::host {

// Whether the library knows what the operator does: one of ONNX' own, not deprecated, that holds no graphs.
bool is_known_op(const std::string& op, int opset);

// The types of a node's results by the library's rules, as far as they follow; `types` and `data` of its
// inputs are null where they are not known. Throws UserError `place: ...` for inputs and attributes that do
// not fit.
std::vector<onnx::TypeProto> infer_node(const onnx::NodeProto& node, int opset,
                                        const std::vector<const onnx::TypeProto*>& types,
                                        const std::vector<const onnx::TensorProto*>& data,
                                        const std::string& place);

// Throws UserError for what the rules would not survive.
void check_before_rules(const onnx::NodeProto& node, const std::vector<const onnx::TypeProto*>& types,
                        const std::string& place);

}  // namespace sosa::host
