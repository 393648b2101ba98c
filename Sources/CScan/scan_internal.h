#pragma once

#include "CScan.h"
#include "causal_convolution.h"

namespace fusionkit {

constexpr int64_t mostStates = 256;

/// The states before the tokens `token`, a multiple of the checkpoints' interval, of one batch: (channels, states).
inline float *checkpoint(const fk_scan_arguments &a, int64_t batch, int64_t token) {
    const int64_t perBatch = (a.length + fk_scan_checkpoint_interval - 1) / fk_scan_checkpoint_interval;
    return a.checkpoints + (batch * perBatch + token / fk_scan_checkpoint_interval) * a.channels * a.states;
}

/// The backward scan of a span of tokens.
struct BackwardWork {
    const fk_scan_arguments &arguments;  ///< With checkpoints.
    const fk_scan_gradients &gradients;
    float *adjoint;  ///< (batches, channels, states): gradient of the state after the span; becomes that before it.
    float *dA;       ///< (batches, channels, states): sum over the tokens so far.
    float *dD;       ///< (batches, channels), likewise.
    float *dbias;    ///< (batches, channels), likewise.
    float *dB;       ///< (batches, slots, tiles, states, interval): the parts of the span's dB.
    float *dC;       ///< Likewise.
    int64_t slots;   ///< Of one batch.
    int64_t begin;   ///< The first token, a multiple of the interval.
    int64_t tiles;   ///< How many times the interval the span is long; the last may reach beyond the end.
};

/// Independent pieces of work in a batch, and parts to add up for dB and dC of a group.
struct BackwardSizes {
    int64_t items, groupSlots;
};

/// Tokens that a convolution goes through at a time.
constexpr int convolutionTile = 64;

/// The causal convolution for one instruction set, by the number of taps less one. Each computes the tiles [begin, end) of
/// batches × paths × tiles, or of batches × tiles for the gradient of the input.
struct ConvolutionKernel {
    using Forward = void (*)(const fk_convolution_arguments &, int64_t begin, int64_t end);
    using Backward = void (*)(
        const fk_convolution_arguments &, const fk_convolution_gradients &, float *parts, int64_t begin, int64_t end);
    using Input = void (*)(
        const fk_convolution_arguments &, const fk_convolution_gradients &, int64_t begin, int64_t end);
    Forward forward[fk_convolution_most_taps];
    Backward backward[fk_convolution_most_taps];
    Input inputGradient[fk_convolution_most_taps];
};

/// What one instruction set offers. `items` is the number of independent pieces of work (batch × vectors of channels);
/// `forward` computes the pieces [begin, end), and so does `backward`, of batches × BackwardSizes::items.
struct ScanKernel {
    const char *name;
    bool (*isAvailable)();
    int64_t (*items)(const fk_scan_arguments &arguments);
    void (*forward)(const fk_scan_arguments &arguments, int64_t begin, int64_t end);
    BackwardSizes (*backwardSizes)(const fk_scan_arguments &arguments);
    void (*backward)(const BackwardWork &work, int64_t begin, int64_t end);
    ConvolutionKernel convolution;
};

extern const ScanKernel plainKernel;
#if defined(__x86_64__)
extern const ScanKernel avx2Kernel;
extern const ScanKernel avx512Kernel;
#endif

/// The value of the environment variable FUSIONKIT_SCAN when it was first asked for, or null.
const char *forcedName();

/// The kernel of that name if this machine can run it, else null.
const ScanKernel *findKernel(const char *name);

/// The kernel for this machine, or the one that FUSIONKIT_SCAN names.
const ScanKernel &standardKernel();

/// The kernel that arguments which have been checked ask for.
const ScanKernel &kernelFor(const fk_scan_arguments &arguments);

/// Divides work by the caller's function.
struct Parallel {
    fk_scan_parallel_for loop;
    void *context;

    /// Calls body(begin, end) for disjoint parts of [0, count).
    template <typename Body>
    void operator()(int64_t count, const Body &body) const {
        if (count == 0) return;
        if (!loop) return body(int64_t(0), count);
        const auto call = [](void *body, int64_t begin, int64_t end) { (*static_cast<const Body *>(body))(begin, end); };
        loop(context, count, call, const_cast<Body *>(&body));
    }
};

}  // namespace fusionkit
