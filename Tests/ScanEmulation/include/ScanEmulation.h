// Runs the CUDA kernels of the selective scan on the CPU, for tests: the same source, compiled as C++, by the same plan.
#ifndef FUSIONKIT_SCAN_EMULATION_H
#define FUSIONKIT_SCAN_EMULATION_H

#include "../../../Sources/CScanCUDA/include/CScanCUDA.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Plans a scan and runs it, thread by thread, always in the same order: that of the indices, or blocks and warps against
/// it, which shows where a barrier is missing. All addresses are of the host's memory. The workspace is filled with NaN
/// first. Returns false with a sentence where the plan refuses the scan, or where threads of a block disagree about a
/// barrier or a shuffle.
bool fk_emulate_scan(
    const fk_cuda_scan *scan, const fk_cuda_limits *limits, bool runs_backwards, char *message, size_t capacity);

/// Runs a scan of random sizes, layouts and options, forward and backward, and compares with the references. Returns the
/// largest error divided by what is allowed, and infinity, with a sentence, where it is more than that.
double fk_emulate_random_scan(uint64_t seed, char *message, size_t capacity);

#ifdef __cplusplus
}
#endif
#endif
