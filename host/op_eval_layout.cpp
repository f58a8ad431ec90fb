#include "host/op_eval_layout.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "host/op_eval_move.h"

namespace sosa::host {
namespace {

// "shape" with 0 for the input's dimension of the same place (unless "allowzero") and one -1 for what is
// left.
Dims reshaped_dims(const OpNode& node, const TensorValue& x, const std::vector<std::int64_t>& shape) {
    const std::string found = "shape " + dims_text(shape) + " for " + dims_text(x.dims);
    const bool copies = node.integer("allowzero", 0) == 0;
    Dims dims = shape;
    std::int64_t known = 1, open = -1;
    for (std::size_t d = 0; d < dims.size(); ++d) {
        if (dims[d] == 0 && copies) {
            if (d >= x.dims.size()) refuse(node, found, "0 only where the input has a dimension");
            dims[d] = x.dims[d];
        }
        if (dims[d] < -1 || (dims[d] == -1 && open >= 0)) refuse(node, found, "sizes, 0, and one -1");
        if (dims[d] == -1)
            open = static_cast<std::int64_t>(d);
        else if (__builtin_mul_overflow(known, dims[d], &known))
            refuse(node, found, "as many elements as the input");
    }
    const std::int64_t count = element_count(x.dims);
    if (open >= 0) {
        if (known == 0) refuse(node, found, "-1 only where the other dimensions leave one size for it");
        dims[static_cast<std::size_t>(open)] = count / known;
        known *= count / known;
    }
    if (known != count) refuse(node, found, std::to_string(count) + " elements");
    return dims;
}

Outputs eval_reshape(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 2, 2);
    const TensorValue& x = input(node, inputs, 0);
    return {with_dims(x, reshaped_dims(node, x, integer_list(node, "shape", input(node, inputs, 1))))};
}

Outputs eval_flatten(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 1);
    const TensorValue& x = input(node, inputs, 0);
    const auto rank = static_cast<std::int64_t>(x.dims.size());
    const std::int64_t axis = node.integer("axis", 1);
    if (axis < -rank || axis > rank)
        refuse(node, "axis " + std::to_string(axis), std::to_string(-rank) + " to " + std::to_string(rank));
    const auto split = static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
    return {
        with_dims(x, {product_of(node, x.dims, 0, split), product_of(node, x.dims, split, x.dims.size())})};
}

// Whether each of `rank` axes is in the list; refuses one that is twice.
std::vector<bool> marked_axes(const OpNode& node, const std::vector<std::int64_t>& axes, std::size_t rank) {
    std::vector<bool> marked(rank, false);
    for (const std::int64_t axis : axes) {
        const std::size_t d = expect_axis(node, axis, rank);
        if (marked[d]) refuse(node, "axis " + std::to_string(axis) + " twice", "each axis once");
        marked[d] = true;
    }
    return marked;
}

Outputs eval_squeeze(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 2);
    const TensorValue& x = input(node, inputs, 0);
    const bool all = optional_input(inputs, 1) == nullptr && node.find("axes") == nullptr;
    const auto marked = marked_axes(node, integer_list(node, inputs, 1, "axes"), x.dims.size());
    Dims dims;
    for (std::size_t d = 0; d < x.dims.size(); ++d) {
        if (marked[d] && x.dims[d] != 1)
            refuse(node, "axis " + std::to_string(d) + " of " + dims_text(x.dims), "axes of size 1");
        if (!marked[d] && !(all && x.dims[d] == 1)) dims.push_back(x.dims[d]);
    }
    return {with_dims(x, dims)};
}

Outputs eval_unsqueeze(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 2);
    const TensorValue& x = input(node, inputs, 0);
    const auto axes = integer_list(node, inputs, 1, "axes");
    const auto marked = marked_axes(node, axes, x.dims.size() + axes.size());
    Dims dims;
    std::size_t next = 0;
    for (const bool added : marked) dims.push_back(added ? 1 : x.dims[next++]);
    return {with_dims(x, dims)};
}

Outputs eval_transpose(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 1);
    const TensorValue& x = input(node, inputs, 0);
    const std::size_t rank = x.dims.size();
    std::vector<std::size_t> permutation;
    for (std::size_t d = rank; d-- > 0;) permutation.push_back(d);
    if (node.find("perm") != nullptr) {
        const auto given = node.integers("perm");
        if (given.size() != rank)
            refuse(node, "perm of " + std::to_string(given.size()) + " axes", std::to_string(rank));
        marked_axes(node, given, rank);
        for (std::size_t d = 0; d < rank; ++d) permutation[d] = expect_axis(node, given[d], rank);
    }
    return {permuted(node, x, permutation)};
}

TensorValue list_value(const OpNode& node, const std::vector<std::int64_t>& list) {
    TensorValue value = make_result(node, ElementType::s64, {static_cast<std::int64_t>(list.size())});
    std::copy(list.begin(), list.end(), elements<std::int64_t>(value));
    return value;
}

// From opset 15 a slice of it: [start, end), negative ones from the end, both clamped.
Outputs eval_shape(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 1);
    const Dims& dims = input(node, inputs, 0).dims;
    const auto rank = static_cast<std::int64_t>(dims.size());
    const auto place = [rank](std::int64_t at) {
        return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank);
    };
    const std::int64_t start = place(node.integer("start", 0)), end = place(node.integer("end", rank));
    return {list_value(node, start < end ? Dims(dims.begin() + start, dims.begin() + end) : Dims{})};
}

Outputs eval_size(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 1);
    return {with_dims(list_value(node, {element_count(input(node, inputs, 0).dims)}), {})};
}

Outputs eval_constant(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 0, 0);
    if (const OpAttribute* const value = node.find("value")) {
        if (value->kind != OpAttribute::Kind::tensor || value->tensor.type == ElementType::none)
            refuse(node, "a value that is no tensor of numbers", "one");
        return {value->tensor};
    }
    if (node.find("value_int") != nullptr)
        return {with_dims(list_value(node, {node.integer("value_int", 0)}), {})};
    if (node.find("value_ints") != nullptr) return {list_value(node, node.integers("value_ints"))};
    std::vector<float> reals;
    const OpAttribute* const list = node.find("value_floats");
    if (list != nullptr && list->kind == OpAttribute::Kind::reals)
        reals = list->reals;
    else if (node.find("value_float") != nullptr)
        reals = {node.real("value_float", 0)};
    else
        refuse(node, "no value", "value, value_int, value_ints, value_float or value_floats");
    TensorValue value = make_result(node, ElementType::f32,
                                    list != nullptr ? Dims{static_cast<std::int64_t>(reals.size())} : Dims{});
    std::copy(reals.begin(), reals.end(), elements<float>(value));
    return {std::move(value)};
}

}  // namespace

const std::vector<EvalEntry>& layout_shapes() {
    static const std::vector<EvalEntry> entries{{"Constant", eval_constant},   {"Flatten", eval_flatten},
                                                {"Reshape", eval_reshape},     {"Shape", eval_shape},
                                                {"Size", eval_size},           {"Squeeze", eval_squeeze},
                                                {"Transpose", eval_transpose}, {"Unsqueeze", eval_unsqueeze}};
    return entries;
}

const std::vector<EvalEntry>& eval_layout() {
    static const std::vector<EvalEntry> entries = [] {
        std::vector<EvalEntry> all;
        for (const auto& part : {layout_shapes(), layout_pieces(), layout_gathers(), layout_scatters(),
                                 layout_makers(), layout_orders(), layout_borders(), layout_sizes()})
            all.insert(all.end(), part.begin(), part.end());
        return all;
    }();
    return entries;
}

}  // namespace sosa::host
