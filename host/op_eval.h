#pragma once
#include <map>
#include <string>
#include <vector>

#include "host/op_graph.h"

// The host's own computation of operators, exactly as the ONNX specification defines them: for constants,
// for what the chip cannot do, and to check what it did.
namespace sosa::host {

bool can_evaluate(const OpNode& node);

// Results in the order of the node's outputs. `inputs` as the node's, null where absent. Throws UserError
// `"name" (Op): what was found, what is allowed` for shapes, types and attributes that the operator does not
// take.
std::vector<TensorValue> evaluate(const OpNode& node, const std::vector<const TensorValue*>& inputs);

// All values of the graph that its outputs need, by number; `inputs` by number. Frees nothing: for graphs
// that fit into memory.
std::map<std::uint32_t, TensorValue> evaluate(const OpGraph& graph,
                                              std::map<std::uint32_t, TensorValue> inputs);

}  // namespace sosa::host
