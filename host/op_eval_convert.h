#pragma once
#include <cmath>
#include <limits>
#include <type_traits>

#include "host/op_eval_types.h"

namespace sosa::host {

// From one stored type to another, as Cast does it. Floats to whole numbers drop the fraction; what ONNX
// leaves open there is defined so: a value out of range becomes the nearest end of the range, NaN becomes 0.
// Whole numbers to narrower ones wrap; everything but 0 (also NaN) is true. Floats are rounded to nearest,
// ties to even, once (64-bit whole numbers to 16-bit floats twice, by way of double).
template <class To, class From>
To convert(From stored) {
    const Compute<From> value = load(stored);
    if constexpr (std::is_same_v<To, From>) {
        return stored;
    } else if constexpr (std::is_same_v<To, Boolean>) {
        return store<Boolean>(value != Compute<From>{});
    } else if constexpr (std::is_same_v<To, Half>) {
        return to_half(static_cast<double>(value));
    } else if constexpr (std::is_same_v<To, Brain>) {
        return to_brain(static_cast<double>(value));
    } else if constexpr (kIsReal<From> && kIsWhole<To>) {
        // Both ends as doubles: the upper one may round up to 2^63 or 2^64, which is out of range itself.
        const auto wide = static_cast<double>(value);
        if (std::isnan(wide)) return To{0};
        if (wide <= static_cast<double>(std::numeric_limits<To>::min()))
            return std::numeric_limits<To>::min();
        if (wide >= static_cast<double>(std::numeric_limits<To>::max()))
            return std::numeric_limits<To>::max();
        return static_cast<To>(wide);
    } else {
        return static_cast<To>(value);
    }
}

}  // namespace sosa::host
