#pragma once
#include <cstdint>

// Partial sums as they lie in tiles: little-endian two's complement of 2, 3 or 4 bytes.
namespace sosa::pods {

inline std::int32_t load_psum(const unsigned char* at, std::uint32_t bytes) {
    std::uint32_t value = 0;
    for (std::uint32_t i = 0; i < bytes; ++i) value |= std::uint32_t{at[i]} << (8 * i);
    const unsigned unused = 32 - 8 * bytes;
    return static_cast<std::int32_t>(value << unused) >> unused;
}

inline void store_psum(unsigned char* at, std::int32_t value, std::uint32_t bytes) {
    for (std::uint32_t i = 0; i < bytes; ++i)
        at[i] = static_cast<unsigned char>(static_cast<std::uint32_t>(value) >> (8 * i));
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
