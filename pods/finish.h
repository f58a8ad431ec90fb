#pragma once
#include <cstdint>

// From a finished sum to an activation, element by element (as ONNX defines QuantizeLinear).
namespace sosa::pods {

// y = saturate(round_half_to_even(float(sum + bias) * scale) + y_zero), for one column. The sum with its bias
// wraps at 32 bits.
struct FinishEntry {
    std::int32_t bias = 0;
    float scale = 1;
};

std::uint8_t finish_element(std::int32_t sum, const FinishEntry& entry, std::int32_t y_zero, bool y_signed,
                            bool relu);

}  // namespace sosa::pods
