#ifndef FUSIONKIT_CSCAN_H
#define FUSIONKIT_CSCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Distances, in elements, between neighbours of a (batch, channel, time) array. (B, D, L) and (B, L, D) differ only
/// here; a negative time stride, with the pointer at the last token, scans backwards.
typedef struct {
    int64_t batch, channel, time;
} fk_scan_sequence_strides;

/// Distances, in elements, between neighbours of a (batch, group, state, time) array. Time stride 0 makes it constant
/// in time, batch stride 0 shares it by all batches.
typedef struct {
    int64_t batch, group, state, time;
} fk_scan_state_strides;

/// How the elements of large arrays are stored. All computation is in f32; results are rounded once, to the nearest,
/// where they are stored.
typedef enum { fk_scan_float32 = 0, fk_scan_bfloat16 = 1, fk_scan_float16 = 2 } fk_scan_storage;

/// Tokens between two checkpoints of the state.
enum { fk_scan_checkpoint_interval = 16 };

/// One selective scan (Gu, Dao 2023). For batch b, channel d of group g = d / (channels / groups), time t, state n:
///
///     dt = delta[t] + delta_bias[d];  dt = log(1 + exp(dt)) where delta_softplus is set
///     h[n] = exp(dt·A[d,n])·h[n] + dt·B[g,n,t]·u[t]
///     y[t] = Σ_n C[g,n,t]·h[n] + D[d]·u[t];  y[t] = y[t]·z[t]·sigmoid(z[t]) where z is given
///
/// Several scans can go over one map of `length` pixels, each along a path of its own: with K paths, D = channels / K
/// is the number of the map's channels, and channel d of path k is channel k·D + d of everything but u, z and y, which
/// are (batch, D, pixel) arrays. The token t of path k lies at pixel pixels[k][t] of u, delta, B, C and z; y is the sum
/// over the paths, in their order.
///
/// u, delta, B, C, z and y have elements of one type, `storage`; everything else is f32. y overlaps no input. A field
/// of zeros is "not given".
typedef struct {
    /// states 1 to 256; groups divides channels; length may be 0. paths divides groups, so that a group lies in one
    /// path; 0 means 1.
    int64_t batches, channels, groups, states, length, paths;

    fk_scan_storage storage;

    /// (paths, length), contiguous, each row a permutation of the numbers below length; tokens lie in the order of time
    /// when null.
    const int32_t *pixels;

    const void *u;  ///< Input.
    fk_scan_sequence_strides u_strides;
    const void *delta;  ///< Step sizes before bias and softplus.
    fk_scan_sequence_strides delta_strides;
    const float *A;  ///< (channels, states), contiguous, any real value.
    const void *B;
    fk_scan_state_strides B_strides;
    const void *C;
    fk_scan_state_strides C_strides;

    const float *D;           ///< (channels), or null.
    const float *delta_bias;  ///< (channels), or null.
    const void *z;           ///< Gate, or null.
    fk_scan_sequence_strides z_strides;
    const float *initial_state;  ///< (batches, channels, states), contiguous; zeros when null.
    bool delta_softplus;

    void *y;  ///< Output.
    fk_scan_sequence_strides y_strides;
    float *last_state;  ///< (batches, channels, states), contiguous; not written when null. May be initial_state.

    /// The states before every fk_scan_checkpoint_interval-th token, the first included, for fk_scan_backward:
    /// (batches, ceil(length / fk_scan_checkpoint_interval), channels, states), contiguous. Null when not wanted.
    float *checkpoints;

    /// In how many parts of time the scan is computed beside each other, for threads that have no other work because
    /// batches and channels are few. Parts are scanned twice, but for the first and the last. They also divide the
    /// channels of the backward scan among smaller pieces of work, which then take up to half as long again. The result
    /// depends on this number in its rounding. 0 means 1; more than one part for each fk_scan_checkpoint_interval
    /// tokens are not made.
    int64_t parts;

    /// How many threads the parallel loop has. Where one path has fewer pieces of work, the paths go side by side,
    /// which takes memory for one result more for each path after the first. The result has the same bits. 0 means 1.
    int64_t threads;

    const char *instruction_set;  ///< One of fk_scan_instruction_set_at; null takes fk_scan_instruction_set.
} fk_scan_arguments;

