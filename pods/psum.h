#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

// Partial sums as tiles hold them: little-endian numbers of 2, 3 or 4 bytes.
namespace sosa::pods {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "partial sums are copied as the machine holds them");

inline void unpack_psums(std::int32_t* __restrict to, const std::uint8_t* __restrict from, std::size_t n,
                         std::uint32_t bytes) {
    if (bytes == 4) {
        std::memcpy(to, from, n * 4);
    } else if (bytes == 2) {
        for (std::size_t i = 0; i < n; ++i) {
            std::int16_t sum;
            std::memcpy(&sum, from + 2 * i, 2);
            to[i] = sum;
        }
    } else {
        for (std::size_t i = 0; i < n; ++i, from += 3) {
            to[i] = from[0] | from[1] << 8 | static_cast<std::int8_t>(from[2]) * 65536;
        }
    }
}

inline void pack_psums(std::uint8_t* __restrict to, const std::int32_t* __restrict from, std::size_t n,
                       std::uint32_t bytes) {
    if (bytes == 4) {
        std::memcpy(to, from, n * 4);
    } else if (bytes == 2) {
        for (std::size_t i = 0; i < n; ++i) {
            const auto sum = static_cast<std::int16_t>(from[i]);
            std::memcpy(to + 2 * i, &sum, 2);
        }
    } else {
        for (std::size_t i = 0; i < n; ++i) std::memcpy(to + 3 * i, &from[i], 3);
    }
}

// The exact sum in the range of `bytes`, wrapped or saturated; says whether it did not fit.
inline bool fit_psum(std::int64_t sum, std::uint32_t bytes, bool saturate, std::int32_t& fitted) {
    const std::int64_t most = (std::int64_t{1} << (8 * bytes - 1)) - 1, least = -most - 1;
    if (sum >= least && sum <= most) {
        fitted = static_cast<std::int32_t>(sum);
        return false;
    }
    const unsigned unused = 64 - 8 * bytes;
    fitted = static_cast<std::int32_t>(
        saturate ? (sum < 0 ? least : most)
                 : static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) << unused) >> unused);
    return true;
}

}  // namespace sosa::pods
