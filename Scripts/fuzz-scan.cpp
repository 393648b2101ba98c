// Random scans, forward and backward, along paths or not, of every storage, in parts of time or not, on every
// instruction set of this machine and on several threads, against the references. Every array ends where its memory
// ends, so that a sanitizer sees the first access outside it.

#include "../Sources/CScan/scan_storage.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <numeric>
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
        return static_cast<float *>(make(count, least, most, fk_scan_float32));
    }

    void *make(int64_t count, float least, float most, fk_scan_storage storage) {
        std::uniform_real_distribution<float> values(least, most);
        blocks_.emplace_back(new char[count * (storage == fk_scan_float32 ? 4 : 2)]);
        void *data = blocks_.back().get();
        for (int64_t i = 0; i < count; ++i) fusionkit::setAt(data, storage, i, values(engine));
        return data;
    }

private:
    std::vector<std::unique_ptr<char[]>> blocks_;
};

struct Sequence {
    void *data;
    fk_scan_sequence_strides strides;
};

struct Parameter {
    void *data;
    fk_scan_state_strides strides;
};

struct Result {
    std::string name;
    void *data;
    fk_scan_storage storage;
    int64_t count;
};

/// One scan. Its results lie in arrays that all layouts have in common: (batch, channel, time) and so on.
struct Case {
    fk_scan_arguments a{};
    fk_scan_gradients g{};
    Memory memory;
    std::vector<int32_t> pixels;
    std::vector<Result> results;

    Case() {
        a.paths = coin() ? integer(0, 1) : integer(2, 4);
        a.groups = paths() * (coin() ? 1 : integer(1, 4));
        a.channels = a.groups * integer(1, 24);
        a.batches = integer(1, 3);
        a.parts = coin() ? integer(0, 1) : integer(2, 9);
        a.storage = coin() ? fk_scan_float32 : coin() ? fk_scan_bfloat16 : fk_scan_float16;
        a.states = coin() ? integer(1, 20) : integer(1, 256);
        a.length = integer(1, 150);
        a.delta_softplus = coin();
        if (a.paths > 1 || integer(0, 3) == 0) a.pixels = makePixels();
        const bool tokens = coin(), isReversed = coin();
        const int64_t all = a.channels, map = a.channels / paths();
        const auto input = [&](float least, float most, int64_t channels) {
            void *data = memory.make(a.batches * channels * a.length, least, most, a.storage);
            return place(data, channels, tokens, isReversed);
        };
        const auto output = [&](const char *name, int64_t channels) {
            return place(keep(name, a.batches * channels * a.length, a.storage), channels, tokens, isReversed);
        };
        const int64_t stateCount = a.batches * a.channels * a.states;
        set(a.u, a.u_strides, input(-1, 1, map));
        set(a.delta, a.delta_strides, a.delta_softplus ? input(-3, 2, all) : input(0.02f, 1.5f, all));
        if (coin()) set(a.z, a.z_strides, input(-4, 4, map));
        const int form = int(integer(0, 3));
        set(a.B, a.B_strides, parameter(-1, 1, form));
        set(a.C, a.C_strides, parameter(-1, 1, form));
        a.A = memory.make(a.channels * a.states, -6, -0.05f);
        if (coin()) a.D = memory.make(a.channels, -1, 1);
        if (coin()) a.delta_bias = memory.make(a.channels, 0, 0.5f);
        if (coin()) a.initial_state = memory.make(stateCount, -1, 1);
        set(g.dy, g.dy_strides, input(-1, 1, map));
        if (coin()) g.dlast_state = memory.make(stateCount, -1, 1);

        set(a.y, a.y_strides, output("y", map));
        a.last_state = keep("last state", stateCount);
        set(g.du, g.du_strides, output("du", map));
        set(g.ddelta, g.ddelta_strides, output("ddelta", all));
        if (a.z) set(g.dz, g.dz_strides, output("dz", map));
        set(g.dB, g.dB_strides, parameter(0, 0, form, "dB"));
        set(g.dC, g.dC_strides, parameter(0, 0, form, "dC"));
        g.dA = keep("dA", a.channels * a.states);
        g.dD = keep("dD", a.channels);
        g.ddelta_bias = keep("ddelta_bias", a.channels);
        g.dinitial_state = keep("dinitial_state", stateCount);
    }

    int64_t paths() const { return std::max<int64_t>(a.paths, 1); }

    /// Random orders, or rows forwards and backwards.
    const int32_t *makePixels() {
        const bool isRandom = coin();
        pixels.resize(paths() * a.length);
        for (int64_t path = 0; path < paths(); ++path) {
            const auto first = pixels.begin() + path * a.length, next = first + a.length;
            std::iota(first, next, 0);
            if (path % 2 == 1) std::reverse(first, next);
            if (isRandom) std::shuffle(first, next, engine);
        }
        pixels.shrink_to_fit();
        return pixels.data();
    }

    float *keep(const char *name, int64_t count) { return static_cast<float *>(keep(name, count, fk_scan_float32)); }

    void *keep(const char *name, int64_t count, fk_scan_storage storage) {
        void *data = memory.make(count, 0, 0, storage);
        results.push_back({name, data, storage, count});
        return data;
    }

    template <typename Pointer, typename Strides, typename Array>
    static void set(Pointer &pointer, Strides &strides, const Array &array) {
        pointer = array.data;
        strides = array.strides;
    }

    Sequence place(void *data, int64_t channels, bool tokens, bool isReversed) const {
        fk_scan_sequence_strides by{channels * a.length, tokens ? 1 : a.length, tokens ? channels : 1};
        if (!isReversed) return {data, by};
        by.time = -by.time;
        return {fusionkit::elementAt(data, a.storage, -(a.length - 1) * by.time), by};
    }

    /// Forms: time last, states last, constant in time, constant in batch.
    Parameter parameter(float least, float most, int form, const char *name = nullptr) {
        const int64_t times = form == 2 ? 1 : a.length, batches = form == 3 ? 1 : a.batches;
        const int64_t count = batches * a.groups * a.states * times;
        void *data = name ? keep(name, count, a.storage) : memory.make(count, least, most, a.storage);
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
    for (const Result &result : c.results) {
        std::vector<float> &values = results.emplace_back(result.count);
        for (int64_t i = 0; i < result.count; ++i) {
            values[i] = fusionkit::numberAt(result.data, result.storage, i);
            fusionkit::setAt(result.data, result.storage, i, 777);
        }
    }
    return results;
}

void stop(const Case &c, const char *instructionSet, const std::string &what) {
    const auto say = [](const char *name, int64_t value) { std::fprintf(stderr, "%s %lld ", name, (long long)value); };
    say("batches", c.a.batches);
    say("paths", c.a.paths);
    say("channels", c.a.channels);
    say("groups", c.a.groups);
    say("states", c.a.states);
    say("length", c.a.length);
    say("storage", c.a.storage);
    say("parts", c.a.parts);
    std::fprintf(stderr, "%s: %s\n", instructionSet, what.c_str());
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
        // Results that are stored in 16 bits may be rounded to neighbours.
        const fk_scan_storage storage = c.results[i].storage;
        const double rounding = storage == fk_scan_bfloat16 ? 0x1p-8 : storage == fk_scan_float16 ? 0x1p-11 : 0;
        if (!(worst <= 2e-5 + 2 * rounding))
            stop(c, instructionSet,
                 c.results[i].name + " is off by " + std::to_string(worst) + " of its largest value");
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
            c.a.threads = parts;
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
