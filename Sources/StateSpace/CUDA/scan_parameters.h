// What the CUDA kernels of the selective scan are given. The host's compilers read this file and so does NVRTC, which has
// no standard headers.
#ifndef FUSIONKIT_SCAN_PARAMETERS_H
#define FUSIONKIT_SCAN_PARAMETERS_H

/// A (batch, channel, time) array and its strides in elements.
typedef struct {
    void *data;
    long long batch, channel;
    int time;
} fk_cuda_sequence;

/// A (batch, group, state, time) array and its strides in elements.
typedef struct {
    void *data;
    long long batch, group;
    int state, time;
} fk_cuda_state_sequence;

/// One scan, on all paths. Channel c belongs to path c / (channels / paths), and scans the channel c % (channels / paths)
/// of the map's u, z and dy. Outputs have a place for each channel, so that paths never write to the same one.
typedef struct {
    int batches, channels, groups, states, length, paths;
    int is_softplus;
    /// The outputs y, du and dz are f32, whatever the storage of the inputs.
    int has_float_outputs;
    const int *pixels;  ///< (paths, length): where in memory each token of a path lies; null for the order of time.

    fk_cuda_sequence u, delta, z, y, dy, du, ddelta, dz;
    fk_cuda_state_sequence B, C;
    const float *A, *D, *delta_bias, *initial_state, *dlast_state;
    float *last_state;
    /// States before every interval-th token: (batches, ceil(length / interval), channels, states).
    float *checkpoints;
    int interval;

    /// Channels that share B and C and a path, and the blocks of threads that they are divided among.
    int span, span_blocks;
    int chunks, chunk_length;
    /// The chunks that a kernel goes through; those without successors need no first pass.
    int first_chunk, pass_chunks;
    /// Where a chunk's own result is kept, (batches, chunks, channels, states), and then what it begins with.
    float *chunk_states;
    float *chunk_steps;  ///< (batches, chunks, channels): sums of dt.

    /// Sums over the channels of a block of threads, or over one channel where B and C are constant in time:
    /// [batch][block or chunk and channel][state][time].
    fk_cuda_state_sequence dB, dC;
    /// Sums over a chunk: (batches, chunks, channels, states) and (batches, chunks, channels).
    float *dA, *dD, *ddelta_bias;
    float *dinitial_state;
} fk_cuda_scan_parameters;

/// A sum over up to two axes of an f32 array, for each place of four other axes; strides in elements.
typedef struct {
    const float *from;
    void *to;
    long long sizes[4], from_strides[4], to_strides[4];
    long long counts[2], count_strides[2];
    int has_float_output;
} fk_cuda_sum;

#endif
