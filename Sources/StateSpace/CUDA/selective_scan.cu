// The selective scan on a CUDA device, forward and backward.
//
// A block of threads scans a few channels that share B and C. Its threads divide a tile of time into segments of a few
// tokens, which each thread keeps in registers. For one state after the other, a thread computes the decays of its tokens
// and scans its segment from zero; the segments' results (how much the state decays, what is added) are scanned across
// the warp by shuffles and across warps through shared memory; then the thread runs through its segment again from the
// state that it begins with. So each decay, an exponential, is computed once. Tiles follow each other in a block; long
// sequences of few channels are divided into chunks, whose first states come from a first pass over them.
//
// What the kernels are compiled for:
// - SCAN_STORAGE: type of the elements, 0 for f32, 1 for bf16, 2 for f16
// - SCAN_BACKWARD: which direction
// - SCAN_LANES: neighbouring channels in a warp
// - SCAN_WARPS: warps of a block
// - SCAN_CONSTANT: whether B and C are constant in time
// - SCAN_GATED: whether there is a gate (asked for backwards only)

#include "scan_parameters.h"

#include "scan_numbers.h"

#include "scan_division.h"
#include "scan_state_inputs.h"

#include "scan_backward.h"
#include "scan_forward.h"
#include "scan_sums.h"

#ifndef SCAN_EMULATION
// Three blocks share a multiprocessor where the compiler gets by with 168 registers for a thread, else two.
#if __CUDA_ARCH__ < 900 || (SCAN_BACKWARD && SCAN_LANES == 4)
#define SCAN_BLOCKS 2
#else
#define SCAN_BLOCKS 3
#endif

#if SCAN_BACKWARD
SCAN_KERNEL(128, SCAN_BLOCKS) scan(const fk_cuda_scan_parameters p) {
    scanBackward<SCAN_LANES, SCAN_WARPS, SCAN_CONSTANT, SCAN_GATED, false>(p);
}
SCAN_KERNEL(128, SCAN_BLOCKS) scan_first(const fk_cuda_scan_parameters p) {
    scanBackward<SCAN_LANES, SCAN_WARPS, SCAN_CONSTANT, SCAN_GATED, true>(p);
}
#else
SCAN_KERNEL(128, SCAN_BLOCKS) scan(const fk_cuda_scan_parameters p) {
    scanForward<SCAN_LANES, SCAN_WARPS, SCAN_CONSTANT, false>(p);
}
SCAN_KERNEL(128, SCAN_BLOCKS) scan_first(const fk_cuda_scan_parameters p) {
    scanForward<SCAN_LANES, SCAN_WARPS, SCAN_CONSTANT, true>(p);
}
#endif
SCAN_KERNEL(256, 4) scan_chunks(const fk_cuda_scan_parameters p) { scanChunks(p, SCAN_BACKWARD); }
SCAN_KERNEL(256, 4) scan_sum(const fk_cuda_sum sum) { addUp(sum); }
#endif
