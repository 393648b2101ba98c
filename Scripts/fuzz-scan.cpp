// Random scans, forward and backward, on every instruction set of this machine and on several threads, against the
// references. Every array ends where its memory ends, so that a sanitizer sees the first access outside it.

#include "CScan.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

std::mt19937_64 engine;

int64_t integer(int64_t least, int64_t most) { return std::uniform_int_distribution<int64_t>(least, most)(engine); }
bool coin() { return integer(0, 1) == 1; }

/// Arrays of random numbers, alive as long as the case they are made for.
class Memory {
public:
    float *make(int64_t count, float least, float most) {
        std::uniform_real_distribution<float> values(least, most);
        blocks_.emplace_back(new float[count]);
        for (int64_t i = 0; i < count; ++i) blocks_.back()[i] = values(engine);
        return blocks_.back().get();
    }

private:
    std::vector<std::unique_ptr<float[]>> blocks_;
};

struct Sequence {
    float *data;
    fk_scan_sequence_strides strides;
};

struct Parameter {
    float *data;
    fk_scan_state_strides strides;
};

/// One scan. Its results lie in arrays that all layouts have in common: (batch, channel, time) and so on.
struct Case {
    fk_scan_arguments a{};
    fk_scan_gradients g{};
    Memory memory;
    std::vector<std::pair<std::string, std::pair<float *, int64_t>>> results;

    Case() {
        a.groups = integer(1, 4);
        a.channels = a.groups * integer(1, 24);
        a.batches = integer(1, 3);
        a.states = coin() ? integer(1, 20) : integer(1, 256);
        a.length = integer(1, 150);
        a.delta_softplus = coin();
        const bool tokens = coin(), isReversed = coin();
        const auto input = [&](float least, float most) { return sequence(least, most, tokens, isReversed); };
        const int64_t stateCount = a.batches * a.channels * a.states;
        set(a.u, a.u_strides, input(-1, 1));
        set(a.delta, a.delta_strides, a.delta_softplus ? input(-3, 2) : input(0.02f, 1.5f));
        if (coin()) set(a.z, a.z_strides, input(-4, 4));
        const int form = int(integer(0, 3));
        set(a.B, a.B_strides, parameter(-1, 1, form));
        set(a.C, a.C_strides, parameter(-1, 1, form));
        a.A = memory.make(a.channels * a.states, -6, -0.05f);
        if (coin()) a.D = memory.make(a.channels, -1, 1);
        if (coin()) a.delta_bias = memory.make(a.channels, 0, 0.5f);
        if (coin()) a.initial_state = memory.make(stateCount, -1, 1);
        set(g.dy, g.dy_strides, input(-1, 1));
        if (coin()) g.dlast_state = memory.make(stateCount, -1, 1);

        set(a.y, a.y_strides, output("y", tokens, isReversed));
        a.last_state = keep("last state", stateCount);
        set(g.du, g.du_strides, output("du", tokens, isReversed));
        set(g.ddelta, g.ddelta_strides, output("ddelta", tokens, isReversed));
        if (a.z) set(g.dz, g.dz_strides, output("dz", tokens, isReversed));
        set(g.dB, g.dB_strides, parameter(0, 0, form, "dB"));
        set(g.dC, g.dC_strides, parameter(0, 0, form, "dC"));
        g.dA = keep("dA", a.channels * a.states);
        g.dD = keep("dD", a.channels);
        g.ddelta_bias = keep("ddelta_bias", a.channels);
        g.dinitial_state = keep("dinitial_state", stateCount);
    }

    float *keep(const char *name, int64_t count) {
        float *data = memory.make(count, 0, 0);
        results.push_back({name, {data, count}});
        return data;
    }

    template <typename Pointer, typename Strides, typename Array>
    static void set(Pointer &pointer, Strides &strides, const Array &array) {
        pointer = array.data;
        strides = array.strides;
    }

    Sequence place(float *data, bool tokens, bool isReversed) const {
        fk_scan_sequence_strides by{a.channels * a.length, tokens ? 1 : a.length, tokens ? a.channels : 1};
        if (!isReversed) return {data, by};
        by.time = -by.time;
        return {data - (a.length - 1) * by.time, by};
    }

    Sequence sequence(float least, float most, bool tokens, bool isReversed) {
        return place(memory.make(a.batches * a.channels * a.length, least, most), tokens, isReversed);
    }

