#include "pods/finish.h"

#include <algorithm>
#include <cmath>

namespace sosa::pods {

std::uint8_t finish_element(std::int32_t sum, const FinishEntry& entry, std::int32_t y_zero, bool y_signed,
                            bool relu) {
    // The default rounding mode is to nearest, halves to even; far out values would not fit an integer.
    const float scaled = std::nearbyint(static_cast<float>(add_bias(sum, entry)) * entry.scale);
    constexpr float far = 1 << 20;
    std::int32_t y = static_cast<std::int32_t>(std::clamp(scaled, -far, far)) + y_zero;
    if (relu) y = std::max(y, y_zero);
    return static_cast<std::uint8_t>(y_signed ? std::clamp(y, -128, 127) : std::clamp(y, 0, 255));
}

}  // namespace sosa::pods
