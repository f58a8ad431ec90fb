#include "pods/array_kernels.h"

#define SOSA_LANES_TARGET

namespace sosa::pods {
namespace {

struct Lanes {
    struct V {
        std::int32_t i[kLanes];
    };
    template <class F>  // lane by lane, as unsigned numbers: those wrap
    static V each(F f) {
        V v;
        for (std::uint32_t n = 0; n < kLanes; ++n) v.i[n] = static_cast<std::int32_t>(f(n));
        return v;
    }
    static std::uint32_t u(std::int32_t i) { return static_cast<std::uint32_t>(i); }
    static V load(const std::int32_t* p) {
        return each([p](auto n) { return p[n]; });
    }
    static void store(std::int32_t* p, const V& v) {
        for (std::uint32_t n = 0; n < kLanes; ++n) p[n] = v.i[n];
    }
    static std::uint32_t pair(const std::int16_t* p) { return (u(p[0]) & 0xffff) | u(p[1]) << 16; }
    static V load_pairs(const std::int16_t* p) {
        return each([p](auto n) { return pair(p + 2 * n); });
    }
    static V all_pairs(const std::int16_t* p) { return all(static_cast<std::int32_t>(pair(p))); }
    static V all(std::int32_t i) {
        return each([i](auto) { return i; });
    }
    static std::int32_t low_half(std::int32_t i) { return static_cast<std::int16_t>(i); }
    static V multiply_add(const V& a, const V& b) {
        return each(
            [&](auto n) { return low_half(a.i[n]) * low_half(b.i[n]) + (a.i[n] >> 16) * (b.i[n] >> 16); });
    }
    static V add(const V& a, const V& b) {
        return each([&](auto n) { return u(a.i[n]) + u(b.i[n]); });
    }
    static V both(const V& a, const V& b) {
        return each([&](auto n) { return a.i[n] & b.i[n]; });
    }
    static V either(const V& a, const V& b) {
        return each([&](auto n) { return a.i[n] | b.i[n]; });
    }
    static V differ(const V& a, const V& b) {
        return each([&](auto n) { return a.i[n] ^ b.i[n]; });
    }
    static V except(const V& mask, const V& a) {
        return each([&](auto n) { return ~mask.i[n] & a.i[n]; });
    }
    static V shift_left(const V& a, int bits) {
        return each([&](auto n) { return u(a.i[n]) << bits; });
    }
    static V shift_right(const V& a, int bits) {
        return each([&](auto n) { return a.i[n] >> bits; });
    }
    static V min(const V& a, const V& b) {
        return each([&](auto n) { return a.i[n] < b.i[n] ? a.i[n] : b.i[n]; });
    }
    static V max(const V& a, const V& b) {
        return each([&](auto n) { return a.i[n] < b.i[n] ? b.i[n] : a.i[n]; });
    }
    static V minus_one_if_zero(const V& a) {
        return each([&](auto n) { return a.i[n] == 0 ? -1 : 0; });
    }
};

}  // namespace
}  // namespace sosa::pods

#include "pods/array_kernels_body.h"

namespace sosa::pods {
extern const ArrayKernels kPlainKernels;
const ArrayKernels kPlainKernels{"plain", pick_edge, pick_tile};
}  // namespace sosa::pods