    Sequence output(const char *name, bool tokens, bool isReversed) {
        return place(keep(name, a.batches * a.channels * a.length), tokens, isReversed);
    }

    /// Forms: time last, states last, constant in time, constant in batch.
    Parameter parameter(float least, float most, int form, const char *name = nullptr) {
        const int64_t times = form == 2 ? 1 : a.length, batches = form == 3 ? 1 : a.batches;
        const int64_t count = batches * a.groups * a.states * times;
        float *data = name ? keep(name, count) : memory.make(count, least, most);
        if (form == 1) return {data, {a.groups * a.states * times, a.states, 1, a.groups * a.states}};
        return {data,
                {form == 3 ? 0 : a.groups * a.states * times, a.states * times, times, form == 2 ? int64_t(0) : 1}};
    }
};

void onThreads(void *context, int64_t count, void (*body)(void *, int64_t, int64_t), void *bodyContext) {
    const int64_t parts = *static_cast<int *>(context);
    std::vector<std::thread> threads;
    for (int64_t part = 0; part < parts; ++part) {
        const int64_t begin = count * part / parts, end = count * (part + 1) / parts;
        if (begin < end) threads.emplace_back(body, bodyContext, begin, end);
    }
    for (std::thread &thread : threads) thread.join();
}

using Results = std::vector<std::vector<float>>;

Results take(Case &c) {
    Results results;
    for (auto &[name, array] : c.results) {
        results.emplace_back(array.first, array.first + array.second);
        std::fill_n(array.first, array.second, 777.0f);
    }
    return results;
}

void stop(const Case &c, const char *instructionSet, const std::string &what) {
    std::fprintf(stderr, "batches %lld channels %lld groups %lld states %lld length %lld, %s: %s\n",
                 (long long)c.a.batches, (long long)c.a.channels, (long long)c.a.groups, (long long)c.a.states,
                 (long long)c.a.length, instructionSet, what.c_str());
    std::exit(1);
}

void compare(const Case &c, const char *instructionSet, const Results &found, const Results &expected) {
    for (size_t i = 0; i < found.size(); ++i) {
        double scale = 1e-30, worst = 0;
        for (float value : expected[i]) scale = std::fmax(scale, std::fabs(value));
        for (size_t k = 0; k < found[i].size(); ++k) {
            const double difference = std::fabs(double(found[i][k]) - expected[i][k]) / scale;
            if (!(difference <= worst)) worst = difference;
        }
        if (!(worst <= 2e-5))
            stop(c, instructionSet,
                 c.results[i].first + " is off by " + std::to_string(worst) + " of its largest value");
    }
}

void check(Case &c) {
    char message[500];
    if (fk_scan_reference(&c.a, message, sizeof message) ||
        fk_scan_reference_backward(&c.a, &c.g, message, sizeof message))
        stop(c, "reference", message);
    const Results expected = take(c);
    for (int32_t index = 0; const char *name = fk_scan_instruction_set_at(index); ++index) {
        c.a.instruction_set = name;
        Results alone;
        for (int parts : {1, 2, 3, 5}) {
            const int64_t tiles = (c.a.length + fk_scan_checkpoint_interval - 1) / fk_scan_checkpoint_interval;
            const std::unique_ptr<float[]> checkpoints(new float[c.a.batches * tiles * c.a.channels * c.a.states]);
            c.a.checkpoints = parts % 2 == 0 ? checkpoints.get() : nullptr;
            if (fk_scan_forward(&c.a, onThreads, &parts, message, sizeof message) ||
                fk_scan_backward(&c.a, &c.g, onThreads, &parts, message, sizeof message))
                stop(c, name, message);
            const Results found = take(c);
            if (parts == 1) compare(c, name, alone = found, expected);
            if (found != alone) stop(c, name, "the bits change with " + std::to_string(parts) + " threads");
        }
    }
    c.a.checkpoints = nullptr;
    c.a.instruction_set = nullptr;
}

}  // namespace

int main(int count, char **words) {
    const int cases = count > 1 ? std::atoi(words[1]) : 100;
    for (int index = 0; index < cases; ++index) {
        engine.seed(index);
        Case c;
        check(c);
    }
    std::printf("%d random scans agree with the reference\n", cases);
}
