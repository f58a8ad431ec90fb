#include "host/op_eval_types.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace sosa::host {
namespace {

// IEEE 754 binary formats of 16 bits, by their number of fraction bits: 10 (binary16) or 7 (bfloat16).
template <int kFraction>
std::uint16_t narrow(double value) {
    constexpr int kExponentBits = 15 - kFraction;
    constexpr int kBias = (1 << (kExponentBits - 1)) - 1;
    constexpr int kInfinity = ((1 << kExponentBits) - 1) << kFraction;
    const int sign = std::signbit(value) ? 0x8000 : 0;
    if (std::isnan(value)) return static_cast<std::uint16_t>(sign | kInfinity | (1 << (kFraction - 1)));
    const double magnitude = std::fabs(value);
    if (std::isinf(magnitude)) return static_cast<std::uint16_t>(sign | kInfinity);
    const int exponent = magnitude == 0 ? 1 - kBias : std::max(std::ilogb(magnitude), 1 - kBias);
    if (exponent > kBias) return static_cast<std::uint16_t>(sign | kInfinity);
    // The significand as a whole number; one that rounds up to the next power of two carries into the
    // exponent.
    const int significand = static_cast<int>(std::nearbyint(std::ldexp(magnitude, kFraction - exponent)));
    return static_cast<std::uint16_t>(sign | (((exponent + kBias - 1) << kFraction) + significand));
}

}  // namespace

Half to_half(double value) { return Half{narrow<10>(value)}; }

Brain to_brain(double value) { return Brain{narrow<7>(value)}; }

float from_half(Half value) {
    const int exponent = (value.bits >> 10) & 31;
    const int fraction = value.bits & 0x3ff;
    float magnitude =
        std::ldexp(static_cast<float>(fraction + (exponent == 0 ? 0 : 1024)), std::max(exponent, 1) - 25);
    if (exponent == 31) {
        magnitude =
            fraction == 0 ? std::numeric_limits<float>::infinity() : std::numeric_limits<float>::quiet_NaN();
    }
    return (value.bits & 0x8000) != 0 ? -magnitude : magnitude;
}

float from_brain(Brain value) {
    const std::uint32_t bits = static_cast<std::uint32_t>(value.bits) << 16;
    float result = 0;
    std::memcpy(&result, &bits, sizeof result);
    return result;
}

}  // namespace sosa::host
