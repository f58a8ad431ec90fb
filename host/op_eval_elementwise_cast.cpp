#include <algorithm>

#include "host/op_eval_convert.h"
#include "host/op_eval_elementwise.h"

// Cast and CastLike; Identity and Dropout, which only copy.
namespace sosa::host {
namespace {

TensorValue converted(const OpNode& node, const TensorValue& x, ElementType to) {
    TensorValue result = make_result(node, to, x.dims);
    const auto count = static_cast<std::size_t>(element_count(x.dims));
    visit_type(x.type, [&](auto from_tag) {
        using From = typename decltype(from_tag)::type;
        visit_type(to, [&](auto to_tag) {
            using To = typename decltype(to_tag)::type;
            const From* const source = elements<From>(x);
            To* const target = elements<To>(result);
            for (std::size_t i = 0; i < count; ++i) target[i] = convert<To>(source[i]);
        });
    });
    return result;
}

Outputs cast(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 1);
    return {converted(node, input(node, inputs, 0), expect_onnx_type(node, node.integer("to", 0)))};
}

Outputs cast_like(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 2, 2);
    return {converted(node, input(node, inputs, 0), input(node, inputs, 1).type)};
}

Outputs identity(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 1);
    return {input(node, inputs, 0)};
}

// Input `i` as a number, 0 if it is absent.
double scalar(const OpNode& node, const Inputs& inputs, std::size_t i) {
    const TensorValue* const tensor = optional_input(inputs, i);
    if (tensor == nullptr) return 0;
    if (element_count(tensor->dims) != 1) {
        refuse(node, "input " + std::to_string(i) + " of " + dims_text(tensor->dims), "a scalar");
    }
    return *elements<double>(converted(node, *tensor, ElementType::f64));
}

// As in inference: everything is kept. A `ratio` without `training_mode` has no effect; with it, but 0,
// neither.
Outputs dropout(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 3);
    const TensorValue& x = input(node, inputs, 0);
    const TensorValue* const ratio = optional_input(inputs, 1);
    if (scalar(node, inputs, 2) != 0 && (ratio == nullptr || scalar(node, inputs, 1) != 0)) {
        refuse(node, "training_mode with a ratio that is not 0", "inference");
    }
    TensorValue mask = make_result(node, ElementType::boolean, x.dims);
    std::fill(mask.bytes.begin(), mask.bytes.end(), std::uint8_t{1});
    const bool old_mask = node.opset < 10;  // of the data's own type then
    return {x, old_mask ? converted(node, mask, x.type) : std::move(mask)};
}

}  // namespace

const std::vector<EvalEntry>& eval_elementwise_cast() {
    static const std::vector<EvalEntry> entries{
        {"Cast", cast}, {"CastLike", cast_like}, {"Dropout", dropout}, {"Identity", identity}};
    return entries;
}

}  // namespace sosa::host
