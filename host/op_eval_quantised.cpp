#include "host/op_eval_quantised.h"

#include <algorithm>
#include <cmath>

namespace sosa::host {
namespace {

// One value, or a vector of one per channel with ones around it ([M], [M, 1], [1, N]).
void expect_per_channel(const OpNode& node, const std::string& what, const Dims& dims,
                        std::int64_t channels) {
    const auto ones = std::count(dims.begin(), dims.end(), 1);
    const std::int64_t count = element_count(dims);
    const bool is_list = static_cast<std::size_t>(ones) + 1 >= dims.size();
    if (count == 1 || (is_list && count == channels && count > 0)) return;
    refuse(node, what + " of " + dims_text(dims), "one, or a list of " + std::to_string(channels));
}

}  // namespace

const std::vector<ElementType>& byte_types() {
    static const std::vector<ElementType> types{ElementType::s8, ElementType::u8};
    return types;
}

PerChannel<std::int32_t> zero_points(const OpNode& node, const std::string& what, const TensorValue& tensor,
                                     const TensorValue* zero_point, std::int64_t channels) {
    if (zero_point == nullptr) return {{0}};
    expect_type(node, "zero point of " + what, *zero_point, {tensor.type});
    expect_per_channel(node, "zero point of " + what, zero_point->dims, channels);
    PerChannel<std::int32_t> zero;
    for (const std::uint8_t byte : zero_point->bytes)
        zero.values.push_back(tensor.type == ElementType::s8 ? static_cast<std::int8_t>(byte) : byte);
    return zero;
}

PerChannel<float> scales(const OpNode& node, const std::string& what, const TensorValue& scale,
                         std::int64_t channels) {
    expect_type(node, "scale of " + what, scale, {ElementType::f32});
    expect_per_channel(node, "scale of " + what, scale.dims, channels);
    const float* const first = elements<float>(scale);
    PerChannel<float> list{{first, first + element_count(scale.dims)}};
    for (const float value : list.values) {
        if (!std::isfinite(value) || value < 0)
            refuse(node, "scale of " + what + " " + std::to_string(value),
                   "a finite number that is not negative");
    }
    return list;
}

Requantise requantise_to(const OpNode& node, const Inputs& inputs, std::size_t first, std::int64_t channels) {
    const TensorValue& zero_point = input(node, inputs, first + 1);
    expect_type(node, "zero point of y", zero_point, byte_types());
    Requantise to;
    to.type = zero_point.type;
    to.scale = scales(node, "y", input(node, inputs, first), channels);
    for (const float scale : to.scale.values)
        if (scale == 0) refuse(node, "scale of y 0", "a positive number");
    to.zero = zero_points(node, "y", zero_point, &zero_point, channels);
    return to;
}

std::uint8_t requantised(std::int32_t sum, float multiplier, std::int32_t zero, ElementType type) {
    const float scaled = std::nearbyint(static_cast<float>(sum) * multiplier);
    constexpr float kFar = 1 << 20;  // beyond what any zero point brings back
    const float bounded = std::isnan(scaled) ? 0.0F : std::clamp(scaled, -kFar, kFar);  // 0 * infinity
    const std::int32_t y = static_cast<std::int32_t>(bounded) + zero;
    return static_cast<std::uint8_t>(type == ElementType::s8 ? std::clamp(y, -128, 127)
                                                             : std::clamp(y, 0, 255));
}

}  // namespace sosa::host
