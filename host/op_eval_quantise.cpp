#include <algorithm>
#include <cmath>
#include <limits>

#include "host/op_eval_elementwise.h"
#include "host/op_eval_parts.h"

// QuantizeLinear, DequantizeLinear (per tensor or per axis) and DynamicQuantizeLinear.
namespace sosa::host {
namespace {

// saturate(round(x / scale) + zero_point), all in float32, ties to even. NaN becomes the least, as the
// conversion of x86 and its saturating packs have it; ONNX leaves it open.
template <class Q>
Q quantized(float x, float scale, float zero_point) {
    const float value = std::nearbyint(x / scale) + zero_point;
    constexpr auto least = static_cast<float>(std::numeric_limits<Q>::min());
    constexpr auto most = static_cast<float>(std::numeric_limits<Q>::max());
    if (!(value > least)) return std::numeric_limits<Q>::min();
    return value >= most ? std::numeric_limits<Q>::max() : static_cast<Q>(value);
}

// Runs of elements that share a scale: element i has number (i / inner) % channels.
struct Channels {
    std::int64_t channels = 1, inner = 1;
};

Channels channels_of(const OpNode& node, const TensorValue& x, const TensorValue& scale) {
    expect_type(node, "the scale", scale, {ElementType::f32});
    const std::int64_t count = element_count(scale.dims);
    if (scale.dims.empty() || (count == 1 && scale.dims.size() == 1))
        return {1, std::max<std::int64_t>(1, element_count(x.dims))};
    if (scale.dims.size() != 1) refuse(node, "a scale of " + dims_text(scale.dims), "a scalar or a list");
    if (node.opset < 13)
        refuse(node, "a scale of " + dims_text(scale.dims), "a scalar (lists from opset 13 on)");
    const std::size_t axis = expect_axis(node, node.integer("axis", 1), x.dims.size());
    if (x.dims[axis] != count) {
        refuse(node, std::to_string(count) + " scales for shape " + dims_text(x.dims),
               std::to_string(x.dims[axis]) + ", as axis " + std::to_string(axis) + " has");
    }
    return {count, row_major_strides(x.dims)[axis]};
}

const TensorValue* zero_points(const OpNode& node, const Inputs& inputs) {
    const TensorValue* const zero_point = optional_input(inputs, 2);
    if (zero_point == nullptr) return nullptr;
    const std::int64_t scales = element_count(input(node, inputs, 1).dims);
    if (element_count(zero_point->dims) != scales) {
        refuse(node, "zero points of " + dims_text(zero_point->dims),
               "as many as scales: " + std::to_string(scales));
    }
    return zero_point;
}

// Calls visit(first, past the last, channel) for runs of elements of one channel.
template <class Visit>
void for_each_run(const TensorValue& x, const Channels& channels, Visit visit) {
    const std::int64_t count = element_count(x.dims);
    std::int64_t channel = 0;
    for (std::int64_t first = 0; first < count; first += channels.inner) {
        visit(first, first + channels.inner, channel);
        channel = channel + 1 == channels.channels ? 0 : channel + 1;
    }
}

template <class T, class Q>
void quantize_all(const TensorValue& x, const TensorValue& scale, const TensorValue* zero_point,
                  const Channels& channels, TensorValue& result) {
    for_each_run(x, channels, [&](std::int64_t first, std::int64_t last, std::int64_t channel) {
        const float step = elements<float>(scale)[channel];
        const auto zero =
            zero_point == nullptr ? 0.0F : static_cast<float>(elements<Q>(*zero_point)[channel]);
        for (std::int64_t i = first; i < last; ++i) {
            elements<Q>(result)[i] = quantized<Q>(static_cast<float>(elements<T>(x)[i]), step, zero);
        }
    });
}

Outputs quantize_linear(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 2, 3);
    const TensorValue& x = input(node, inputs, 0);
    const TensorValue& scale = input(node, inputs, 1);
    expect_type(node, "input 0", x, {ElementType::f32, ElementType::s32});
    const Channels channels = channels_of(node, x, scale);
    const TensorValue* const zero_point = zero_points(node, inputs);
    const bool is_signed = zero_point != nullptr && zero_point->type == ElementType::s8;
    if (zero_point != nullptr)
        expect_type(node, "the zero point", *zero_point, {ElementType::u8, ElementType::s8});
    TensorValue result = make_result(node, is_signed ? ElementType::s8 : ElementType::u8, x.dims);
    visit_type(x.type, [&](auto tag) {
        using T = typename decltype(tag)::type;
        if constexpr (std::is_same_v<T, float> || std::is_same_v<T, std::int32_t>) {
            if (is_signed)
                quantize_all<T, std::int8_t>(x, scale, zero_point, channels, result);
            else
                quantize_all<T, std::uint8_t>(x, scale, zero_point, channels, result);
        }
    });
    return {std::move(result)};
}

struct ForQuantized {
    template <class T>
    static constexpr bool takes =
        std::is_same_v<T, std::int8_t> || std::is_same_v<T, std::uint8_t> || std::is_same_v<T, std::int32_t>;
};

// (x - zero_point) * scale; the difference of whole numbers is exact.
Outputs dequantize_linear(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 2, 3);
    const TensorValue& x = input(node, inputs, 0);
    const TensorValue& scale = input(node, inputs, 1);
    const Channels channels = channels_of(node, x, scale);
    const TensorValue* const zero_point = zero_points(node, inputs);
    if (zero_point != nullptr) expect_same_type(node, x, *zero_point);
    return {visit_taken<ForQuantized>(node, x, [&](auto tag) {
        using Q = typename decltype(tag)::type;
        TensorValue result = make_result(node, ElementType::f32, x.dims);
        for_each_run(x, channels, [&](std::int64_t first, std::int64_t last, std::int64_t channel) {
            const float step = elements<float>(scale)[channel];
            const std::int64_t zero =
                zero_point == nullptr ? 0 : std::int64_t{elements<Q>(*zero_point)[channel]};
            for (std::int64_t i = first; i < last; ++i) {
                elements<float>(result)[i] = static_cast<float>(elements<Q>(x)[i] - zero) * step;
            }
        });
        return result;
    })};
}

