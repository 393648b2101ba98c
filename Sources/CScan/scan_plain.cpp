// The scan for any processor: vectors of 4, which are SSE2 on x86-64 and NEON on arm64.

#include "flush_denormals.h"
#include "scan_internal.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace fusionkit {
namespace {

constexpr int lanes = 4;
typedef float Four __attribute__((vector_size(16)));

static Four loadLanes(const float *from, int count) {
    Four value{};
    for (int i = 0; i < count; ++i) value[i] = from[i];
    return value;
}

static void storeLanes(float *to, Four value, int count) {
    for (int i = 0; i < count; ++i) to[i] = value[i];
}

#include "scan_vector.h"

#include "scan_elements.h"

#include "scan_tiles.h"

#include "scan_plan.h"

#include "scan_kernel.h"

#include "scan_backward_steps.h"

#include "scan_backward.h"

#include "causal_convolution_kernel.h"

}  // namespace

#if defined(__aarch64__)
const ScanKernel plainKernel = {"neon", [] { return true; }, items, forward, backwardSizes, backward, convolution};
#else
const ScanKernel plainKernel = {"plain", [] { return true; }, items, forward, backwardSizes, backward, convolution};
#endif

}  // namespace fusionkit
