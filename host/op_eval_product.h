#pragma once
#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "host/op_eval_parts.h"
#include "host/op_eval_types.h"

// Sums of products, for MatMul and the convolutions. Every sum is computed in its type in one order, from 0
// by ascending depth, however the work is blocked; uint32 and uint64 stand for wrapping integers of either
// sign.
namespace sosa::host {

inline constexpr std::int64_t kLanes = 16;

// sums[r][l] = rows[r][0] * panel[0][l] + rows[r][1] * panel[1][l] + ... of `kRows` rows of `depth` elements
// and a panel of `depth` rows of kLanes. In vectors of 16 bytes, which every x86-64 has: left to itself, GCC
// 12 keeps the sums in memory.
template <class T, int kRows>
void multiply_rows(const T* rows, std::int64_t depth, const T* panel, std::array<T, kRows * kLanes>& sums) {
    typedef T Vector __attribute__((vector_size(16)));
    constexpr int kVectors = static_cast<int>(kLanes * sizeof(T) / sizeof(Vector));
    Vector totals[kRows * kVectors] = {};
    for (std::int64_t k = 0; k < depth; ++k, panel += kLanes) {
        Vector factors[kVectors];
        std::memcpy(factors, panel, sizeof factors);
#pragma GCC unroll 2
        for (std::size_t r = 0; r < kRows; ++r) {
            const T factor = rows[static_cast<std::int64_t>(r) * depth + k];
#pragma GCC unroll 8
            for (std::size_t v = 0; v < kVectors; ++v) totals[r * kVectors + v] += factor * factors[v];
        }
    }
    std::memcpy(sums.data(), totals, sizeof sums);
}

// Calls take(row, sums of kLanes) for each of `count` rows.
template <class T, class Take>
void multiply_panel(const T* rows, std::int64_t count, std::int64_t depth, const T* panel, Take&& take) {
    constexpr int kBlock = 2;  // what fits into 16 vector registers
    std::array<T, kBlock * kLanes> sums;
    std::array<T, kLanes> last;
    std::int64_t row = 0;
    for (; row + kBlock <= count; row += kBlock) {
        multiply_rows<T, kBlock>(rows + row * depth, depth, panel, sums);
        for (int r = 0; r < kBlock; ++r) take(row + r, sums.data() + r * kLanes);
    }
    if (row == count) return;
    multiply_rows<T, 1>(rows + row * depth, depth, panel, last);
    take(row, last.data());
}

// What a stored type's sums are computed in: 16-bit floats in float, integers modulo 2^32 or 2^64.
template <class S>
struct SumOf : ComputeOf<S> {};
template <>
struct SumOf<std::int32_t> : Tag<std::uint32_t> {};
template <>
struct SumOf<std::int64_t> : Tag<std::uint64_t> {};
template <class S>
using Sum = typename SumOf<S>::type;

// The elements as what they are summed in: the tensor's own memory where they are stored so, else `room`.
template <class S>
const Sum<S>* summands(const TensorValue& tensor, std::vector<Sum<S>>& room) {
    if constexpr (std::is_same_v<S, Sum<S>>) return elements<S>(tensor);
    const auto count = static_cast<std::size_t>(element_count(tensor.dims));
    room.resize(count);
    const S* const stored = elements<S>(tensor);
    for (std::size_t i = 0; i < count; ++i) room[i] = static_cast<Sum<S>>(load(stored[i]));
    return room.data();
}

// To the type in one rounding, nearest with ties to even.
template <class S>
S rounded(double value) {
    if constexpr (std::is_same_v<S, Half>)
        return to_half(value);
    else if constexpr (std::is_same_v<S, Brain>)
        return to_brain(value);
    else
        return static_cast<S>(value);
}

// visit_type for the types that products are defined for.
template <class Visitor>
auto visit_real(ElementType type, Visitor&& visitor) {
    switch (type) {
        case ElementType::f16:
            return visitor(Tag<Half>{});
        case ElementType::bf16:
            return visitor(Tag<Brain>{});
        case ElementType::f64:
            return visitor(Tag<double>{});
        default:
            SOSA_CHECK(type == ElementType::f32, std::string(element_name(type)));
            return visitor(Tag<float>{});
    }
}
template <class Visitor>
auto visit_product(ElementType type, Visitor&& visitor) {
    switch (type) {
        case ElementType::s32:
            return visitor(Tag<std::int32_t>{});
        case ElementType::s64:
            return visitor(Tag<std::int64_t>{});
        case ElementType::u32:
            return visitor(Tag<std::uint32_t>{});
        case ElementType::u64:
            return visitor(Tag<std::uint64_t>{});
        default:
            return visit_real(type, visitor);
    }
}

}  // namespace sosa::host
