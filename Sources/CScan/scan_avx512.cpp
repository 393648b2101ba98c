// The scan for AVX-512: vectors of 16.

#if defined(__x86_64__)

#include "flush_denormals.h"
#include "scan_internal.h"

#include <immintrin.h>
#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl,avx512bw"))), apply_to = function)

namespace fusionkit {
namespace {

constexpr int lanes = 16;

static __mmask16 firstLanes(int count) { return __mmask16((1u << count) - 1); }
static __m512 loadLanes(const float *from, int count) { return _mm512_maskz_loadu_ps(firstLanes(count), from); }
static void storeLanes(float *to, __m512 value, int count) { _mm512_mask_storeu_ps(to, firstLanes(count), value); }

#define FK_HAS_HALVES
static __m512 widenHalves(__m256i halves) { return _mm512_cvtph_ps(halves); }
static __m256i narrowHalves(__m512 value) { return _mm512_cvtps_ph(value, _MM_FROUND_TO_NEAREST_INT); }

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

const fusionkit::ScanKernel fusionkit::avx512Kernel = {
    "avx512",
    [] {
        return bool(
            __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
            __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw"));
    },
    items, forward, backwardSizes, backward, convolution};

#endif
