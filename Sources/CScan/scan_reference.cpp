#include "CScan.h"

#include <cmath>

int32_t fk_scan_reference(const fk_scan_arguments *arguments, char *message, size_t capacity) {
    if (int32_t violations = fk_scan_check(arguments, message, capacity)) return violations;
    const fk_scan_arguments &s = *arguments;
    for (int64_t b = 0; b < s.batches; ++b)
        for (int64_t d = 0; d < s.channels; ++d) {
            const int64_t g = d / (s.channels / s.groups), row = (b * s.channels + d) * s.states;
            const auto at = [b, d](const auto *data, const fk_scan_sequence_strides &strides, int64_t t) -> auto & {
                return data[b * strides.batch + d * strides.channel + t * strides.time];
            };
            const auto parameter = [b, g](const float *data, const fk_scan_state_strides &by, int64_t n, int64_t t) {
                return double(data[b * by.batch + g * by.group + n * by.state + t * by.time]);
            };
            double h[256];
            for (int64_t n = 0; n < s.states; ++n) h[n] = s.initial_state ? s.initial_state[row + n] : 0.0;
            for (int64_t t = 0; t < s.length; ++t) {
                const double u = at(s.u, s.u_strides, t);
                double dt = double(at(s.delta, s.delta_strides, t)) + (s.delta_bias ? s.delta_bias[d] : 0.0);
                if (s.delta_softplus && dt <= 20) dt = std::log1p(std::exp(dt));
                double y = s.D ? s.D[d] * u : 0.0;
                for (int64_t n = 0; n < s.states; ++n) {
                    h[n] = std::exp(dt * s.A[d * s.states + n]) * h[n] + dt * parameter(s.B, s.B_strides, n, t) * u;
                    y += parameter(s.C, s.C_strides, n, t) * h[n];
                }
                if (s.z) {
                    const double z = at(s.z, s.z_strides, t);
                    y *= z / (1 + std::exp(-z));
                }
                const fk_scan_sequence_strides &strides = s.y_strides;
                s.y[b * strides.batch + d * strides.channel + t * strides.time] = float(y);
            }
            for (int64_t n = 0; s.last_state && n < s.states; ++n) s.last_state[row + n] = float(h[n]);
        }
    return 0;
}