/// What the backward scan is given and computes, for the fk_scan_arguments of a forward scan. Every output may be null
/// where it is not wanted, and none overlaps another array. Outputs are overwritten. The gradient of an array is stored
/// as the array is.
typedef struct {
    const void *dy;  ///< Gradient of y.
    fk_scan_sequence_strides dy_strides;
    const float *dlast_state;  ///< (batches, channels, states), contiguous; zeros when null.

    void *du;  ///< As u: the sum over the paths. So dz.
    fk_scan_sequence_strides du_strides;
    void *ddelta;
    fk_scan_sequence_strides ddelta_strides;
    void *dz;  ///< Null where z is null.
    fk_scan_sequence_strides dz_strides;
    float *dA;  ///< (channels, states), contiguous.
    void *dB;  ///< A stride of 0 in time or batch adds up over it, as a constant B needs; so for C.
    fk_scan_state_strides dB_strides;
    void *dC;
    fk_scan_state_strides dC_strides;
    float *dD;              ///< (channels).
    float *ddelta_bias;     ///< (channels).
    float *dinitial_state;  ///< (batches, channels, states), contiguous.
} fk_scan_gradients;

/// Runs body over [0, count) in disjoint parts, in any order and on any threads, and returns when all have run.
typedef void (*fk_scan_parallel_for)(
    void *context, int64_t count, void (*body)(void *body_context, int64_t begin, int64_t end), void *body_context);

/// Checks every requirement on the arguments. Returns how many are violated, and writes one sentence for each into
/// message (at most capacity bytes with the closing zero; longer text is cut). message may be null.
int32_t fk_scan_check(const fk_scan_arguments *arguments, char *message, size_t capacity);

/// How many pieces of work, which threads can share, a forward scan has: for each path the vectors of neighbouring
/// channels of each batch. 0 where fk_scan_check finds fault with the sizes.
int64_t fk_scan_pieces(const fk_scan_arguments *arguments);

/// Runs the scan with the fastest kernel for this machine. Returns 0, or the result of fk_scan_check without having
/// computed anything. parallel is null for one thread; the result has the same bits for any division of the work.
int32_t fk_scan_forward(
    const fk_scan_arguments *arguments, fk_scan_parallel_for parallel, void *context, char *message, size_t capacity);

/// Checks every requirement on the arguments of a backward scan, as fk_scan_check does for the forward one.
int32_t fk_scan_check_backward(
    const fk_scan_arguments *arguments, const fk_scan_gradients *gradients, char *message, size_t capacity);

/// Computes the gradients. Of the forward scan's arguments it reads the inputs (y and last_state may be null) and the
/// checkpoints that the forward scan wrote; where they are null, it makes its own first (then initial_state must not
/// have been overwritten by last_state). Beside the checkpoints of one path, a sixteenth of length × state, it needs
/// memory for three states and some megabytes (for each path, where paths go side by side). Returns 0, or the number of
/// violated requirements without having computed anything; memory that cannot be had counts as one. The result has the
/// same bits for any division of the work, with or without checkpoints.
int32_t fk_scan_backward(
    const fk_scan_arguments *arguments, const fk_scan_gradients *gradients, fk_scan_parallel_for parallel,
    void *context, char *message, size_t capacity);

/// The specification: the recurrence in double precision, one step after the other. instruction_set is not used.
int32_t fk_scan_reference(const fk_scan_arguments *arguments, char *message, size_t capacity);

/// The specification of the gradients, likewise. Keeps all states of one channel.
int32_t fk_scan_reference_backward(
    const fk_scan_arguments *arguments, const fk_scan_gradients *gradients, char *message, size_t capacity);

/// Name of the instruction set that the scan kernels use on this machine: the widest available, or the one that the
/// environment variable FUSIONKIT_SCAN (plain, avx2, avx512; neon on arm64) names, if this machine has it.
const char *fk_scan_instruction_set(void);

/// Names of the instruction sets that this machine can run, from slow to fast; null past the last.
const char *fk_scan_instruction_set_at(int32_t index);

#ifdef __cplusplus
}
#endif

#include "causal_convolution.h"
#endif
