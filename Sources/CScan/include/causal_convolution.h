#ifndef FUSIONKIT_CAUSAL_CONVOLUTION_H
#define FUSIONKIT_CAUSAL_CONVOLUTION_H

#include "CScan.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The widest causal convolution.
enum { fk_convolution_most_taps = 8 };

/// The convolution along time that stands before the scan in a Mamba block, each channel for itself, for each of K paths
/// over one map: for batch b, path k, map channel d, token t at pixel p(k, t),
///
///     s = bias[k·D + d] + Σ_j weight[k·D + d, j] · input[p(k, t - taps + 1 + j), d]        0 before the first token
///     output[p(k, t), k·D + d] = s, or s·sigmoid(s) where silu is set
///
/// Channels lie side by side in memory; tokens and batches at any distance, also a negative one. Everything is f32. No
/// output overlaps an input. The caller answers for the sizes: nothing is checked.
typedef struct {
    int64_t batches, paths, channels, length, taps;  ///< channels of the map; taps 1 to fk_convolution_most_taps.
    const int32_t *pixels;     ///< (paths, length), each row a permutation of 0 ..< length; null: token t is pixel t.
    const int32_t *positions;  ///< Its inverse, for the backward pass.

    const float *input;
    int64_t input_batch, input_token;  ///< Strides, in elements.
    const float *weight;               ///< (paths · channels, taps), contiguous.
    const float *bias;                 ///< (paths · channels), or null.
    bool silu;

    float *output;
    int64_t output_batch, output_token;
} fk_convolution_arguments;

/// What the backward pass is given and computes. Every gradient may be null where it is not wanted.
typedef struct {
    const float *doutput;
    int64_t doutput_batch, doutput_token;

    float *dinput;
    int64_t dinput_batch, dinput_token;
    float *dweight;  ///< (paths · channels, taps), contiguous.
    float *dbias;    ///< (paths · channels).

    /// Room for the gradient before the activation: (batches, length, paths · channels), contiguous.
    float *workspace;
} fk_convolution_gradients;

/// Runs the convolution. The result has the same bits for any division of the work.
void fk_causal_convolution(
    const fk_convolution_arguments *arguments, fk_scan_parallel_for parallel, void *context);

/// Computes the gradients from the forward pass's inputs (output may be null). Returns false where memory for the sums of
/// a part of the tokens cannot be had. The result has the same bits for any division of the work.
bool fk_causal_convolution_backward(
    const fk_convolution_arguments *arguments, const fk_convolution_gradients *gradients,
    fk_scan_parallel_for parallel, void *context);

#ifdef __cplusplus
}
#endif
#endif
