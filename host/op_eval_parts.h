#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/op_eval.h"

// What the families of operators share: how they join the table, and how they check what they are given.
namespace sosa::host {

using Inputs = std::vector<const TensorValue*>;  // as the node's; null where absent
using Outputs = std::vector<TensorValue>;

// Gives at least the outputs that the node names; `evaluate` drops what it does not. `evaluate` has seen to
// it that every input that is there has a type, dims that are not negative and as many bytes as they say.
using EvalFunction = Outputs (*)(const OpNode&, const Inputs&);

struct EvalEntry {
    const char* op;
    EvalFunction function;
};

const std::vector<EvalEntry>& eval_elementwise();
const std::vector<EvalEntry>& eval_reductions();
const std::vector<EvalEntry>& eval_quantisation();
const std::vector<EvalEntry>& eval_linear();
const std::vector<EvalEntry>& eval_windows();
const std::vector<EvalEntry>& eval_layout();
const std::vector<EvalEntry>& eval_normalisation();

// Throws UserError `"name" (Op): found ..., allowed ...`.
[[noreturn]] void refuse(const OpNode& node, const std::string& found, const std::string& allowed);

// Input `i`, refused if it is absent; and null if it is.
const TensorValue& input(const OpNode& node, const Inputs& inputs, std::size_t i);
const TensorValue* optional_input(const Inputs& inputs, std::size_t i);

// Refuses the node unless it has between `least` and `most` inputs (counted with absent ones).
void expect_inputs(const OpNode& node, const Inputs& inputs, std::size_t least, std::size_t most);
// Refuses `tensor` ("input 1") unless its type is among those.
void expect_type(const OpNode& node, const std::string& what, const TensorValue& tensor,
                 const std::vector<ElementType>& allowed);
void expect_same_type(const OpNode& node, const TensorValue& first, const TensorValue& second);

// All zeros; refuses dims below 0 and more than 2^33 bytes (of the dims that are not 0, if one is).
TensorValue make_result(const OpNode& node, ElementType type, const Dims& dims);
// The same bytes with other dims of the same count.
TensorValue with_dims(const TensorValue& tensor, const Dims& dims);

// The numbers of an int32 or int64 tensor of rank 0 or 1 ("axes"), which must be there.
std::vector<std::int64_t> integer_list(const OpNode& node, const std::string& what,
                                       const TensorValue& tensor);
// Input `i` if it is there, else the attribute, as operators that moved one to the other have it; empty if
// neither.
std::vector<std::int64_t> integer_list(const OpNode& node, const Inputs& inputs, std::size_t i,
                                       const std::string& attribute);

// The element type that TensorProto.DataType `number` is; refuses those that are not among ours.
ElementType expect_onnx_type(const OpNode& node, std::int64_t number);

// -rank..rank-1 to 0..rank-1.
std::size_t expect_axis(const OpNode& node, std::int64_t axis, std::size_t rank);

std::vector<std::int64_t> row_major_strides(const Dims& dims);  // in elements

const std::vector<ElementType>& real_types();    // f16 bf16 f32 f64
const std::vector<ElementType>& whole_types();   // s8..s64 u8..u64
const std::vector<ElementType>& number_types();  // both

}  // namespace sosa::host
