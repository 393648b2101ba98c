// The scan for AVX2 with FMA: vectors of 8.

#if defined(__x86_64__)

#include "flush_denormals.h"
#include "scan_internal.h"

#include <immintrin.h>
#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

namespace fusionkit {
namespace {

constexpr int lanes = 8;

static __m256i firstLanes(int count) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

static __m256 loadLanes(const float *from, int count) { return _mm256_maskload_ps(from, firstLanes(count)); }
static void storeLanes(float *to, __m256 value, int count) { _mm256_maskstore_ps(to, firstLanes(count), value); }

#define FK_HAS_HALVES
static __m256 widenHalves(__m128i halves) { return _mm256_cvtph_ps(halves); }
static __m128i narrowHalves(__m256 value) { return _mm256_cvtps_ph(value, _MM_FROUND_TO_NEAREST_INT); }

#include "scan_vector.h"

#include "scan_elements.h"

#include "scan_tiles.h"

#include "scan_plan.h"

#include "scan_kernel.h"

#include "scan_backward_steps.h"

#include "scan_backward.h"

#include "causal_convolution_kernel.h"

}  // namespace
}  // namespace fusionkit

#pragma clang attribute pop

const fusionkit::ScanKernel fusionkit::avx2Kernel = {
    "avx2",
    [] {
        return bool(
            __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c"));
    },
    items, forward, backwardSizes, backward, convolution};

#endif
