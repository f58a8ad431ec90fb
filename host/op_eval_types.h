#pragma once
#include <cstdint>
#include <type_traits>

#include "host/tensor_value.h"
#include "traces/error.h"

// The element types of tensors as C++ types: how one is stored, what one is computed in, and a switch over
// them.
namespace sosa::host {

struct Half {
    std::uint16_t bits;
};
struct Brain {
    std::uint16_t bits;
};
struct Boolean {  // any byte but 0 is true
    std::uint8_t raw;
};

// Nearest, ties to even, from any double in one rounding; a NaN stays one.
Half to_half(double value);
Brain to_brain(double value);
float from_half(Half value);
float from_brain(Brain value);

template <class T>
struct Tag {
    using type = T;
};

// What elements of T are computed in: float for the 16-bit floats, bool for Boolean, else T.
template <class T>
struct ComputeOf : Tag<T> {};
template <>
struct ComputeOf<Half> : Tag<float> {};
template <>
struct ComputeOf<Brain> : Tag<float> {};
template <>
struct ComputeOf<Boolean> : Tag<bool> {};
template <class T>
using Compute = typename ComputeOf<T>::type;

template <class T>
inline constexpr bool kIsReal = std::is_floating_point_v<Compute<T>>;
template <class T>
inline constexpr bool kIsWhole = std::is_integral_v<Compute<T>> && !std::is_same_v<T, Boolean>;

template <class T>
Compute<T> load(const T& stored) {
    if constexpr (std::is_same_v<T, Half>)
        return from_half(stored);
    else if constexpr (std::is_same_v<T, Brain>)
        return from_brain(stored);
    else if constexpr (std::is_same_v<T, Boolean>)
        return stored.raw != 0;
    else
        return stored;
}

template <class T>
T store(Compute<T> value) {
    if constexpr (std::is_same_v<T, Half>)
        return to_half(static_cast<double>(value));
    else if constexpr (std::is_same_v<T, Brain>)
        return to_brain(static_cast<double>(value));
    else if constexpr (std::is_same_v<T, Boolean>)
        return Boolean{static_cast<std::uint8_t>(value ? 1 : 0)};
    else
        return value;
}

// Calls visitor(Tag<stored type>{}); all calls must return the same type.
template <class Visitor>
auto visit_type(ElementType type, Visitor&& visitor) {
    switch (type) {
        case ElementType::f16:
            return visitor(Tag<Half>{});
        case ElementType::bf16:
            return visitor(Tag<Brain>{});
        case ElementType::f32:
            return visitor(Tag<float>{});
        case ElementType::f64:
            return visitor(Tag<double>{});
        case ElementType::s8:
            return visitor(Tag<std::int8_t>{});
        case ElementType::s16:
            return visitor(Tag<std::int16_t>{});
        case ElementType::s32:
            return visitor(Tag<std::int32_t>{});
        case ElementType::s64:
            return visitor(Tag<std::int64_t>{});
        case ElementType::u8:
            return visitor(Tag<std::uint8_t>{});
        case ElementType::u16:
            return visitor(Tag<std::uint16_t>{});
        case ElementType::u32:
            return visitor(Tag<std::uint32_t>{});
        case ElementType::u64:
            return visitor(Tag<std::uint64_t>{});
        case ElementType::boolean:
            return visitor(Tag<Boolean>{});
        case ElementType::none:
            break;
    }
    invariant_failed(__FILE__, __LINE__, "type != none", "a tensor without a type");
}

}  // namespace sosa::host
