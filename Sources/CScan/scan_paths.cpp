#include "scan_paths.h"

#include <algorithm>

namespace fusionkit {
namespace {

/// The part of an array that begins `offset` elements later, where the array is given.
template <typename Number>
Number *later(Number *array, int64_t offset) {
    return array ? array + offset : nullptr;
}

template <typename Void>
Void *later(Void *array, fk_scan_storage storage, int64_t offset) {
    return array ? elementAt(array, storage, offset) : nullptr;
}

}  // namespace

PathScan pathScan(const fk_scan_arguments &arguments, int64_t path) {
    const int64_t states = arguments.channels * arguments.states;
    const int64_t tiles = (arguments.length + fk_scan_checkpoint_interval - 1) / fk_scan_checkpoint_interval;
    PathScan scan{
        .arguments = arguments,
        .batchStates = states,
        .checkpointStates = states,
        .sumStorage = arguments.storage,
        .adds = false,
        .checkpointBatch = tiles * states,
        .steps = nullptr};
    fk_scan_arguments &a = scan.arguments;
    a.paths = 1;
    a.channels /= pathCount(arguments);
    a.groups /= pathCount(arguments);
    const int64_t channel = path * a.channels, group = path * a.groups, state = channel * a.states;
    a.pixels = later(a.pixels, path * a.length);
    a.delta = later(a.delta, a.storage, channel * a.delta_strides.channel);
    a.A = later(a.A, state);
    a.B = later(a.B, a.storage, group * a.B_strides.group);
    a.C = later(a.C, a.storage, group * a.C_strides.group);
    a.D = later(a.D, channel);
    a.delta_bias = later(a.delta_bias, channel);
    a.initial_state = later(a.initial_state, state);
    a.last_state = later(a.last_state, state);
    a.checkpoints = later(a.checkpoints, state);
    return scan;
}

fk_scan_gradients pathGradients(
    const fk_scan_arguments &arguments, const fk_scan_gradients &gradients, int64_t path) {
    const int64_t channel = path * (arguments.channels / pathCount(arguments)), state = channel * arguments.states;
    const int64_t group = path * (arguments.groups / pathCount(arguments));
    fk_scan_gradients g = gradients;
    g.dlast_state = later(g.dlast_state, state);
    g.ddelta = later(g.ddelta, arguments.storage, channel * g.ddelta_strides.channel);
    g.dA = later(g.dA, state);
    g.dB = later(g.dB, arguments.storage, group * g.dB_strides.group);
    g.dC = later(g.dC, arguments.storage, group * g.dC_strides.group);
    g.dD = later(g.dD, channel);
    g.ddelta_bias = later(g.ddelta_bias, channel);
    g.dinitial_state = later(g.dinitial_state, state);
    return g;
}

bool PathSums::prepare(
    const fk_scan_arguments &arguments, void *to, const fk_scan_sequence_strides &strides, bool areSideBySide) {
    const int64_t paths = pathCount(arguments);
    to_ = to;
    strides_ = strides;
    storage_ = arguments.storage;
    areSideBySide_ = areSideBySide;
    beginsInResult_ = storage_ == fk_scan_float32 || paths == 1;
    count_ = (areSideBySide ? paths : 1) - (beginsInResult_ ? 1 : 0);
    if (!to || count_ == 0) return true;
    sizes_ = {arguments.batches, arguments.channels / paths, arguments.length};
    const bool hasChannelsInside = std::abs(strides.channel) <= std::abs(strides.time);
    own_ = {sizes_.channel * sizes_.time, hasChannelsInside ? 1 : sizes_.time, hasChannelsInside ? sizes_.channel : 1};
    sums_ = allocate<float>({count_, sizes_.batch, sizes_.channel, sizes_.time});
    return sums_ != nullptr;
}

void PathSums::lead(int64_t path, PathScan &scan, void *&to, fk_scan_sequence_strides &strides) const {
    scan.adds = !areSideBySide_ && path > 0;
    const int64_t index = (areSideBySide_ ? path : 0) - (beginsInResult_ ? 1 : 0);
    scan.sumStorage = index < 0 ? storage_ : fk_scan_float32;
    if (index < 0 || !sums_) return;
    to = sums_.get() + index * sizes_.batch * own_.batch;
    strides = own_;
}

void PathSums::finish(const Parallel &parallel) const {
    if (!sums_) return;
    const bool hasChannelsInside = own_.channel == 1;
    const int64_t outer = hasChannelsInside ? sizes_.time : sizes_.channel;
    const int64_t inner = hasChannelsInside ? sizes_.channel : sizes_.time;
    const int64_t outerStride = hasChannelsInside ? strides_.time : strides_.channel;
    const int64_t innerStride = hasChannelsInside ? strides_.channel : strides_.time;
    parallel(sizes_.batch * outer, [&](int64_t begin, int64_t end) {
        withElement(storage_, [&](auto element) {
            for (int64_t row = begin; row < end; ++row) {
                auto *to = static_cast<decltype(element) *>(to_) + row / outer * strides_.batch;
                to += row % outer * outerStride;
                for (int64_t i = 0; i < inner; ++i) {
                    const float *from = sums_.get() + row * inner + i;
                    float sum = beginsInResult_ ? number(to[i * innerStride]) : *from;
                    for (int64_t index = beginsInResult_ ? 0 : 1; index < count_; ++index)
                        sum += from[index * sizes_.batch * outer * inner];
                    set(to[i * innerStride], sum);
                }
            }
        });
    });
}

}  // namespace fusionkit
