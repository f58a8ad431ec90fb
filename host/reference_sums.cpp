// compute_reference: the X matrix of a layer, and its exact sums of products.
#include <algorithm>

#include "host/reference_parts.h"

namespace sosa::host {

XMatrix::XMatrix(const hw::LayerRecord& record, const std::uint8_t* tensor)
    : r_(record), pad_(widened(record.x_pad, record.x_signed)) {
    tensor_.resize(record.x_bytes());
    const bool is_signed = record.x_signed;
    for (std::size_t i = 0; i < tensor_.size(); ++i) tensor_[i] = widened(tensor[i], is_signed);
}

void XMatrix::gather(std::uint32_t group, std::uint64_t row, std::uint64_t begin, std::uint64_t count,
                     std::int16_t* to) const {
    const std::uint64_t ox = row % r_.out_width, oy = row / r_.out_width % r_.out_height;
    const std::uint64_t image = row / r_.out_width / r_.out_height;
    std::uint64_t tap = begin / r_.in_channels, channel = begin % r_.in_channels;
    for (; count > 0; ++tap, channel = 0) {
        const std::uint64_t run = std::min(count, r_.in_channels - channel);
        // Below zero becomes very large, which is outside as well.
        const std::uint64_t y = oy * r_.stride_h + tap / r_.kernel_w * r_.dilation_h - r_.pad_top;
        const std::uint64_t x = ox * r_.stride_w + tap % r_.kernel_w * r_.dilation_w - r_.pad_left;
        if (y < r_.in_height && x < r_.in_width)
            std::copy_n(&tensor_[group * r_.x_group +
                                 ((image * r_.in_height + y) * r_.in_width + x) * r_.pixel_bytes() + channel],
                        run, to);
        else
            std::fill_n(to, run, pad_);
        to += run;
        count -= run;
    }
}

namespace {

constexpr std::uint64_t kRows = 32;     // of X at a time
constexpr std::uint64_t kStep = 32;     // K is filled up to a multiple
constexpr std::uint64_t kPiece = 8192;  // products that an int32 holds the sum of

// Four rows times two columns over `steps` steps.
[[gnu::always_inline]] inline void dots(const std::int16_t* x, const std::int16_t* w, std::uint64_t pitch,
                                        std::uint64_t steps, std::int32_t* sums) {
    const std::int16_t *x0 = x, *x1 = x + pitch, *x2 = x + 2 * pitch, *x3 = x + 3 * pitch;
    const std::int16_t *w0 = w, *w1 = w + pitch;
    std::int32_t s00 = 0, s01 = 0, s10 = 0, s11 = 0, s20 = 0, s21 = 0, s30 = 0, s31 = 0;
    for (std::uint64_t k = 0; k < steps * kStep; ++k) {
        s00 += x0[k] * w0[k], s01 += x0[k] * w1[k];
        s10 += x1[k] * w0[k], s11 += x1[k] * w1[k];
        s20 += x2[k] * w0[k], s21 += x2[k] * w1[k];
        s30 += x3[k] * w0[k], s31 += x3[k] * w1[k];
    }
    sums[0] = s00, sums[1] = s01, sums[2] = s10, sums[3] = s11;
    sums[4] = s20, sums[5] = s21, sums[6] = s30, sums[7] = s31;
}

using Dots = void (*)(const std::int16_t*, const std::int16_t*, std::uint64_t, std::uint64_t, std::int32_t*);

void dots_anywhere(const std::int16_t* x, const std::int16_t* w, std::uint64_t pitch, std::uint64_t steps,
                   std::int32_t* sums) {
    dots(x, w, pitch, steps, sums);
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] void dots_avx2(const std::int16_t* x, const std::int16_t* w, std::uint64_t pitch,
                                       std::uint64_t steps, std::int32_t* sums) {
    dots(x, w, pitch, steps, sums);
}
Dots best_dots() { return __builtin_cpu_supports("avx2") ? dots_avx2 : dots_anywhere; }
#else
Dots best_dots() { return dots_anywhere; }
#endif

// W of a group by columns: [n rounded up to 2][pitch], zeros behind K.
std::vector<std::int16_t> columns_of(const hw::LayerRecord& r, const WeightTiles& w, std::uint32_t group,
                                     std::uint64_t pitch) {
    std::vector<std::int16_t> all((r.n + 1) / 2 * 2 * pitch, 0);
    const bool is_signed = r.w_signed;
    const LayerTiles& t = w.tiles;
    for (std::uint32_t j = 0; j < t.J; ++j)
        for (std::uint32_t b = 0; b < t.group_blocks(); ++b) {
            const std::uint32_t l = group * t.group_blocks() + b;
            const std::uint8_t* from = w.tile(j, l);
            const std::uint64_t k0 = std::uint64_t{j} * t.depth(0), n0 = std::uint64_t{b} * t.cols(0);
            for (std::uint64_t k = k0; k < k0 + t.depth(j); ++k)
                for (std::uint64_t n = n0; n < n0 + t.cols(l); ++n)
                    all[n * pitch + k] = widened(*from++, is_signed);
        }
    return all;
}

void group_sums(const hw::LayerRecord& r, const XMatrix& x, const WeightTiles& w, std::uint32_t group,
                SumSink& sink) {
    static const Dots best = best_dots();
    const std::uint64_t pitch = (r.k + kStep - 1) / kStep * kStep, columns = (r.n + std::uint64_t{1}) / 2 * 2;
    const std::vector<std::int16_t> weights = columns_of(r, w, group, pitch);
    std::vector<std::int16_t> rows(kRows * pitch, 0);
    std::vector<std::int64_t> sums(kRows * columns);
    std::int32_t part[8];
    for (std::uint64_t m = 0; m < r.m; m += kRows) {
        const std::uint64_t count = std::min<std::uint64_t>(kRows, r.m - m);
        for (std::uint64_t i = 0; i < count; ++i) x.gather(group, m + i, 0, r.k, &rows[i * pitch]);
        std::fill(sums.begin(), sums.end(), 0);
        for (std::uint64_t k = 0; k < pitch; k += kPiece)
            for (std::uint64_t n = 0; n < columns; n += 2)
                for (std::uint64_t i = 0; i < count; i += 4) {
                    best(&rows[i * pitch + k], &weights[n * pitch + k], pitch,
                         std::min(kPiece, pitch - k) / kStep, part);
                    for (std::uint64_t p = 0; p < 8; ++p) sums[(i + p / 2) * columns + n + p % 2] += part[p];
                }
        for (std::uint64_t i = 0; i < count; ++i) sink.take(group, m + i, &sums[i * columns]);
    }
}

}  // namespace

void exact_sums(const hw::LayerRecord& r, const XMatrix& x, const WeightTiles& w, SumSink& sink) {
    for (std::uint32_t group = 0; group < r.groups; ++group) group_sums(r, x, w, group, sink);
}

}  // namespace sosa::host
