#include "pods/array_kernels.h"

#ifdef __x86_64__
#include <immintrin.h>

#define SOSA_LANES_TARGET __attribute__((target("avx2")))

namespace sosa::pods {
namespace {

#define SOSA_LANE SOSA_LANES_TARGET static inline
struct Lanes {
    using V = __m256i;
    SOSA_LANE const V* at(const void* p) { return static_cast<const V*>(p); }
    SOSA_LANE V load(const std::int32_t* p) { return _mm256_loadu_si256(at(p)); }
    SOSA_LANE void store(std::int32_t* p, V v) {
        _mm256_storeu_si256(static_cast<V*>(static_cast<void*>(p)), v);
    }
    SOSA_LANE V load_pairs(const std::int16_t* p) { return _mm256_loadu_si256(at(p)); }
    SOSA_LANE V all_pairs(const std::int16_t* p) {
        std::int32_t pair;
        __builtin_memcpy(&pair, p, sizeof pair);
        return _mm256_set1_epi32(pair);
    }
    SOSA_LANE V all(std::int32_t i) { return _mm256_set1_epi32(i); }
    SOSA_LANE V multiply_add(V a, V b) { return _mm256_madd_epi16(a, b); }
    SOSA_LANE V add(V a, V b) { return _mm256_add_epi32(a, b); }
    SOSA_LANE V both(V a, V b) { return _mm256_and_si256(a, b); }
    SOSA_LANE V either(V a, V b) { return _mm256_or_si256(a, b); }
    SOSA_LANE V differ(V a, V b) { return _mm256_xor_si256(a, b); }
    SOSA_LANE V except(V mask, V a) { return _mm256_andnot_si256(mask, a); }
    SOSA_LANE V shift_left(V a, int bits) { return _mm256_sll_epi32(a, _mm_cvtsi32_si128(bits)); }
    SOSA_LANE V shift_right(V a, int bits) { return _mm256_sra_epi32(a, _mm_cvtsi32_si128(bits)); }
    SOSA_LANE V min(V a, V b) { return _mm256_min_epi32(a, b); }
    SOSA_LANE V max(V a, V b) { return _mm256_max_epi32(a, b); }
    SOSA_LANE V minus_one_if_zero(V a) { return _mm256_cmpeq_epi32(a, _mm256_setzero_si256()); }
};

}  // namespace
}  // namespace sosa::pods

#include "pods/array_kernels_body.h"

namespace sosa::pods {
extern const ArrayKernels kAvx2Kernels;
const ArrayKernels kAvx2Kernels{"avx2", pick_edge, pick_tile};
}  // namespace sosa::pods
#endif
