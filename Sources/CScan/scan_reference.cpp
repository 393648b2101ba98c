#include "scan_internal.h"

#include <cmath>
#include <vector>

using namespace fusionkit;

int32_t fk_scan_reference(const fk_scan_arguments *arguments, char *message, size_t capacity) {
    if (int32_t violations = fk_scan_check(arguments, message, capacity)) return violations;
    const fk_scan_arguments &s = *arguments;
    const int64_t mapChannels = s.channels / pathCount(s);
    std::vector<double> sums(s.batches * mapChannels * s.length);
    for (int64_t b = 0; b < s.batches; ++b)
        for (int64_t d = 0; d < s.channels; ++d) {
            const int64_t g = d / (s.channels / s.groups), row = (b * s.channels + d) * s.states;
            const int64_t path = d / mapChannels, mapChannel = d % mapChannels;
            const auto at = [&](const void *data, const fk_scan_sequence_strides &by, int64_t channel, int64_t pixel) {
                return double(numberAt(data, s.storage, b * by.batch + channel * by.channel + pixel * by.time));
            };
            const auto parameter = [&](const void *data, const fk_scan_state_strides &by, int64_t n, int64_t t) {
                return double(numberAt(data, s.storage, b * by.batch + g * by.group + n * by.state + t * by.time));
            };
            double h[256];
            for (int64_t n = 0; n < s.states; ++n) h[n] = s.initial_state ? s.initial_state[row + n] : 0.0;
            for (int64_t token = 0; token < s.length; ++token) {
                const int64_t t = s.pixels ? s.pixels[path * s.length + token] : token;
                const double u = at(s.u, s.u_strides, mapChannel, t);
                double dt = at(s.delta, s.delta_strides, d, t) + (s.delta_bias ? s.delta_bias[d] : 0.0);
                if (s.delta_softplus && dt <= 20) dt = std::log1p(std::exp(dt));
                double y = s.D ? s.D[d] * u : 0.0;
                for (int64_t n = 0; n < s.states; ++n) {
                    h[n] = std::exp(dt * s.A[d * s.states + n]) * h[n] + dt * parameter(s.B, s.B_strides, n, t) * u;
                    y += parameter(s.C, s.C_strides, n, t) * h[n];
                }
                if (s.z) {
                    const double z = at(s.z, s.z_strides, mapChannel, t);
                    y *= z / (1 + std::exp(-z));
                }
                sums[(b * mapChannels + mapChannel) * s.length + t] += y;
            }
            for (int64_t n = 0; s.last_state && n < s.states; ++n) s.last_state[row + n] = float(h[n]);
        }
    const fk_scan_sequence_strides &by = s.y_strides;
    for (int64_t b = 0; b < s.batches; ++b)
        for (int64_t d = 0; d < mapChannels; ++d)
            for (int64_t t = 0; t < s.length; ++t)
                setAt(
                    s.y, s.storage, b * by.batch + d * by.channel + t * by.time,
                    float(sums[(b * mapChannels + d) * s.length + t]));
    return 0;
}