// To uint8, over the range of the data with 0 in it. A scale of 0 (nothing but zeros) becomes 1, which gives
// the same data without 0 / 0.
Outputs dynamic_quantize_linear(const OpNode& node, const Inputs& inputs) {
    expect_inputs(node, inputs, 1, 1);
    const TensorValue& x = input(node, inputs, 0);
    expect_type(node, "input 0", x, {ElementType::f32});
    const std::int64_t count = element_count(x.dims);
    float least = 0, most = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        least = std::min(least, elements<float>(x)[i]);
        most = std::max(most, elements<float>(x)[i]);
    }
    const float step = most == least ? 1.0F : (most - least) / 255.0F;
    TensorValue scale = make_result(node, ElementType::f32, {}),
                zero_point = make_result(node, ElementType::u8, {});
    elements<float>(scale)[0] = step;
    elements<std::uint8_t>(zero_point)[0] = quantized<std::uint8_t>(-least, step, 0);
    TensorValue result = make_result(node, ElementType::u8, x.dims);
    quantize_all<float, std::uint8_t>(x, scale, &zero_point, {1, std::max<std::int64_t>(1, count)}, result);
    return {std::move(result), std::move(scale), std::move(zero_point)};
}

}  // namespace

const std::vector<EvalEntry>& eval_quantisation() {
    static const std::vector<EvalEntry> entries{{"DequantizeLinear", dequantize_linear},
                                                {"DynamicQuantizeLinear", dynamic_quantize_linear},
                                                {"QuantizeLinear", quantize_linear}};
    return entries;
}

}  // namespace sosa::host
