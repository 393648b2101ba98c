#pragma once

#include "causal_convolution.h"
#include "scan_storage.h"

namespace fusionkit {

constexpr int64_t mostStates = 256;

/// The scan along one path, which is all that kernels know of.
struct PathScan {
    fk_scan_arguments arguments;  ///< Of this path alone: its channels, groups, pixels, and its part of every array.
    int64_t batchStates;          ///< From batch to batch of an array of states, which has those of all paths.
    int64_t checkpointStates;     ///< From checkpoint to checkpoint.
    fk_scan_storage sumStorage;   ///< Of y, du and dz, which are sums over paths.
    bool adds;                    ///< Whether these are added to what is there.
    int64_t checkpointBatch;      ///< From batch to batch of the checkpoints.
    double *steps;                ///< (batches, channels), or null: becomes Σdt.

    /// The states before `token`, a multiple of the checkpoints' interval, of one batch: (channels, states).
    float *checkpoint(int64_t batch, int64_t token) const {
        return arguments.checkpoints + batch * checkpointBatch +
               token / fk_scan_checkpoint_interval * checkpointStates;
    }
};

/// How many paths checked arguments have.
inline int64_t pathCount(const fk_scan_arguments &arguments) { return arguments.paths > 1 ? arguments.paths : 1; }

/// One of the paths, which adds to what the paths before it have left.
PathScan pathScan(const fk_scan_arguments &arguments, int64_t path);

/// What concerns one of the paths.
fk_scan_gradients pathGradients(
    const fk_scan_arguments &arguments, const fk_scan_gradients &gradients, int64_t path);

/// The backward scan of a span of tokens.
struct BackwardWork {
    const PathScan &scan;  ///< With checkpoints.
    const fk_scan_gradients &gradients;
    float *adjoint;  ///< (batches, channels, states): gradient of the state after the span; becomes that before it.
    float *dA;       ///< (batches, channels, states): sum over the tokens so far.
    float *dD;       ///< (batches, channels), likewise.
    float *dbias;    ///< (batches, channels), likewise.
    float *dB;       ///< (batches, slots, tiles, states, interval): the parts of the span's dB.
    float *dC;       ///< Likewise.
    int64_t slots;   ///< Of one batch.
    int64_t slot;    ///< From slot to slot of dB and dC.
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
    int64_t (*items)(const PathScan &scan);
    void (*forward)(const PathScan &scan, int64_t begin, int64_t end);
    BackwardSizes (*backwardSizes)(const PathScan &scan);
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

/// Whether the sizes, and the instruction set, are as fk_scan_check asks for.
bool hasRightSizes(const fk_scan_arguments *arguments);

/// Says that there is no memory for something, as the one requirement that is violated.
int32_t noMemory(const char *what, char *message, size_t capacity);

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
