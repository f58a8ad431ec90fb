#include "pods/array_kernels.h"

#ifdef __x86_64__
#include <emmintrin.h>

#define SOSA_LANES_TARGET  // every x86-64 has SSE2

namespace sosa::pods {
namespace {

using Half = __m128i;

struct Lanes {
    struct V {
        Half lo, hi;
    };
    static V load_any(const void* p) {
        const Half* halves = static_cast<const Half*>(p);
        return {_mm_loadu_si128(halves), _mm_loadu_si128(halves + 1)};
    }
    static V load(const std::int32_t* p) { return load_any(p); }
    static void store(std::int32_t* p, V v) {
        Half* halves = static_cast<Half*>(static_cast<void*>(p));
        _mm_storeu_si128(halves, v.lo);
        _mm_storeu_si128(halves + 1, v.hi);
    }
    static V load_pairs(const std::int16_t* p) { return load_any(p); }
    static V all_pairs(const std::int16_t* p) {
        std::int32_t pair;
        __builtin_memcpy(&pair, p, sizeof pair);
        return all(pair);
    }
    static V all(std::int32_t i) { return {_mm_set1_epi32(i), _mm_set1_epi32(i)}; }
    static V multiply_add(V a, V b) { return {_mm_madd_epi16(a.lo, b.lo), _mm_madd_epi16(a.hi, b.hi)}; }
    static V add(V a, V b) { return {_mm_add_epi32(a.lo, b.lo), _mm_add_epi32(a.hi, b.hi)}; }
    static V both(V a, V b) { return {_mm_and_si128(a.lo, b.lo), _mm_and_si128(a.hi, b.hi)}; }
    static V either(V a, V b) { return {_mm_or_si128(a.lo, b.lo), _mm_or_si128(a.hi, b.hi)}; }
    static V differ(V a, V b) { return {_mm_xor_si128(a.lo, b.lo), _mm_xor_si128(a.hi, b.hi)}; }
    static V except(V mask, V a) {
        return {_mm_andnot_si128(mask.lo, a.lo), _mm_andnot_si128(mask.hi, a.hi)};
    }
    static V shift_left(V a, int bits) { return {_mm_slli_epi32(a.lo, bits), _mm_slli_epi32(a.hi, bits)}; }
    static V shift_right(V a, int bits) { return {_mm_srai_epi32(a.lo, bits), _mm_srai_epi32(a.hi, bits)}; }
    static V greater(V a, V b) { return {_mm_cmpgt_epi32(a.lo, b.lo), _mm_cmpgt_epi32(a.hi, b.hi)}; }
    static V choose(V mask, V a, V b) { return either(both(mask, a), except(mask, b)); }
    static V min(V a, V b) { return choose(greater(a, b), b, a); }
    static V max(V a, V b) { return choose(greater(a, b), a, b); }
    static V minus_one_if_zero(V a) {
        return {_mm_cmpeq_epi32(a.lo, _mm_setzero_si128()), _mm_cmpeq_epi32(a.hi, _mm_setzero_si128())};
    }
};

}  // namespace
}  // namespace sosa::pods

#include "pods/array_kernels_body.h"

namespace sosa::pods {
extern const ArrayKernels kSse2Kernels;
const ArrayKernels kSse2Kernels{"sse2", pick_edge, pick_tile};
}  // namespace sosa::pods
#endif
