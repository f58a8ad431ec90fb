#pragma once
#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "pods/array_kernels.h"

// Loops over the columns of a SystolicArray that are the same for every instruction set.
namespace sosa::pods {

// The number 1, known to compilers.
using One = std::integral_constant<std::uint32_t, 1>;

// Calls body(column group, first column, number of columns) for parts of column groups: for whole ones or,
// where these are narrow, for single columns, which is faster than loops of few turns.
template <class Body>
void each_part(const ArrayPlan& plan, const std::vector<std::uint32_t>& group_of_col, Body body) {
    const std::uint32_t cols = static_cast<std::uint32_t>(group_of_col.size()), width = plan.multicast;
    if (!plan.whole_vectors) {
        const std::uint32_t* groups = group_of_col.data();
        for (std::uint32_t j = 0; j < cols; ++j) body(groups[j], j, One());
    } else {
        for (std::uint32_t h = 0, begin = 0; begin < cols; ++h, begin += width) {
            body(h, begin, std::min(width, cols - begin));
        }
    }
}

// Loops over a few columns; what they are told about aliases lets compilers turn them into vector code.
template <class Byte>
inline void widen(std::int16_t* __restrict to, const Byte* __restrict from, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) to[i] = from[i];
}
inline void widen(std::int16_t* to, const std::uint8_t* from, std::uint32_t n, bool is_signed) {
    if (is_signed) {
        widen(to, reinterpret_cast<const std::int8_t*>(from), n);
    } else {
        widen(to, from, n);
    }
}
inline void copy(std::int32_t* __restrict to, const std::int32_t* __restrict from, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) to[i] = from[i];
}
inline void copy_flags(std::uint8_t* __restrict to, const std::int32_t* __restrict from, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) to[i] = from[i] != 0;
}
inline void copy_to_pairs(std::int16_t* __restrict to, const std::int16_t* __restrict from, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) to[2 * i] = from[i];
}

}  // namespace sosa::pods
