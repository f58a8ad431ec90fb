#include "host/op_eval_parts.h"

#include <algorithm>

#include "host/onnx_tensor.h"
#include "traces/error.h"

namespace sosa::host {
namespace {

constexpr std::int64_t kMostBytes = std::int64_t{1} << 33;

std::string names(const std::vector<ElementType>& types) {
    std::string text;
    for (const ElementType type : types) text += (text.empty() ? "" : " ") + std::string(element_name(type));
    return text;
}

}  // namespace

void refuse(const OpNode& node, const std::string& found, const std::string& allowed) {
    throw UserError(node.place() + ": found " + found + ", allowed " + allowed);
}

const TensorValue& input(const OpNode& node, const Inputs& inputs, std::size_t i) {
    const TensorValue* const tensor = optional_input(inputs, i);
    if (tensor == nullptr) refuse(node, "no input " + std::to_string(i), "a node that has it");
    return *tensor;
}

const TensorValue* optional_input(const Inputs& inputs, std::size_t i) {
    return i < inputs.size() ? inputs[i] : nullptr;
}

void expect_inputs(const OpNode& node, const Inputs& inputs, std::size_t least, std::size_t most) {
    if (inputs.size() >= least && inputs.size() <= most) return;
    const std::string range = std::to_string(least) + (least == most ? "" : " to " + std::to_string(most));
    refuse(node, std::to_string(inputs.size()) + " inputs", range);
}

void expect_type(const OpNode& node, const std::string& what, const TensorValue& tensor,
                 const std::vector<ElementType>& allowed) {
    if (std::find(allowed.begin(), allowed.end(), tensor.type) != allowed.end()) return;
    refuse(node, what + " of " + std::string(element_name(tensor.type)), names(allowed));
}

void expect_same_type(const OpNode& node, const TensorValue& first, const TensorValue& second) {
    if (first.type == second.type) return;
    refuse(node,
           "inputs of " + std::string(element_name(first.type)) + " and " +
               std::string(element_name(second.type)),
           "inputs of one type");
}

TensorValue make_result(const OpNode& node, ElementType type, const Dims& dims) {
    std::int64_t room = kMostBytes / static_cast<std::int64_t>(element_bytes(type));
    for (const std::int64_t dim : dims) {
        if (dim < 0) refuse(node, "a result of " + dims_text(dims), "dimensions that are not negative");
        if (dim > room) refuse(node, "a result of " + dims_text(dims), "at most 8 GiB");
        room /= std::max<std::int64_t>(dim, 1);
    }
    return make_tensor(type, dims);
}

TensorValue with_dims(const TensorValue& tensor, const Dims& dims) {
    SOSA_CHECK(element_count(dims) == element_count(tensor.dims),
               dims_text(dims) + " of " + dims_text(tensor.dims));
    return TensorValue{tensor.type, dims, tensor.bytes};
}

std::vector<std::int64_t> integer_list(const OpNode& node, const std::string& what,
                                       const TensorValue& tensor) {
    expect_type(node, what, tensor, {ElementType::s32, ElementType::s64});
    if (tensor.dims.size() > 1) refuse(node, what + " of " + dims_text(tensor.dims), "a list");
    std::vector<std::int64_t> list(static_cast<std::size_t>(element_count(tensor.dims)));
    if (tensor.type == ElementType::s64) {
        std::copy_n(elements<std::int64_t>(tensor), list.size(), list.begin());
    } else {
        std::copy_n(elements<std::int32_t>(tensor), list.size(), list.begin());
    }
    return list;
}

std::vector<std::int64_t> integer_list(const OpNode& node, const Inputs& inputs, std::size_t i,
                                       const std::string& attribute) {
    if (const TensorValue* const tensor = optional_input(inputs, i))
        return integer_list(node, attribute, *tensor);
    return node.integers(attribute);
}

ElementType expect_onnx_type(const OpNode& node, std::int64_t number) {
    const bool is_small = number >= 0 && number < 256;
    const ElementType type = is_small ? element_type(static_cast<int>(number)) : ElementType::none;
    if (type == ElementType::none) refuse(node, "data type " + std::to_string(number), "numbers and bool");
    return type;
}

std::size_t expect_axis(const OpNode& node, std::int64_t axis, std::size_t rank) {
    const auto most = static_cast<std::int64_t>(rank);
    if (axis < -most || axis >= most) {
        const std::string range = std::to_string(-most) + " to " + std::to_string(most - 1);
        refuse(node, "axis " + std::to_string(axis), rank == 0 ? "no axis of a scalar" : range);
    }
    return static_cast<std::size_t>(axis < 0 ? axis + most : axis);
}

std::vector<std::int64_t> row_major_strides(const Dims& dims) {
    std::vector<std::int64_t> strides(dims.size(), 1);
    for (std::size_t d = dims.size(); d-- > 1;) strides[d - 1] = strides[d] * dims[d];
    return strides;
}

const std::vector<ElementType>& real_types() {
    static const std::vector<ElementType> types{ElementType::f16, ElementType::bf16, ElementType::f32,
                                                ElementType::f64};
    return types;
}

const std::vector<ElementType>& whole_types() {
    static const std::vector<ElementType> types{ElementType::s8,  ElementType::s16, ElementType::s32,
                                                ElementType::s64, ElementType::u8,  ElementType::u16,
                                                ElementType::u32, ElementType::u64};
    return types;
}

const std::vector<ElementType>& number_types() {
    static const std::vector<ElementType> types = [] {
        std::vector<ElementType> all = real_types();
        all.insert(all.end(), whole_types().begin(), whole_types().end());
        return all;
    }();
    return types;
}

}  // namespace sosa::host
