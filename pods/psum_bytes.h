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

}  // namespace sosa::pods
