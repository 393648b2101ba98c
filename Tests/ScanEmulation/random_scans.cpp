// Random scans by the CUDA kernels in emulation, forward and backward, against the references in double precision. Every
// array ends where its memory ends, so that a sanitizer sees the first access outside it.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <initializer_list>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "../../Sources/CScan/include/CScan.h"
#include "ScanEmulation.h"

namespace {

thread_local std::mt19937_64 engine;

/// What is wrong with a case.
struct Failure {
    std::string text;
};

int integer(int least, int most) { return std::uniform_int_distribution<int>(least, most)(engine); }
bool coin() { return integer(0, 1) == 1; }

std::vector<float> numbers(int64_t count, float least, float most) {
    std::uniform_real_distribution<float> values(least, most);
    std::vector<float> result(count);
    for (float &value : result) value = values(engine);
    return result;
}

uint16_t bitsOf(int storage, float x) {
    uint16_t half;
    if (storage == fk_cuda_f16) {
        const _Float16 value = _Float16(x);
        std::memcpy(&half, &value, 2);
        return half;
    }
    uint32_t bits;
    std::memcpy(&bits, &x, 4);
    return uint16_t((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

float numberOf(int storage, uint16_t half) {
    if (storage == fk_cuda_f16) {
        _Float16 value;
        std::memcpy(&value, &half, 2);
        return float(value);
    }
    const uint32_t bits = uint32_t(half) << 16;
    float x;
    std::memcpy(&x, &bits, 4);
    return x;
}

/// An array of up to four axes in memory of its own, of any layout and type.
class Array {
public:
    Array(int storage, std::vector<int64_t> sizes, std::vector<int> order, bool isReversed = false)
        : storage_(storage), sizes_(std::move(sizes)), strides_(sizes_.size()) {
        int64_t stride = 1;
        for (int axis : order) {
            strides_[axis] = stride;
            stride *= sizes_[axis];
        }
        count_ = stride;
        memory_.reset(new char[count_ * width()]);
        for (int64_t i = 0; i < count_; ++i) write(i, std::numeric_limits<float>::quiet_NaN());
        if (isReversed) {
            first_ = (sizes_.back() - 1) * strides_.back();
            strides_.back() *= -1;
        }
    }

    void fill(const std::vector<float> &rowMajor) {
        for (int64_t i = 0; i < count_; ++i) write(place(i), rowMajor[i]);
    }

    std::vector<float> values() const {
        std::vector<float> result(count_);
        for (int64_t i = 0; i < count_; ++i) {
            const int64_t at = place(i);
            if (storage_ == fk_cuda_f32) {
                std::memcpy(&result[i], memory_.get() + at * 4, 4);
            } else {
                uint16_t half;
                std::memcpy(&half, memory_.get() + at * 2, 2);
                result[i] = numberOf(storage_, half);
            }
        }
        return result;
    }

    fk_cuda_sequence sequence() const {
        return {memory_.get() + first_ * width(), strides_[0], strides_[1], int(strides_[2])};
    }

    fk_cuda_state_sequence states() const {
        if (sizes_.size() == 2) return {memory_.get(), 0, strides_[0], int(strides_[1]), 0};
        return {memory_.get() + first_ * width(), strides_[0], strides_[1], int(strides_[2]), int(strides_[3])};
    }

    std::vector<char> bytes() const { return {memory_.get(), memory_.get() + count_ * width()}; }

    float *floats() const { return reinterpret_cast<float *>(memory_.get()); }

private:
    int width() const { return storage_ == fk_cuda_f32 ? 4 : 2; }

    int64_t place(int64_t index) const {
        int64_t at = first_;
        for (size_t axis = sizes_.size(); axis-- > 0; index /= sizes_[axis])
            at += index % sizes_[axis] * strides_[axis];
        return at;
    }

    void write(int64_t at, float x) {
        if (storage_ == fk_cuda_f32) {
            std::memcpy(memory_.get() + at * 4, &x, 4);
        } else {
            const uint16_t half = bitsOf(storage_, x);
            std::memcpy(memory_.get() + at * 2, &half, 2);
        }
    }

    int storage_;
    std::vector<int64_t> sizes_, strides_;
    int64_t count_ = 1, first_ = 0;
    std::unique_ptr<char[]> memory_;
};

struct Comparison {
    std::string name;
    std::vector<float> found, expected;
    double tolerance;
};

class Case {
public:
    void run() {
        worst_ = 0;
        choose();
        std::vector<Comparison> comparisons;
        compute(comparisons);
        for (const Comparison &comparison : comparisons) {
            double scale = 1e-20, worst = 0;
            for (float x : comparison.expected) scale = std::max(scale, double(std::fabs(x)));
            for (size_t i = 0; i < comparison.expected.size(); ++i) {
                const double difference = std::fabs(double(comparison.found[i]) - comparison.expected[i]) / scale;
                if (!(difference <= worst)) worst = difference;
            }
            if (!(worst <= comparison.tolerance)) fail(comparison.name + " differs by " + std::to_string(worst));
            worst_ = std::max(worst_, worst / comparison.tolerance);
        }
    }

    double worst() const { return worst_; }

private:
    void choose() {
        storage = coin() ? fk_cuda_f32 : integer(0, 2);
        paths = coin() ? 1 : integer(2, 4);
        isConstant = integer(0, 5) == 0;
        const int groupsOfPath = coin() ? 1 : integer(1, 3);
        mapChannels = groupsOfPath * (coin() ? integer(1, 5) : integer(1, 40));
        channels = paths * mapChannels;
        groups = isConstant ? channels : paths * groupsOfPath;
        batches = integer(1, 2);
        states = integer(0, 5) == 0 ? integer(1, 256) : coin() ? (coin() ? 8 : 16) : integer(1, 40);
        length = coin() ? integer(1, 100) : integer(1, 700);
        while (int64_t(batches) * channels * states * length > 400000) {
            if (length > 40)
                length /= 2;
            else
                states = (states + 1) / 2;
        }
        isChannelsLast = coin();
        areStatesLast = coin();
        isReversed = paths == 1 && coin();
        hasSkip = coin();
        hasBias = coin();
        hasGate = coin();
        hasInitial = coin();
        hasSoftplus = coin();
        hasLastGradient = coin();
        multiprocessors = coin() ? 132 : integer(1, 8);
    }

    std::string describe() const {
        std::string text;
        const auto add = [&](const char *name, int value) {
            text += std::string(name) + " " + std::to_string(value) + " ";
        };
        add("storage", storage), add("paths", paths), add("constant", isConstant), add("batches", batches);
        add("channels", channels), add("groups", groups), add("states", states), add("length", length);
        add("channels last", isChannelsLast), add("states last", areStatesLast), add("reversed", isReversed);
        add("D", hasSkip), add("bias", hasBias), add("z", hasGate), add("h0", hasInitial), add("softplus", hasSoftplus);
        add("multiprocessors", multiprocessors);
        return text;
    }

    Array sequence(int ofChannels) const {
        return Array(
            storage, {batches, ofChannels, length}, isChannelsLast ? std::vector{1, 2, 0} : std::vector{2, 1, 0},
            isReversed);
    }

    Array parameter(int type) const {
        if (isConstant) return Array(type, {channels, states}, {1, 0});
        return Array(
            type, {batches, groups, states, length}, areStatesLast ? std::vector{2, 1, 3, 0} : std::vector{3, 2, 1, 0},
            isReversed);
    }

    /// Numbers as the storage can hold them.
    std::vector<float> stored(std::vector<float> values) const {
        if (storage != fk_cuda_f32)
            for (float &value : values) value = numberOf(storage, bitsOf(storage, value));
        return values;
    }

    /// (batch, map channel, pixel) or (batch, channel, pixel) in the order of the paths' tokens, for all channels.
    std::vector<float> alongPaths(const std::vector<float> &map, int ofChannels) const {
        std::vector<float> result;
        for (int b = 0; b < batches; ++b)
            for (int c = 0; c < channels; ++c)
                for (int t = 0; t < length; ++t)
                    result.push_back(
                        map[(int64_t(b) * ofChannels + c % ofChannels) * length + pixel(c / mapChannels, t)]);
        return result;
    }

    /// (batch, group, state, pixel) in the order of tokens.
    std::vector<float> statesAlongPaths(const std::vector<float> &map) const {
        if (isConstant) return map;
        std::vector<float> result;
        for (int b = 0; b < batches; ++b)
            for (int g = 0; g < groups; ++g)
                for (int n = 0; n < states; ++n)
                    for (int t = 0; t < length; ++t)
                        result.push_back(
                            map[((int64_t(b) * groups + g) * states + n) * length + pixel(g / (groups / paths), t)]);
        return result;
    }

    /// Adds what lies in the order of tokens to a map of channels.
    std::vector<float> toMap(const std::vector<float> &tokens, int ofChannels) const {
        std::vector<double> sums(int64_t(batches) * ofChannels * length);
        int64_t index = 0;
        for (int b = 0; b < batches; ++b)
            for (int c = 0; c < channels; ++c)
                for (int t = 0; t < length; ++t)
                    sums[(int64_t(b) * ofChannels + c % ofChannels) * length + pixel(c / mapChannels, t)] +=
                        tokens[index++];
        return std::vector<float>(sums.begin(), sums.end());
    }

    std::vector<float> statesToMap(const std::vector<float> &tokens) const {
        if (isConstant) return tokens;
        std::vector<float> result(tokens.size());
        int64_t index = 0;
        for (int b = 0; b < batches; ++b)
            for (int g = 0; g < groups; ++g)
                for (int n = 0; n < states; ++n)
                    for (int t = 0; t < length; ++t)
                        result[((int64_t(b) * groups + g) * states + n) * length + pixel(g / (groups / paths), t)] =
                            tokens[index++];
        return result;
    }

    int pixel(int path, int t) const { return paths == 1 ? t : pixels[int64_t(path) * length + t]; }

    /// Runs a scan in both orders, which must give the same bits.
    void emulate(const fk_cuda_scan &scan, const fk_cuda_limits &limits, std::initializer_list<Array *> outputs) const {
        char message[1000];
        std::vector<std::vector<char>> once;
        for (bool runsBackwards : {true, false}) {
            if (!fk_emulate_scan(&scan, &limits, runsBackwards, message, sizeof message)) fail(message);
            if (runsBackwards)
                for (const Array *output : outputs) once.push_back(output->bytes());
        }
        size_t index = 0;
        for (const Array *output : outputs)
            if (output->bytes() != once[index++]) fail("the result depends on the order of the warps");
    }

    void compute(std::vector<Comparison> &comparisons) {
        pixels.clear();
        for (int k = 0; paths > 1 && k < paths; ++k) {
            std::vector<int> order(length);
            std::iota(order.begin(), order.end(), 0);
            std::shuffle(order.begin(), order.end(), engine);
            pixels.insert(pixels.end(), order.begin(), order.end());
        }
        const int64_t map = int64_t(batches) * mapChannels * length, all = int64_t(batches) * channels * length;
        const int64_t rows = int64_t(batches) * channels * states;
        const int64_t parameters =
            isConstant ? int64_t(channels) * states : int64_t(batches) * groups * states * length;
        const auto u = stored(numbers(map, -1, 1)), z = stored(numbers(map, -4, 4)), dy = stored(numbers(map, -1, 1));
        const auto delta = stored(hasSoftplus ? numbers(all, -3, 2) : numbers(all, 0.02f, 1.5f));
        const auto B = stored(numbers(parameters, -1, 1)), C = stored(numbers(parameters, -1, 1));
        auto A = numbers(int64_t(channels) * states, -6, -0.05f), D = numbers(channels, -1, 1),
             bias = numbers(channels, 0, 0.5f);
        auto initial = numbers(rows, -1, 1), dLast = numbers(rows, -1, 1);

        // As the references see it: tokens in the order of time, one path after the other.
        auto tokenU = alongPaths(u, mapChannels), tokenZ = alongPaths(z, mapChannels),
             tokenDy = alongPaths(dy, mapChannels);
        auto tokenDelta = alongPaths(delta, channels), tokenB = statesAlongPaths(B), tokenC = statesAlongPaths(C);
        std::vector<float> y(all), last(rows);
        fk_scan_arguments a{};
        const fk_scan_sequence_strides by{int64_t(channels) * length, length, 1};
        const fk_scan_state_strides stateBy =
            isConstant ? fk_scan_state_strides{0, states, 1, 0}
                       : fk_scan_state_strides{int64_t(groups) * states * length, int64_t(states) * length, length, 1};
        a.batches = batches, a.channels = channels, a.groups = groups, a.states = states, a.length = length;
        a.u = tokenU.data(), a.delta = tokenDelta.data(), a.A = A.data(), a.B = tokenB.data(), a.C = tokenC.data();
        a.u_strides = a.delta_strides = a.z_strides = a.y_strides = by;
        a.B_strides = a.C_strides = stateBy;
        a.D = hasSkip ? D.data() : nullptr, a.delta_bias = hasBias ? bias.data() : nullptr;
        a.z = hasGate ? tokenZ.data() : nullptr, a.initial_state = hasInitial ? initial.data() : nullptr;
        a.delta_softplus = hasSoftplus, a.y = y.data(), a.last_state = last.data();
        std::vector<float> du(all), dDelta(all), dz(all), dA(A.size()), dB(parameters), dC(parameters), dD(channels),
            dBias(channels), dInitial(rows);
        fk_scan_gradients g{};
        g.dy = tokenDy.data(), g.dlast_state = hasLastGradient ? dLast.data() : nullptr;
        g.du = du.data(), g.ddelta = dDelta.data(), g.dz = hasGate ? dz.data() : nullptr;
        g.dy_strides = g.du_strides = g.ddelta_strides = g.dz_strides = by;
        g.dA = dA.data(), g.dB = dB.data(), g.dC = dC.data(), g.dD = dD.data(), g.ddelta_bias = dBias.data();
        g.dB_strides = g.dC_strides = stateBy, g.dinitial_state = dInitial.data();
        char message[1000];
        if (fk_scan_reference(&a, message, sizeof message) ||
            fk_scan_reference_backward(&a, &g, message, sizeof message))
            fail(message);

        // As the kernels see it.
        Array deviceU = sequence(mapChannels), deviceZ = sequence(mapChannels), deviceDy = sequence(mapChannels);
        Array deviceDelta = sequence(channels), deviceB = parameter(storage), deviceC = parameter(storage);
        deviceU.fill(u), deviceZ.fill(z), deviceDy.fill(dy), deviceDelta.fill(delta), deviceB.fill(B), deviceC.fill(C);
        Array outY = sequence(mapChannels), outDu = sequence(mapChannels), outDz = sequence(mapChannels),
              outDelta = sequence(channels);
        Array outB = parameter(fk_cuda_f32), outC = parameter(fk_cuda_f32);
        Array outLast(fk_cuda_f32, {rows}, {0}), outA(fk_cuda_f32, {int64_t(A.size())}, {0}),
            outD(fk_cuda_f32, {channels}, {0});
        Array outBias(fk_cuda_f32, {channels}, {0}), outInitial(fk_cuda_f32, {rows}, {0});
        fk_cuda_scan scan{};
        const fk_cuda_limits limits{multiprocessors, 232448};
        fk_cuda_scan_parameters &p = scan.operands;
        scan.storage = storage, scan.is_constant = isConstant;
        p.batches = batches, p.channels = channels, p.groups = groups, p.states = states, p.length = length,
        p.paths = paths;
        p.is_softplus = hasSoftplus, p.pixels = paths > 1 ? pixels.data() : nullptr;
        p.u = deviceU.sequence(), p.delta = deviceDelta.sequence(), p.y = outY.sequence();
        if (hasGate) p.z = deviceZ.sequence();
        p.B = deviceB.states(), p.C = deviceC.states(), p.A = A.data();
        p.D = a.D, p.delta_bias = a.delta_bias, p.initial_state = a.initial_state, p.last_state = outLast.floats();
        const int interval = fk_cuda_checkpoint_interval(&scan, &limits);
        Array checkpoints(fk_cuda_f32, {rows, (length + interval - 1) / interval}, {0, 1});
        p.checkpoints = checkpoints.floats();
        emulate(scan, limits, {&outY, &outLast, &checkpoints});

        scan.is_backward = true;
        p.dy = deviceDy.sequence(), p.du = outDu.sequence(), p.ddelta = outDelta.sequence();
        if (hasGate) p.dz = outDz.sequence();
        p.dlast_state = g.dlast_state, p.dB = outB.states(), p.dC = outC.states(), p.dA = outA.floats();
        p.dD = outD.floats(), p.ddelta_bias = outBias.floats(), p.dinitial_state = outInitial.floats();
        emulate(scan, limits, {&outDu, &outDelta, &outDz, &outA, &outB, &outC, &outD, &outBias, &outInitial});

        const double rounding = storage == fk_cuda_f32 ? 0 : storage == fk_cuda_bf16 ? 0x1p-8 : 0x1p-11;
        // Sums over many tokens may cancel.
        const double exact = 1e-5, summed = 1e-4;
        comparisons.push_back({"y", outY.values(), toMap(y, mapChannels), exact + rounding});
        comparisons.push_back({"last state", outLast.values(), last, exact});
        comparisons.push_back({"du", outDu.values(), toMap(du, mapChannels), exact + rounding});
        comparisons.push_back({"ddelta", outDelta.values(), toMap(dDelta, channels), exact + rounding});
        if (hasGate) comparisons.push_back({"dz", outDz.values(), toMap(dz, mapChannels), exact + rounding});
        comparisons.push_back({"dA", outA.values(), dA, summed});
        comparisons.push_back({"dB", outB.values(), statesToMap(dB), isConstant ? summed : exact});
        comparisons.push_back({"dC", outC.values(), statesToMap(dC), isConstant ? summed : exact});
        comparisons.push_back({"dD", outD.values(), dD, summed});
        comparisons.push_back({"ddelta bias", outBias.values(), dBias, summed});
        comparisons.push_back({"dinitial state", outInitial.values(), dInitial, exact});
    }

    [[noreturn]] void fail(const std::string &reason) const { throw Failure{describe() + ": " + reason}; }

    int storage, paths, mapChannels, channels, groups, batches, states, length, multiprocessors;
    bool isConstant, isChannelsLast, areStatesLast, isReversed, hasSkip, hasBias, hasGate, hasInitial, hasSoftplus,
        hasLastGradient;
    std::vector<int> pixels;
    double worst_ = 0;
};

}  // namespace

double fk_emulate_random_scan(uint64_t seed, char *message, size_t capacity) {
    engine.seed(seed);
    Case random;
    try {
        random.run();
        return random.worst();
    } catch (const Failure &failure) {
        std::snprintf(message, capacity, "%s", failure.text.c_str());
        return INFINITY;
    }
}
