#pragma once
#include <cstdint>

// From a finished sum to an activation, element by element (as ONNX defines QuantizeLinear).
namespace sosa::pods {

// y = saturate(round_half_to_even(float(sum + bias) * scale) + y_zero), for one column. The sum with its bias
// wraps at 32 bits.
struct FinishEntry {
    std::int32_t bias = 0;
    float scale = 1;
    std::int32_t w_zero = 0;  // zero point of the column's weights, where it is not in the weights already
};

// The sum of (x - x_zero) * (w - w_zero) over k terms from that of x * w and those of x and of w alone.
inline std::int32_t without_zeros(std::int32_t sum, std::int32_t x_sum, std::int32_t w_sum,
                                  std::int32_t x_zero, std::int32_t w_zero, std::uint32_t k) {
    const auto wrap = [](std::int32_t v) { return static_cast<std::uint32_t>(v); };
    return static_cast<std::int32_t>(wrap(sum) - wrap(w_zero) * wrap(x_sum) - wrap(x_zero) * wrap(w_sum) +
                                     k * wrap(x_zero) * wrap(w_zero));
}

inline std::int32_t add_bias(std::int32_t sum, const FinishEntry& entry) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(sum) +
                                     static_cast<std::uint32_t>(entry.bias));
}

std::uint8_t finish_element(std::int32_t sum, const FinishEntry& entry, std::int32_t y_zero, bool y_signed,
                            bool relu);

}  // namespace sosa::pods
