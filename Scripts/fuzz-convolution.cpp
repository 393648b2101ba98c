// Random causal convolutions, forward and backward, on one thread and on several, against plain loops in double
// precision. Every array ends where its memory ends, so that a sanitizer sees the first access outside it.

#include "../Sources/CScan/include/CScan.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <random>
#include <thread>
#include <vector>

namespace {

std::mt19937_64 engine;

int64_t integer(int64_t least, int64_t most) { return std::uniform_int_distribution<int64_t>(least, most)(engine); }
bool coin() { return integer(0, 1) == 1; }

std::vector<float> numbers(int64_t count) {
    std::uniform_real_distribution<float> values(-2, 2);
    std::vector<float> result(count);
    for (float &value : result) value = values(engine);
    return result;
}

void threads(void *, int64_t count, void (*body)(void *, int64_t, int64_t), void *context) {
    std::vector<std::thread> workers;
    for (int64_t i = 0; i < 3; ++i)
        workers.emplace_back([=] { body(context, count * i / 3, count * (i + 1) / 3); });
    for (std::thread &worker : workers) worker.join();
}

struct Case {
    int64_t batches = integer(1, 2), paths = coin() ? 1 : integer(1, 4), channels = integer(1, 40);
    int64_t length = integer(1, 300), taps = integer(1, fk_convolution_most_taps);
    bool hasPixels = paths > 1 || coin(), hasBias = coin(), silu = coin();
    int64_t all = paths * channels;
    std::vector<float> input = numbers(batches * length * channels), weight = numbers(all * taps), bias = numbers(all);
    std::vector<float> doutput = numbers(batches * length * all);
    std::vector<int32_t> pixels, positions;

    Case() {
        for (int64_t path = 0; path < paths; ++path) {
            std::vector<int32_t> order(length), inverse(length);
            std::iota(order.begin(), order.end(), 0);
            if (hasPixels) std::shuffle(order.begin(), order.end(), engine);
            for (int64_t t = 0; t < length; ++t) inverse[order[t]] = int32_t(t);
            pixels.insert(pixels.end(), order.begin(), order.end());
            positions.insert(positions.end(), inverse.begin(), inverse.end());
        }
    }
};

struct Results {
    std::vector<float> output, dinput, dweight, dbias;
};

Results byKernel(const Case &c, fk_scan_parallel_for parallel) {
    Results r{
        std::vector<float>(c.batches * c.length * c.all), std::vector<float>(c.input.size()),
        std::vector<float>(c.weight.size()), std::vector<float>(c.all)};
    std::vector<float> workspace(c.batches * c.length * c.all);
    fk_convolution_arguments a{};
    a.batches = c.batches, a.paths = c.paths, a.channels = c.channels, a.length = c.length, a.taps = c.taps;
    if (c.hasPixels) a.pixels = c.pixels.data(), a.positions = c.positions.data();
    a.input = c.input.data(), a.input_batch = c.length * c.channels, a.input_token = c.channels;
    a.weight = c.weight.data(), a.bias = c.hasBias ? c.bias.data() : nullptr, a.silu = c.silu;
    a.output = r.output.data(), a.output_batch = c.length * c.all, a.output_token = c.all;
    fk_causal_convolution(&a, parallel, nullptr);
    fk_convolution_gradients g{};
    g.doutput = c.doutput.data(), g.doutput_batch = c.length * c.all, g.doutput_token = c.all;
    g.dinput = r.dinput.data(), g.dinput_batch = c.length * c.channels, g.dinput_token = c.channels;
    g.dweight = r.dweight.data(), g.dbias = r.dbias.data(), g.workspace = workspace.data();
    if (!fk_causal_convolution_backward(&a, &g, parallel, nullptr)) std::exit(2);
    return r;
}

struct Sums {
    std::vector<double> output, dinput, dweight, dbias;
};

Sums byLoops(const Case &c) {
    Sums r{
        std::vector<double>(c.batches * c.length * c.all), std::vector<double>(c.input.size()),
        std::vector<double>(c.weight.size()), std::vector<double>(c.all)};
    for (int64_t b = 0; b < c.batches; ++b)
        for (int64_t row = 0; row < c.all; ++row)
            for (int64_t t = 0; t < c.length; ++t) {
                const int32_t *const order = &c.pixels[row / c.channels * c.length];
                const auto from = [&](int64_t token) {
                    return (b * c.length + order[token]) * c.channels + row % c.channels;
                };
                double sum = c.hasBias ? c.bias[row] : 0;
                for (int64_t j = std::max<int64_t>(0, c.taps - 1 - t); j < c.taps; ++j)
                    sum += double(c.weight[row * c.taps + j]) * c.input[from(t - c.taps + 1 + j)];
                const double sigmoid = 1 / (1 + std::exp(-sum));
                const int64_t to = (b * c.length + order[t]) * c.all + row;
                r.output[to] = c.silu ? sum * sigmoid : sum;
                const double gradient =
                    c.doutput[to] * (c.silu ? sigmoid * (1 + sum * (1 - sigmoid)) : 1.0);
                for (int64_t j = std::max<int64_t>(0, c.taps - 1 - t); j < c.taps; ++j) {
                    r.dinput[from(t - c.taps + 1 + j)] += gradient * c.weight[row * c.taps + j];
                    r.dweight[row * c.taps + j] += gradient * c.input[from(t - c.taps + 1 + j)];
                }
                r.dbias[row] += gradient;
            }
    return r;
}

bool agree(const char *name, const std::vector<float> &values, const std::vector<double> &expected) {
    double largest = 1, difference = 0;
    for (size_t i = 0; i < values.size(); ++i) {
        largest = std::max(largest, std::abs(expected[i]));
        const double error = std::abs(values[i] - expected[i]);
        difference = std::isnan(error) ? INFINITY : std::max(difference, error);
    }
    if (difference <= 4e-6 * largest) return true;
    std::printf("%s: off by %g, largest value %g\n", name, difference, largest);
    return false;
}

bool check(const Case &c) {
    const Results one = byKernel(c, nullptr), several = byKernel(c, threads);
    const Sums expected = byLoops(c);
    const bool isSame = one.output == several.output && one.dinput == several.dinput &&
                        one.dweight == several.dweight && one.dbias == several.dbias;
    if (!isSame) std::printf("several threads give another result than one\n");
    return agree("output", one.output, expected.output) && agree("dinput", one.dinput, expected.dinput) &&
           agree("dweight", one.dweight, expected.dweight) && agree("dbias", one.dbias, expected.dbias) && isSame;
}

}  // namespace

int main(int count, char **words) {
    const int cases = count > 1 ? std::atoi(words[1]) : 100;
    for (int index = 0; index < cases; ++index) {
        engine.seed(index);
        const Case c;
        if (check(c)) continue;
        std::printf(
            "case %d: batches %lld, paths %lld, channels %lld, length %lld, taps %lld\n", index, (long long)c.batches,
            (long long)c.paths, (long long)c.channels, (long long)c.length, (long long)c.taps);
        return 1;
    }
    std::printf("%d random convolutions agree with plain loops\n", cases);
}
