#include "scan_internal.h"

#include <cmath>
#include <vector>

using namespace fusionkit;

namespace {

/// The sums of dB or dC in double precision, with one element where strides of 0 ask for a sum.
struct StateSums {
    StateSums(const fk_scan_arguments &s, const fk_scan_state_strides &by)
        : s(s), by(by), values(s.batches * s.groups * s.states * s.length) {}

    double &at(int64_t b, int64_t g, int64_t n, int64_t t) {
        return values[(((by.batch ? b : 0) * s.groups + g) * s.states + n) * s.length + (by.time ? t : 0)];
    }

    void write(void *to) {
        for (int64_t b = 0; to && b < s.batches; ++b)
            for (int64_t g = 0; g < s.groups; ++g)
                for (int64_t n = 0; n < s.states; ++n)
                    for (int64_t t = 0; t < s.length; ++t)
                        setAt(
                            to, s.storage, b * by.batch + g * by.group + n * by.state + t * by.time,
                            float(at(b, g, n, t)));
    }

    const fk_scan_arguments &s;
    const fk_scan_state_strides &by;
    std::vector<double> values;
};

/// The gradient of an array of the map in double precision, a sum over paths.
struct MapSums {
    MapSums(const fk_scan_arguments &s, const fk_scan_sequence_strides &by)
        : by(by),
          storage(s.storage),
          channels(s.channels / pathCount(s)),
          length(s.length),
          values(s.batches * channels * length) {}

    double &at(int64_t b, int64_t d, int64_t t) { return values[(b * channels + d) * length + t]; }

    void write(void *to) {
        for (size_t i = 0; to && i < values.size(); ++i) {
            const int64_t row = int64_t(i) / length, t = int64_t(i) % length;
            const int64_t place = row / channels * by.batch + row % channels * by.channel + t * by.time;
            setAt(to, storage, place, float(values[i]));
        }
    }

    const fk_scan_sequence_strides &by;
    fk_scan_storage storage;
    int64_t channels, length;
    std::vector<double> values;
};

void write(const std::vector<double> &sums, float *to) {
    for (size_t i = 0; to && i < sums.size(); ++i) to[i] = float(sums[i]);
}

}  // namespace

int32_t fk_scan_reference_backward(
    const fk_scan_arguments *arguments, const fk_scan_gradients *gradients, char *message, size_t capacity) {
    if (int32_t violations = fk_scan_check_backward(arguments, gradients, message, capacity)) return violations;
    const fk_scan_arguments &s = *arguments;
    const fk_scan_gradients &to = *gradients;
    const int64_t N = s.states;
    StateSums dB(s, to.dB_strides), dC(s, to.dC_strides);
    MapSums du(s, to.du_strides), dz(s, to.dz_strides);
    const int64_t mapChannels = s.channels / pathCount(s);
    std::vector<double> dA(s.channels * N), dD(s.channels), dbias(s.channels), h((s.length + 1) * N), carry(N);
    std::vector<double> dt(s.length), slope(s.length, 1.0);
    for (int64_t b = 0; b < s.batches; ++b)
        for (int64_t d = 0; d < s.channels; ++d) {
            const int64_t g = d / (s.channels / s.groups), row = (b * s.channels + d) * N;
            const int64_t path = d / mapChannels, mapChannel = d % mapChannels;
            const auto at = [&](const void *data, const fk_scan_sequence_strides &by, int64_t channel, int64_t t) {
                return double(numberAt(data, s.storage, b * by.batch + channel * by.channel + t * by.time));
            };
            const auto pixel = [&s, path](int64_t token) {
                return s.pixels ? int64_t(s.pixels[path * s.length + token]) : token;
            };
            const auto parameter = [&](const void *data, const fk_scan_state_strides &by, int64_t n, int64_t t) {
                return double(numberAt(data, s.storage, b * by.batch + g * by.group + n * by.state + t * by.time));
            };
            for (int64_t n = 0; n < N; ++n) h[n] = s.initial_state ? s.initial_state[row + n] : 0.0;
            for (int64_t t = 0; t < s.length; ++t) {
                const int64_t p = pixel(t);
                const double x = double(at(s.delta, s.delta_strides, d, p)) + (s.delta_bias ? s.delta_bias[d] : 0.0);
                dt[t] = s.delta_softplus && x <= 20 ? std::log1p(std::exp(x)) : x;
                slope[t] = s.delta_softplus && x <= 20 ? 1 / (1 + std::exp(-x)) : 1.0;
                const double driven = dt[t] * at(s.u, s.u_strides, mapChannel, p);
                for (int64_t n = 0; n < N; ++n)
                    h[(t + 1) * N + n] = std::exp(dt[t] * s.A[d * N + n]) * h[t * N + n] +
                                         driven * parameter(s.B, s.B_strides, n, p);
            }
            for (int64_t n = 0; n < N; ++n) carry[n] = to.dlast_state ? to.dlast_state[row + n] : 0.0;
            for (int64_t t = s.length - 1; t >= 0; --t) {
                const int64_t p = pixel(t);
                const double u = at(s.u, s.u_strides, mapChannel, p), skip = s.D ? s.D[d] : 0.0;
                const double z = s.z ? at(s.z, s.z_strides, mapChannel, p) : 0.0, sigmoid = 1 / (1 + std::exp(-z));
                const double dy = at(to.dy, to.dy_strides, mapChannel, p), doutput = s.z ? dy * z * sigmoid : dy;
                double output = skip * u, dinput = 0, ddt = 0;
                for (int64_t n = 0; n < N; ++n) {
                    const double A = s.A[d * N + n], C = parameter(s.C, s.C_strides, n, p), now = h[(t + 1) * N + n];
                    const double dstate = C * doutput + carry[n];
                    output += C * now;
                    dC.at(b, g, n, p) += doutput * now;
                    dB.at(b, g, n, p) += dstate * dt[t] * u;
                    dinput += dstate * parameter(s.B, s.B_strides, n, p);
                    carry[n] = std::exp(dt[t] * A) * dstate;
                    ddt += A * carry[n] * h[t * N + n];
                    dA[d * N + n] += dt[t] * carry[n] * h[t * N + n];
                }
                const double ddelta = (ddt + u * dinput) * slope[t];
                dD[d] += doutput * u;
                dbias[d] += ddelta;
                du.at(b, mapChannel, p) += dt[t] * dinput + skip * doutput;
                const fk_scan_sequence_strides &by = to.ddelta_strides;
                if (to.ddelta)
                    setAt(to.ddelta, s.storage, b * by.batch + d * by.channel + p * by.time, float(ddelta));
                dz.at(b, mapChannel, p) += dy * output * sigmoid * (1 + z * (1 - sigmoid));
            }
            for (int64_t n = 0; to.dinitial_state && n < N; ++n) to.dinitial_state[row + n] = float(carry[n]);
        }
    du.write(to.du);
    dz.write(to.dz);
    dB.write(to.dB);
    dC.write(to.dC);
    write(dA, to.dA);
    write(dD, to.dD);
    write(dbias, to.ddelta_bias);
    return 0;
}
