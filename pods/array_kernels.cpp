#include "pods/array_kernels.h"

#include <algorithm>

#include "traces/error.h"

namespace sosa::pods {

namespace {
constexpr std::uint32_t kBlock = 2 * kLanes;  // columns are padded to what the widest kernel takes at once

std::uint32_t padded(std::uint32_t cols) { return (cols + kBlock - 1) / kBlock * kBlock; }

const ArrayShape& checked(const ArrayShape& s) {
    const bool sane = s.rows >= 1 && s.rows <= 1024 && s.cols >= 1 && s.cols <= 1024 &&
                      s.multicast_cols >= 1 && s.fanin_rows >= 1 &&
                      (s.psum_bits == 16 || s.psum_bits == 24 || s.psum_bits == 32);
    SOSA_CHECK(sane, "an array of " + std::to_string(s.rows) + " x " + std::to_string(s.cols) +
                         ", multicast " + std::to_string(s.multicast_cols) + ", fan-in " +
                         std::to_string(s.fanin_rows) + ", partial sums of " + std::to_string(s.psum_bits) +
                         " bits");
    return s;
}

RangeMode mode_of(const ArrayShape& s) {
    if (s.psum_bits == 32) return s.saturate ? RangeMode::saturate_32 : RangeMode::wrap_32;
    return s.saturate ? RangeMode::saturate : RangeMode::wrap;
}
}  // namespace

ArrayPlan::ArrayPlan(const ArrayShape& shape)
    : groups(checked(shape).row_groups()),
      col_groups(shape.col_groups()),
      fanin(std::min(shape.fanin_rows, shape.rows)),
      multicast(col_groups == 1 ? padded(shape.cols) : shape.multicast_cols),
      pairs((fanin + 1) / 2),
      cols(padded(shape.cols)),
      whole_vectors(multicast % kLanes == 0),
      mode(mode_of(shape)),
      low(static_cast<std::int32_t>(-(std::int64_t{1} << (shape.psum_bits - 1)))),
      high(-(low + 1)),
      spare_bits(32 - shape.psum_bits) {}

#ifdef __x86_64__
extern const ArrayKernels kAvx2Kernels, kSse2Kernels;
#endif
extern const ArrayKernels kPlainKernels;

const std::vector<const ArrayKernels*>& array_kernels() {
    static const std::vector<const ArrayKernels*> all = [] {
        std::vector<const ArrayKernels*> found;
#ifdef __x86_64__
        if (__builtin_cpu_supports("avx2")) found.push_back(&kAvx2Kernels);
        found.push_back(&kSse2Kernels);
#endif
        found.push_back(&kPlainKernels);
        return found;
    }();
    return all;
}

}  // namespace sosa::pods
