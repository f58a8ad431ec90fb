#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "host/op_eval_layout.h"
#include "host/op_eval_move.h"
#include "host/op_eval_types.h"

namespace sosa::host {
namespace {

constexpr std::int64_t kMostElements = std::int64_t{1} << 33;

// max(ceil((limit - start) / delta), 0); whole numbers exactly.
template <class T>
std::int64_t range_count(const OpNode& node, T start, T limit, T delta) {
    if (delta == T{0}) refuse(node, "a delta of 0", "another");
    if constexpr (std::is_integral_v<T>) {
        const auto span = static_cast<__int128>(limit) - start;
        if (span == 0 || (span < 0) != (delta < 0)) return 0;
        const __int128 count = (span + delta + (delta < 0 ? 1 : -1)) / delta;
        return static_cast<std::int64_t>(std::min<__int128>(count, kMostElements + 1));
    } else {
        const double count =
            std::ceil((static_cast<double>(limit) - static_cast<double>(start)) / static_cast<double>(delta));
        if (std::isnan(count)) refuse(node, "a range that is not a number", "finite numbers");
        return static_cast<std::int64_t>(std::clamp(count, 0.0, static_cast<double>(kMostElements + 1)));
    }
}

Outputs eval_range(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 3, 3);
    const TensorValue& start = input(node, inputs, 0);
    expect_type(node, "start", start,
                {ElementType::f32, ElementType::f64, ElementType::s16, ElementType::s32, ElementType::s64});
    for (std::size_t i = 0; i < 3; ++i) {
        expect_same_type(node, start, input(node, inputs, i));
        if (element_count(inputs[i]->dims) != 1)
            refuse(node, "an input of " + dims_text(inputs[i]->dims), "scalars");
    }
    return {visit_type(start.type, [&](auto tag) {
        using S = typename decltype(tag)::type;
        TensorValue result;
        if constexpr (std::is_arithmetic_v<S>) {
            const S first = *elements<S>(*inputs[0]), delta = *elements<S>(*inputs[2]);
            const std::int64_t count = range_count(node, first, *elements<S>(*inputs[1]), delta);
            result = make_result(node, start.type, {count});
            for (std::int64_t i = 0; i < count; ++i) {
                S& to = elements<S>(result)[i];
                if constexpr (std::is_integral_v<S>)
                    to = static_cast<S>(static_cast<std::uint64_t>(first) +
                                        static_cast<std::uint64_t>(delta) * static_cast<std::uint64_t>(i));
                else
                    to = first + static_cast<S>(i) * delta;
            }
        }
        return result;
    })};
}

// The element's bytes in every place.
void fill(TensorValue& tensor, const std::uint8_t* element) {
    const std::size_t width = element_bytes(tensor.type);
    for (std::size_t at = 0; at < tensor.bytes.size(); at += width)
        std::memcpy(tensor.bytes.data() + at, element, width);
}

Outputs eval_constant_of_shape(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 1);
    const auto shape = integer_list(node, "shape", input(node, inputs, 0));
    const OpAttribute* const value = node.find("value");
    if (value == nullptr) return {make_result(node, ElementType::f32, shape)};
    const TensorValue& element = value->tensor;
    if (value->kind != OpAttribute::Kind::tensor || element.type == ElementType::none ||
        element_count(element.dims) != 1)
        refuse(node, "another value", "a tensor of one number");
    TensorValue result = make_result(node, element.type, shape);
    fill(result, element.bytes.data());
    return {std::move(result)};
}

Outputs eval_eye_like(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 1);
    const TensorValue& like = input(node, inputs, 0);
    if (like.dims.size() != 2) refuse(node, "an input of " + dims_text(like.dims), "a matrix");
    const ElementType type =
        node.find("dtype") == nullptr ? like.type : expect_onnx_type(node, node.integer("dtype", 0));
    TensorValue result = make_result(node, type, like.dims);
    const std::int64_t rows = like.dims[0], columns = like.dims[1];
    const std::int64_t k = std::clamp(node.integer("k", 0), -rows, columns);
    visit_type(type, [&](auto tag) {
        using S = typename decltype(tag)::type;
        for (std::int64_t row = std::max<std::int64_t>(0, -k); row < rows && row + k < columns; ++row)
            elements<S>(result)[row * columns + row + k] = store<S>(static_cast<Compute<S>>(1));
    });
    return {std::move(result)};
}

