#include "host/random_data.h"

#include <algorithm>
#include <cmath>

namespace sosa::host {

std::vector<std::uint8_t> RandomData::bytes(std::uint64_t size, std::uint32_t most) {
    const std::uint32_t values = std::min(2 * most + 1, 256u);
    const std::uint32_t low = 0u - most;
    std::vector<std::uint8_t> all(size);
    std::uint64_t bits = 0;
    for (std::uint64_t i = 0; i < size; ++i, bits >>= 16) {
        if (i % 4 == 0) bits = generator_();
        all[i] =
            static_cast<std::uint8_t>(low + ((static_cast<std::uint32_t>(bits & 0xffff) * values) >> 16));
    }
    return all;
}

std::int32_t RandomData::integer(std::int32_t low, std::int32_t high) {
    const std::uint64_t values = static_cast<std::uint64_t>(std::int64_t{high} - low) + 1;
    const std::uint64_t drawn = (generator_() >> 32) * values >> 32;
    return static_cast<std::int32_t>(low + static_cast<std::int64_t>(drawn));
}

float RandomData::real(float low, float high) {
    constexpr int bits = 24;  // a float holds them exactly
    const float unit = std::ldexp(static_cast<float>(generator_() >> (64 - bits)), -bits);
    return low + (high - low) * unit;
}

double rms_of_range(std::uint32_t most) { return std::sqrt(static_cast<double>(most) * (most + 1.0) / 3); }

LayerRange::LayerRange(double terms, double x_rms, std::uint32_t psum_bits) {
    constexpr double deviations = 4;  // of a sum until it leaves psum_bits
    const double limit = std::ldexp(1.0, static_cast<int>(psum_bits) - 1);
    const double x_sum = std::sqrt(terms) * std::max(x_rms, 1.0);
    const double weight_rms = limit / deviations / x_sum;
    // The largest range whose root mean square is not above weight_rms.
    const double most = std::floor((std::sqrt(1 + 12 * weight_rms * weight_rms) - 1) / 2);
    weights = static_cast<std::uint32_t>(std::clamp(most, 1.0, static_cast<double>(kWholeRange)));
    sum_rms = std::min(x_sum * rms_of_range(weights), limit / 2);
}

double taps_inside(std::uint32_t extent, std::uint32_t places, std::uint32_t kernel, std::uint32_t stride,
                   std::uint32_t dilation, std::uint32_t pad) {
    double taps = 0;
    for (std::uint64_t k = 0; k < kernel; ++k) {
        const std::uint64_t at = k * dilation;  // of place o the tap is at o * stride + at - pad
        const std::uint64_t first = at >= pad ? 0 : (pad - at + stride - 1) / stride;
        const std::uint64_t end =
            at >= extent + std::uint64_t{pad} ? 0 : (extent + std::uint64_t{pad} - at + stride - 1) / stride;
        taps += static_cast<double>(std::max(first, std::min<std::uint64_t>(end, places)) - first);
    }
    return taps / (static_cast<double>(kernel) * places);
}

std::vector<hw::FinishEntry> random_finish(RandomData& random, std::uint64_t columns,
                                           const LayerRange& range) {
    const auto bias = static_cast<std::int32_t>(std::min(range.sum_rms / 4, 1e9));
    const auto scale = static_cast<float>(LayerRange::result_rms / range.sum_rms);
    std::vector<hw::FinishEntry> table(columns);
    for (auto& entry : table) entry = {random.integer(-bias, bias), scale * random.real(0.8f, 1.2f)};
    return table;
}

}  // namespace sosa::host
