#include "scan_paths.h"

#include <algorithm>

namespace fusionkit {
namespace {

/// The part of an array that begins `offset` elements later, where the array is given.
template <typename Number>
Number *later(Number *array, int64_t offset) {
    return array ? array + offset : nullptr;
}

}  // namespace

PathScan pathScan(const fk_scan_arguments &arguments, int64_t path) {
    PathScan scan{arguments, arguments.channels * arguments.states, arguments.channels * arguments.states, path > 0};
    fk_scan_arguments &a = scan.arguments;
    a.paths = 1;
    a.channels /= pathCount(arguments);
    a.groups /= pathCount(arguments);
    const int64_t channel = path * a.channels, group = path * a.groups, state = channel * a.states;
    a.pixels = later(a.pixels, path * a.length);
    a.delta = later(a.delta, channel * a.delta_strides.channel);
    a.A = later(a.A, state);
    a.B = later(a.B, group * a.B_strides.group);
    a.C = later(a.C, group * a.C_strides.group);
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
    g.ddelta = later(g.ddelta, channel * g.ddelta_strides.channel);
    g.dA = later(g.dA, state);
    g.dB = later(g.dB, group * g.dB_strides.group);
    g.dC = later(g.dC, group * g.dC_strides.group);
    g.dD = later(g.dD, channel);
    g.ddelta_bias = later(g.ddelta_bias, channel);
    g.dinitial_state = later(g.dinitial_state, state);
    return g;
}

bool PathSums::prepare(const fk_scan_arguments &arguments, float *to, const fk_scan_sequence_strides &strides) {
    if (!to) return true;
    to_ = to;
    strides_ = strides;
    paths_ = pathCount(arguments);
    sizes_ = {arguments.batches, arguments.channels / paths_, arguments.length};
    const bool hasChannelsInside = std::abs(strides.channel) <= std::abs(strides.time);
    own_ = {sizes_.channel * sizes_.time, hasChannelsInside ? 1 : sizes_.time, hasChannelsInside ? sizes_.channel : 1};
    parts_ = allocate<float>({paths_ - 1, sizes_.batch, sizes_.channel, sizes_.time});
    return parts_ != nullptr;
}

void PathSums::give(int64_t path, float *&to, fk_scan_sequence_strides &strides) const {
    if (path == 0 || !parts_) return;
    to = parts_.get() + (path - 1) * sizes_.batch * own_.batch;
    strides = own_;
}

void PathSums::add(const Parallel &parallel) const {
    if (!parts_) return;
    const bool hasChannelsInside = own_.channel == 1;
    const int64_t outer = hasChannelsInside ? sizes_.time : sizes_.channel;
    const int64_t inner = hasChannelsInside ? sizes_.channel : sizes_.time;
    const int64_t outerStride = hasChannelsInside ? strides_.time : strides_.channel;
    const int64_t innerStride = hasChannelsInside ? strides_.channel : strides_.time;
    parallel(sizes_.batch * outer, [&](int64_t begin, int64_t end) {
        for (int64_t row = begin; row < end; ++row) {
            float *to = to_ + row / outer * strides_.batch + row % outer * outerStride;
            for (int64_t path = 1; path < paths_; ++path) {
                const float *from = parts_.get() + ((path - 1) * sizes_.batch * outer + row) * inner;
                for (int64_t i = 0; i < inner; ++i) to[i * innerStride] += from[i];
            }
        }
    });
}

}  // namespace fusionkit