// A number of any type; exact where it could be an index.
std::vector<double> as_doubles(const TensorValue& tensor) {
    std::vector<double> numbers(static_cast<std::size_t>(element_count(tensor.dims)));
    visit_type(tensor.type, [&](auto tag) {
        using S = typename decltype(tag)::type;
        for (std::size_t i = 0; i < numbers.size(); ++i)
            numbers[i] = static_cast<double>(load(elements<S>(tensor)[i]));
    });
    return numbers;
}

// "on" at the index along the new axis; nowhere for one outside of -depth..depth-1.
Outputs eval_one_hot(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 3, 3);
    const TensorValue &indices = input(node, inputs, 0), &depth = input(node, inputs, 1),
                      &values = input(node, inputs, 2);
    expect_type(node, "indices", indices, number_types());
    expect_type(node, "depth", depth, number_types());
    if (element_count(depth.dims) != 1 || values.dims != Dims{2})
        refuse(node, "depth of " + dims_text(depth.dims) + " and values of " + dims_text(values.dims),
               "one depth and two values");
    const double size = as_doubles(depth)[0];
    if (!(size >= 0 && size <= static_cast<double>(kMostElements)))
        refuse(node, "a depth of " + std::to_string(size), "0 to " + std::to_string(kMostElements));
    Dims dims = indices.dims;
    const std::size_t axis = expect_axis(node, node.integer("axis", -1), dims.size() + 1);
    dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(axis), static_cast<std::int64_t>(size));
    TensorValue result = make_result(node, values.type, dims);
    if (result.bytes.empty()) return {std::move(result)};
    fill(result, values.bytes.data());
    const AxisView view = axis_view(node, dims, axis);
    const std::vector<double> list = as_doubles(indices);
    const std::size_t width = element_bytes(values.type);
    for (std::size_t i = 0; i < list.size(); ++i) {
        const double index = list[i] < 0 ? list[i] + size : list[i];
        if (!(index >= 0 && index < size) || index != std::floor(index)) continue;
        const auto inner = static_cast<std::size_t>(view.inner);
        const std::size_t at =
            (i / inner * static_cast<std::size_t>(view.size) + static_cast<std::size_t>(index)) * inner +
            i % inner;
        std::memcpy(result.bytes.data() + at * width, values.bytes.data() + width, width);
    }
    return {std::move(result)};
}

// The upper or lower triangle of each matrix, from diagonal k on; 0 elsewhere.
Outputs eval_trilu(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 2);
    TensorValue result = input(node, inputs, 0);
    const std::size_t rank = result.dims.size();
    if (rank < 2) refuse(node, "an input of " + dims_text(result.dims), "matrices");
    const TensorValue* const diagonal = optional_input(inputs, 1);
    if (result.bytes.empty()) return {std::move(result)};
    const std::int64_t rows = result.dims[rank - 2], columns = result.dims[rank - 1];
    const std::int64_t k =
        std::clamp(diagonal == nullptr ? 0 : integer_scalar(node, "k", *diagonal), -rows, columns);
    const bool upper = node.integer("upper", 1) != 0;
    const auto width = static_cast<std::int64_t>(element_bytes(result.type));
    const std::int64_t all_rows = element_count(result.dims) / columns;
    for (std::int64_t row = 0; row < all_rows; ++row) {
        std::uint8_t* const start = result.bytes.data() + row * columns * width;
        const std::int64_t on_diagonal = row % rows + k;
        const std::int64_t split =
            std::clamp<std::int64_t>(upper ? on_diagonal : on_diagonal + 1, 0, columns);
        std::fill(start + (upper ? 0 : split * width), start + (upper ? split : columns) * width,
                  std::uint8_t{0});
    }
    return {std::move(result)};
}

}  // namespace

const std::vector<EvalEntry>& layout_makers() {
    static const std::vector<EvalEntry> entries{{"ConstantOfShape", eval_constant_of_shape},
                                                {"EyeLike", eval_eye_like},
                                                {"OneHot", eval_one_hot},
                                                {"Range", eval_range},
                                                {"Trilu", eval_trilu}};
    return entries;
}

}  // namespace sosa::host
