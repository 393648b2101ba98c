// How a selective scan is divided among the blocks of threads of a CUDA device: which kernels run on what, in which order.
// Plain C++ without CUDA, so that tests run the same plans in an emulation of the device.
#ifndef FUSIONKIT_CSCANCUDA_H
#define FUSIONKIT_CSCANCUDA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../StateSpace/CUDA/scan_parameters.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Types of u, delta, z, B, C, y, dy, du, ddelta and dz. Everything else is f32.
enum { fk_cuda_f32 = 0, fk_cuda_bf16 = 1, fk_cuda_f16 = 2 };

/// One scan, forward or backward. Of the operands, the caller sets sizes, inputs, outputs and their strides; the division
/// is the plan's. Each size is 1 or more. Gradients, other than dz where there is no gate, dD, ddelta_bias and
/// dinitial_state, must be there for a backward scan. dB and dC are f32; where B and C are constant in time, they are
/// (groups, states) arrays whose strides of batch and time are not used.
typedef struct {
    int storage;
    bool is_backward, is_constant;
    fk_cuda_scan_parameters operands;
} fk_cuda_scan;

/// What a plan needs to know about the device.
typedef struct {
    int multiprocessors;
    int shared_bytes;  ///< The most shared memory that a block may have.
} fk_cuda_limits;

/// What the kernels are compiled for.
typedef struct {
    int storage, lanes, warps;
    bool is_backward, is_constant, is_gated;
} fk_cuda_variant;

/// Names of the kernels, as the source gives them.
typedef enum { fk_cuda_kernel_scan, fk_cuda_kernel_first, fk_cuda_kernel_chunks, fk_cuda_kernel_sum } fk_cuda_kernel;
const char *fk_cuda_kernel_name(fk_cuda_kernel kernel);

/// One kernel on one grid. The kernel `sum` takes the sum, all others the scan.
typedef struct {
    fk_cuda_kernel kernel;
    unsigned blocks, threads, shared_bytes;
    fk_cuda_scan_parameters scan;
    fk_cuda_sum sum;
} fk_cuda_launch;

enum { fk_cuda_most_launches = 12 };

typedef struct {
    fk_cuda_variant variant;
    int64_t workspace_bytes;
    int count;
    fk_cuda_launch launches[fk_cuda_most_launches];
} fk_cuda_plan;

/// Tokens between two states that the forward scan keeps for the backward scan.
int fk_cuda_checkpoint_interval(const fk_cuda_scan *scan, const fk_cuda_limits *limits);

/// Plans a scan. The addresses in the launches are those of `workspace`, which must be aligned to 16 bytes; where it is
/// null, the plan only tells how much is needed. Returns false with a sentence where the kernels can't do the scan.
bool fk_cuda_plan_scan(
    const fk_cuda_scan *scan, const fk_cuda_limits *limits, void *workspace, fk_cuda_plan *plan, char *message,
    size_t capacity);

#ifdef __cplusplus
}
#endif
#endif
