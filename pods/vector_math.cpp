#include "pods/vector_math.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "traces/error.h"

namespace sosa::pods {
namespace {

// Whole numbers are computed in 64 bits, where nothing overflows, and cut to the lowest bits of their type.
using Wide = std::int64_t;

float quotient(float a, float b) { return a / b; }
Wide quotient(Wide a, Wide b) { return b == 0 ? -1 : a / b; }

bool is_nan(float x) { return std::isnan(x); }
bool is_nan(Wide) { return false; }

template <class T>
T arithmetic(LaneFunction function, T a, T b) {
    switch (function) {
        case LaneFunction::add:
            return a + b;
        case LaneFunction::sub:
            return a - b;
        case LaneFunction::mul:
            return a * b;
        case LaneFunction::div:
            return quotient(a, b);
        case LaneFunction::max:
            return is_nan(a) || a > b ? a : b;
        default:
            return is_nan(a) || a < b ? a : b;
    }
}

double library(LaneFunction function, double x) {
    switch (function) {
        case LaneFunction::sigmoid:
            return 1 / (1 + std::exp(-x));
        case LaneFunction::tanh:
            return std::tanh(x);
        case LaneFunction::exp:
            return std::exp(x);
        default:
            return std::erf(x);
    }
}

float float_function(const LaneOp& op, float x) {
    switch (op.function) {
        case LaneFunction::relu:
            return x < 0 ? 0 : x;
        case LaneFunction::leaky_relu:
            return x < 0 ? op.alpha * x : x;
        case LaneFunction::sqrt:
            return std::sqrt(x);
        case LaneFunction::neg:
            return -x;
        case LaneFunction::abs:
            return std::fabs(x);
        case LaneFunction::clip:
            if (x < static_cast<float>(op.low)) x = static_cast<float>(op.low);
            return x > static_cast<float>(op.high) ? static_cast<float>(op.high) : x;
        default:
            return static_cast<float>(library(op.function, static_cast<double>(x)));
    }
}

Wide whole_function(const LaneOp& op, Wide x) {
    switch (op.function) {
        case LaneFunction::relu:
            return std::max<Wide>(x, 0);
        case LaneFunction::neg:
            return -x;
        case LaneFunction::abs:
            return x < 0 ? -x : x;
        default:
            return std::min(std::max(x, static_cast<Wide>(op.low)), static_cast<Wide>(op.high));
    }
}

template <class Out>
Out saturated(double value) {
    constexpr double least = std::numeric_limits<Out>::min(), most = std::numeric_limits<Out>::max();
    return static_cast<Out>(std::min(std::max(value, least), most));
}

template <class In, class Out>
Out quantized(const LaneOp& op, In x) {
    const float scaled = std::nearbyint(static_cast<float>(x) / op.scale);
    if (std::isnan(scaled)) return std::numeric_limits<Out>::min();
    return saturated<Out>(static_cast<double>(scaled) + op.zero);
}

template <class In, class Out>
Out cast(In x) {
    if constexpr (std::is_same_v<In, float> && std::is_integral_v<Out>) {
        return std::isnan(x) ? Out{0} : saturated<Out>(std::trunc(static_cast<double>(x)));
    } else {
        return static_cast<Out>(x);
    }
}

// One element, for those pairs of types that lane_takes allows.
template <class In, class Out>
Out lane(const LaneOp& op, In a, In b) {
    if (op.function == LaneFunction::cast) return cast<In, Out>(a);
    if constexpr (std::is_integral_v<Out> && sizeof(Out) == 1 && sizeof(In) == 4) {
        return quantized<In, Out>(op, a);
    } else if constexpr (std::is_same_v<Out, float> && std::is_integral_v<In>) {
        return static_cast<float>(Wide{a} - op.zero) * op.scale;
    } else if constexpr (std::is_same_v<In, Out>) {
        using C = std::conditional_t<std::is_integral_v<In>, Wide, float>;
        if (lane_operands(op.function) == 2) return static_cast<Out>(arithmetic(op.function, C{a}, C{b}));
        if constexpr (std::is_integral_v<In>)
            return static_cast<Out>(whole_function(op, a));
        else
            return float_function(op, a);
    } else {
        return Out{0};  // pairs that only cast has
    }
}

template <class In, class Out>
void run(const LaneOp& op, const void* a, const void* b, std::size_t count, void* out) {
    const In* const first = static_cast<const In*>(a);
    const In* const second = static_cast<const In*>(b == nullptr ? a : b);
    Out* const to = static_cast<Out*>(out);
    for (std::size_t i = 0; i < count; ++i) to[i] = lane<In, Out>(op, first[i], second[i]);
}

template <class In>
void run_from(const LaneOp& op, const void* a, const void* b, std::size_t count, void* out) {
    switch (op.out) {
        case LaneType::f32:
            return run<In, float>(op, a, b, count, out);
        case LaneType::s8:
            return run<In, std::int8_t>(op, a, b, count, out);
        case LaneType::u8:
            return run<In, std::uint8_t>(op, a, b, count, out);
        case LaneType::s32:
            return run<In, std::int32_t>(op, a, b, count, out);
    }
}

}  // namespace

std::size_t lane_bytes(LaneType type) { return type == LaneType::s8 || type == LaneType::u8 ? 1 : 4; }

std::size_t lane_operands(LaneFunction function) { return function <= LaneFunction::min ? 2 : 1; }

bool lane_takes(const LaneOp& op) {
    switch (op.function) {
        case LaneFunction::cast:
            return true;
        case LaneFunction::quantize:
            return lane_bytes(op.in) == 4 && lane_bytes(op.out) == 1;
        case LaneFunction::dequantize:
            return op.in != LaneType::f32 && op.out == LaneType::f32;
        case LaneFunction::leaky_relu:
        case LaneFunction::sigmoid:
        case LaneFunction::tanh:
        case LaneFunction::exp:
        case LaneFunction::erf:
        case LaneFunction::sqrt:
            return op.in == LaneType::f32 && op.out == LaneType::f32;
        case LaneFunction::relu:
        case LaneFunction::neg:
            return op.in == op.out && op.in != LaneType::u8;
        default:
            return op.in == op.out;
    }
}

void run_lanes(const LaneOp& op, const void* a, const void* b, std::size_t count, void* out) {
    SOSA_CHECK(lane_takes(op), "function " + std::to_string(static_cast<int>(op.function)));
    SOSA_CHECK((b != nullptr) == (lane_operands(op.function) == 2), "operands do not fit the function");
    switch (op.in) {
        case LaneType::f32:
            return run_from<float>(op, a, b, count, out);
        case LaneType::s8:
            return run_from<std::int8_t>(op, a, b, count, out);
        case LaneType::u8:
            return run_from<std::uint8_t>(op, a, b, count, out);
        case LaneType::s32:
            return run_from<std::int32_t>(op, a, b, count, out);
    }
}

}  // namespace sosa::pods
