#include "scan_internal.h"

#include <memory>
#include <new>

using namespace fusionkit;

void fk_causal_convolution(
    const fk_convolution_arguments *arguments, fk_scan_parallel_for parallel, void *context) {
    const auto &a = *arguments;
    const int64_t tiles = (a.length + convolutionTile - 1) / convolutionTile;
    const auto forward = standardKernel().convolution.forward[a.taps - 1];
    Parallel{parallel, context}(
        a.batches * a.paths * tiles, [&](int64_t begin, int64_t end) { forward(a, begin, end); });
}

bool fk_causal_convolution_backward(
    const fk_convolution_arguments *arguments, const fk_convolution_gradients *gradients,
    fk_scan_parallel_for parallel, void *context) {
    const auto &a = *arguments;
    const auto &out = *gradients;
    const ConvolutionKernel &kernel = standardKernel().convolution;
    const int64_t tiles = (a.length + convolutionTile - 1) / convolutionTile;
    const int64_t rowLength = a.channels * (a.taps + 1), items = a.batches * a.paths * tiles;

    const std::unique_ptr<float[]> parts(new (std::nothrow) float[size_t(items * rowLength)]);
    if (!parts) return false;
    const Parallel inParallel{parallel, context};
    inParallel(items, [&](int64_t begin, int64_t end) {
        kernel.backward[a.taps - 1](a, out, parts.get(), begin, end);
    });
    if (out.dinput)
        inParallel(a.batches * tiles, [&](int64_t begin, int64_t end) {
            kernel.inputGradient[a.taps - 1](a, out, begin, end);
        });
    // Each path's parts in their order, whoever computed them.
    inParallel(a.paths * a.channels, [&](int64_t begin, int64_t end) {
        for (int64_t channel = begin; channel < end; ++channel) {
            const int64_t path = channel / a.channels, column = channel % a.channels * (a.taps + 1);
            for (int64_t tap = 0; tap <= a.taps; ++tap) {
                double sum = 0;
                for (int64_t batch = 0; batch < a.batches; ++batch)
                    for (int64_t tile = 0; tile < tiles; ++tile)
                        sum += parts[((batch * a.paths + path) * tiles + tile) * rowLength + column + tap];
                if (tap < a.taps && out.dweight) out.dweight[channel * a.taps + tap] = float(sum);
                if (tap == a.taps && out.dbias) out.dbias[channel] = float(sum);
            }
        }
    });
    return true;
}
