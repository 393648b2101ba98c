// The selective scan on a CUDA device, forward and backward.
//
// A block of threads scans a few channels that share B and C. Its threads divide a tile of time into segments of a few
// tokens, which each thread keeps in registers. For one state after the other, a thread computes the decays of its tokens
// and scans its segment from zero; the segments' results (how much the state decays, what is added) are scanned across
// the warp by shuffles and across warps through shared memory; then the thread runs through its segment again from the
// state that it begins with. So each decay, an exponential, is computed once. Tiles follow each other in a block; long
// sequences of few channels are divided into chunks, whose first states come from a first pass over them.
//
// SCAN_STORAGE is 0 for f32, 1 for bf16, 2 for f16. What else the kernels depend on when they are compiled stands at the end.

#include "scan_parameters.h"

#ifndef SCAN_EMULATION
#define SCAN_KERNEL(threads, blocks) extern "C" __global__ void __launch_bounds__(threads, blocks)
#define SCAN_DEVICE __device__ __forceinline__
#define SCAN_DYNAMIC_SHARED(name) extern __shared__ __align__(16) float name[]
#define SCAN_UNROLL_WARPS _Pragma("unroll")

SCAN_DEVICE float exp2Fast(float x) {
    float result;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(result) : "f"(x));
    return result;
}
SCAN_DEVICE float reciprocal(float x) { return __fdividef(1.0f, x); }
SCAN_DEVICE float shuffleUp(float x, int by) { return __shfl_up_sync(0xffffffffu, x, by); }
SCAN_DEVICE float shuffleDown(float x, int by) { return __shfl_down_sync(0xffffffffu, x, by); }
SCAN_DEVICE float shuffleXor(float x, int mask) { return __shfl_xor_sync(0xffffffffu, x, mask); }
SCAN_DEVICE float halfToFloat(unsigned short bits) {
    float result;
    asm("cvt.f32.f16 %0, %1;" : "=f"(result) : "h"(bits));
    return result;
}
SCAN_DEVICE unsigned short floatToHalf(float x) {
    unsigned short result;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(result) : "f"(x));
    return result;
}
#endif

// Storage -----------------------------------------------------------------------------------------------------------

#if SCAN_STORAGE == 0
typedef float Storage;
SCAN_DEVICE float number(Storage value) { return value; }
SCAN_DEVICE Storage stored(float x) { return x; }
#else
typedef unsigned short Storage;
#if SCAN_STORAGE == 1
SCAN_DEVICE float number(Storage bits) { return __uint_as_float((unsigned)bits << 16); }
SCAN_DEVICE Storage stored(float x) {
    const unsigned bits = __float_as_uint(x);
    if ((bits & 0x7fffffffu) > 0x7f800000u) return (Storage)(bits >> 16 | 0x40u);  // a NaN stays one
    return (Storage)((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}
#else
SCAN_DEVICE float number(Storage bits) { return halfToFloat(bits); }
SCAN_DEVICE Storage stored(float x) { return floatToHalf(x); }
#endif
#endif

SCAN_DEVICE void put(float *to, float x) { *to = x; }
#if SCAN_STORAGE != 0
SCAN_DEVICE void put(Storage *to, float x) { *to = stored(x); }
#endif
SCAN_DEVICE float get(const float *from) { return *from; }
#if SCAN_STORAGE != 0
SCAN_DEVICE float get(const Storage *from) { return number(*from); }
#endif

/// As many numbers as memory hands over at once.
template <typename Element>
struct alignas(16) Packet {
    static constexpr int count = 16 / sizeof(Element);
    Element values[count];
};

SCAN_DEVICE bool isAligned(const void *pointer) { return ((size_t)pointer & 15) == 0; }

/// Where token t lies.
SCAN_DEVICE long long place(const int *pixels, int t, int stride) {
    return (long long)(pixels ? pixels[t] : t) * stride;
}

/// Loads `count` tokens from t on; zeros from `end` on.
template <int count>
SCAN_DEVICE void load(float (&to)[count], const Storage *from, int stride, const int *pixels, int t, int end) {
    if (!pixels && (stride == 1 || stride == -1) && t + count <= end) {
        const Storage *start = stride == 1 ? from + t : from - (t + count - 1);
        if (isAligned(start)) {
            typedef Packet<Storage> Values;
#pragma unroll
            for (int i = 0; i < count; i += Values::count) {
                const Values values = *(const Values *)(start + i);
#pragma unroll
                for (int j = 0; j < Values::count; ++j) to[i + j] = number(values.values[j]);
            }
            if (stride == -1) {
#pragma unroll
                for (int i = 0; i < count / 2; ++i) {
                    const float other = to[i];
                    to[i] = to[count - 1 - i];
                    to[count - 1 - i] = other;
                }
            }
            return;
        }
    }
#pragma unroll
    for (int i = 0; i < count; ++i) to[i] = t + i < end ? get(from + place(pixels, t + i, stride)) : 0.0f;
}

/// Stores the tokens before `end` of `count` from t on.
template <typename Element, int count>
SCAN_DEVICE void store(const float (&from)[count], Element *to, int stride, const int *pixels, int t, int end) {
    if (!pixels && stride == 1 && t + count <= end && isAligned(to + t)) {
        typedef Packet<Element> Values;
#pragma unroll
        for (int i = 0; i < count; i += Values::count) {
            Values values;
#pragma unroll
            for (int j = 0; j < Values::count; ++j) put(&values.values[j], from[i + j]);
            *(Values *)(to + t + i) = values;
        }
        return;
    }
#pragma unroll
    for (int i = 0; i < count; ++i)
        if (t + i < end) put(to + place(pixels, t + i, stride), from[i]);
}

// Functions ---------------------------------------------------------------------------------------------------------

constexpr float log2e = 1.44269504088896341f;

/// log(1 + exp(x)): the larger of x and 0, plus log(1 + e) with e = exp(-|x|) from 0 to 1, to which a polynomial is fitted
/// with a relative error of 2e-7. Above 20 what is added is lost in rounding, so that x remains.
SCAN_DEVICE float softplus(float x) {
    const float e = exp2Fast(-fabsf(x) * log2e);
    float series = 0.005253457929939032f;
    series = fmaf(series, e, -0.02958850748836994f);
    series = fmaf(series, e, 0.07836166769266129f);
    series = fmaf(series, e, -0.13674770295619965f);
    series = fmaf(series, e, 0.19111430644989014f);
    series = fmaf(series, e, -0.24844369292259216f);
    series = fmaf(series, e, 0.33319270610809326f);
    series = fmaf(series, e, -0.49999502301216125f);
    series = fmaf(series, e, 1.0f);
    return fmaf(series, e, fmaxf(x, 0.0f));
}

/// The slope of softplus from its value: 1 - exp(-y).
SCAN_DEVICE float softplusSlope(float y) {
    if (y < 0.125f) {
        float series = fmaf(y, -1.0f / 6.0f, 1.0f);
        series = fmaf(-y * (1.0f / 5.0f), series, 1.0f);
        series = fmaf(-y * (1.0f / 4.0f), series, 1.0f);
        series = fmaf(-y * (1.0f / 3.0f), series, 1.0f);
        series = fmaf(-y * (1.0f / 2.0f), series, 1.0f);
        return y * series;
    }
    return 1.0f - exp2Fast(-y * log2e);
}

SCAN_DEVICE float sigmoid(float z) { return reciprocal(1.0f + exp2Fast(-z * log2e)); }

// The division of the work ------------------------------------------------------------------------------------------

constexpr int stageStates = 8;  ///< States of B and C that are in shared memory at a time.
constexpr int forwardItems = 16, backwardItems = 8;  ///< Tokens of a segment.

/// What one thread works on. Lanes of a warp are `laneChannels` neighbouring channels times segments of time. The number of
/// warps is known when the kernels are compiled, unless `fixedWarps` is 0.
template <int laneChannels, int items, int fixedWarps>
struct Division {
    static constexpr int laneSegments = 32 / laneChannels;
    static constexpr int segmentPitch = items + 4;  ///< So that neighbouring segments lie in other banks.

    SCAN_DEVICE Division(const fk_cuda_scan_parameters &p) {
        const int lane = (int)threadIdx.x % 32;
        warp = (int)threadIdx.x / 32;
        laneChannel = lane % laneChannels;
        laneSegment = lane / laneChannels;

        const int spans = p.channels / p.span;
        int index = (int)blockIdx.x;
        block = index % (spans * p.span_blocks);
        index /= spans * p.span_blocks;
        chunk = p.first_chunk + index % p.pass_chunks;
        batch = index / p.pass_chunks;
        const int span = block / p.span_blocks;
        const int inSpan = block % p.span_blocks * laneChannels + laneChannel;
        isActive = inSpan < p.span;
        channel = span * p.span + (isActive ? inSpan : p.span - 1);
        const int mapChannels = p.channels / p.paths;
        mapChannel = channel % mapChannels;
        group = channel / (p.channels / p.groups);
        pixels = p.pixels ? p.pixels + (long long)(channel / mapChannels) * p.length : nullptr;
        begin = chunk * p.chunk_length;
        end = begin + p.chunk_length < p.length ? begin + p.chunk_length : p.length;
        segment = (warp * laneSegments + laneSegment) * items;
    }

    SCAN_DEVICE static int warps() { return fixedWarps > 0 ? fixedWarps : (int)blockDim.x / 32; }
    SCAN_DEVICE static int threads() { return warps() * 32; }
    SCAN_DEVICE static int tile() { return warps() * laneSegments * items; }
    SCAN_DEVICE static int pitch() { return warps() * laneSegments * segmentPitch + 4; }
    SCAN_DEVICE bool isFirstSegmentOfWarp() const { return laneSegment == 0; }
    SCAN_DEVICE bool isLastSegmentOfWarp() const { return laneSegment == laneSegments - 1; }

    SCAN_DEVICE const Storage *input(const fk_cuda_sequence &array, int ofChannel) const {
        return (const Storage *)array.data + batch * array.batch + ofChannel * array.channel;
    }

    SCAN_DEVICE const Storage *input(const fk_cuda_state_sequence &array) const {
        return (const Storage *)array.data + batch * array.batch + group * array.group;
    }

    /// Stores the tokens of an output, which has a place for each channel of each path.
    SCAN_DEVICE void output(const float (&values)[items], const fk_cuda_sequence &array, bool isFloat, int t) const {
        if (!isActive) return;
        const long long first = batch * array.batch + channel * array.channel;
        if (isFloat)
            store((const float(&)[items])values, (float *)array.data + first, array.time, pixels, t, end);
        else
            store(values, (Storage *)array.data + first, array.time, pixels, t, end);
    }

    /// Row (batch, channel) of a (batches, channels, states) array.
    SCAN_DEVICE long long stateRow(const fk_cuda_scan_parameters &p) const {
        return ((long long)batch * p.channels + channel) * p.states;
    }

    /// Row (batch, chunk, channel) of a (batches, chunks, channels, …) array.
    SCAN_DEVICE long long chunkRow(const fk_cuda_scan_parameters &p) const {
        return ((long long)batch * p.chunks + chunk) * p.channels + channel;
    }

    /// Row of the states before token t, a multiple of the interval.
    SCAN_DEVICE long long checkpointRow(const fk_cuda_scan_parameters &p, int t) const {
        const long long count = (p.length + p.interval - 1) / p.interval;
        return (batch * count + t / p.interval) * p.channels + channel;
    }

    /// Loads delta of the tokens from t on.
    SCAN_DEVICE void loadSteps(const fk_cuda_scan_parameters &p, float (&dt)[items], int t) const {
        load(dt, input(p.delta, channel), p.delta.time, pixels, t, end);
    }

    /// Makes delta into dt, 0 for tokens that are not there.
    SCAN_DEVICE void makeSteps(const fk_cuda_scan_parameters &p, float (&dt)[items], int t) const {
        const float bias = p.delta_bias ? p.delta_bias[channel] : 0.0f;
#pragma unroll
        for (int i = 0; i < items; ++i) {
            const float x = dt[i] + bias;
            dt[i] = isActive && t + i < end ? (p.is_softplus ? softplus(x) : x) : 0.0f;
        }
    }

    /// A of the block's channels, and the states, or their gradients, that the chunk begins with: [state][laneChannel]
    /// both, the latter zeros in a first pass.
    template <bool isFirstPass>
    SCAN_DEVICE void beginStates(
        const fk_cuda_scan_parameters &p, float *A, float *carries, const float *outside) const {
        const float *from = p.chunks > 1 ? p.chunk_states + chunkRow(p) * p.states
                                         : outside ? outside + stateRow(p) : nullptr;
        const bool isZero = isFirstPass || !from || !isActive;
        for (int state = segment / items; state < (p.states + 1) / 2 * 2; state += warps() * laneSegments) {
            const bool isState = state < p.states;
            A[state * laneChannels + laneChannel] = isState ? p.A[(long long)channel * p.states + state] : 0.0f;
            carries[state * laneChannels + laneChannel] = isZero || !isState ? 0.0f : from[state];
        }
        __syncthreads();
    }

    SCAN_DEVICE void endCarries(const fk_cuda_scan_parameters &p, const float *carries, float *to) const {
        for (int state = segment / items; state < p.states; state += warps() * laneSegments)
            to[state] = carries[state * laneChannels + laneChannel];
    }

    /// The sum over all segments of the chunk, valid in the first segment. `memory` holds a number for each warp and
    /// channel, and nobody else uses it.
    SCAN_DEVICE float sumOverSegments(float value, float *memory) const {
#pragma unroll
        for (int by = laneChannels; by < 32; by *= 2) value += shuffleXor(value, by);
        if (isFirstSegmentOfWarp()) memory[warp * laneChannels + laneChannel] = value;
        __syncthreads();
        float total = 0.0f;
        for (int w = 0; w < warps(); ++w) total += memory[w * laneChannels + laneChannel];
        __syncthreads();
        return total;
    }

    /// Where a token of the tile lies in a row of shared memory.
    SCAN_DEVICE static int shared(int token) { return token + token / items * 4; }

    /// Brings `stageStates` states of B or C of one tile into shared memory; zeros where there are none.
    SCAN_DEVICE void stage(
        const fk_cuda_scan_parameters &p, float *to, const fk_cuda_state_sequence &array, int firstState, int t0) const {
        const Storage *from = input(array) + (long long)firstState * array.state;
        const int states = p.states - firstState < stageStates ? p.states - firstState : stageStates;
        constexpr int width = Packet<Storage>::count;
        if (array.state == 1 && states == stageStates && array.time % width == 0 && isAligned(from)) {
            stageStatePackets(to, from, array.time, t0);
            return;
        }
        if (!pixels && (array.time == 1 || array.time == -1) && array.state % width == 0 && t0 + tile() <= end) {
            const Storage *start = array.time == 1 ? from + t0 : from - (t0 + tile() - 1);
            if (isAligned(start)) {
                stageTimePackets(to, start, array.state, states, array.time == -1);
                return;
            }
        }
        // Neighbouring threads read what lies side by side.
        const bool areStatesAdjacent = array.state == 1;
#pragma unroll 4
        for (int index = (int)threadIdx.x; index < stageStates * tile(); index += threads()) {
            const int state = areStatesAdjacent ? index % stageStates : index / tile();
            const int token = areStatesAdjacent ? index / stageStates : index % tile();
            const int t = t0 + token;
            float value = 0.0f;
            if (state < states && t < end) value = get(from + (long long)state * array.state + place(pixels, t, array.time));
            to[state * pitch() + shared(token)] = value;
        }
    }

    /// The states of a token lie side by side. Some loads are always on their way together.
    SCAN_DEVICE void stageStatePackets(float *to, const Storage *from, int stride, int t0) const {
        typedef Packet<Storage> Values;
        constexpr int ofToken = stageStates / Values::count;
        constexpr int rounds = laneSegments * items * ofToken < 4 * 32 ? (laneSegments * items * ofToken + 31) / 32 : 4;
#pragma unroll 1
        for (int first = (int)threadIdx.x; first < tile() * ofToken; first += rounds * threads()) {
            Values values[rounds];
#pragma unroll
            for (int round = 0; round < rounds; ++round) {
                const int index = first + round * threads(), t = t0 + index / ofToken;
                values[round] = Values();
                if (index < tile() * ofToken && t < end)
                    values[round] = *(const Values *)(from + place(pixels, t, stride) + index % ofToken * Values::count);
            }
#pragma unroll
            for (int round = 0; round < rounds; ++round) {
                const int index = first + round * threads();
                float *column = to + index % ofToken * Values::count * pitch() + shared(index / ofToken);
                if (index < tile() * ofToken) {
#pragma unroll
                    for (int j = 0; j < Values::count; ++j) column[j * pitch()] = get(&values[round].values[j]);
                }
            }
        }
    }

    /// The tokens of the tile lie side by side, in the order of time or against it.
    SCAN_DEVICE void stageTimePackets(
        float *to, const Storage *from, int stateStride, int states, bool isReversed) const {
        typedef Packet<Storage> Values;
        constexpr int packets = stageStates * laneSegments * items / Values::count;
        constexpr int rounds = packets < 4 * 32 ? (packets + 31) / 32 : 4;
        const int ofState = tile() / Values::count;
#pragma unroll 1
        for (int first = (int)threadIdx.x; first < stageStates * ofState; first += rounds * threads()) {
            Values values[rounds];
#pragma unroll
            for (int round = 0; round < rounds; ++round) {
                const int index = first + round * threads(), state = index / ofState;
                values[round] = Values();
                if (state < states)
                    values[round] = *(const Values *)(from + (long long)state * stateStride + index % ofState * Values::count);
            }
#pragma unroll
            for (int round = 0; round < rounds; ++round) {
                const int index = first + round * threads(), state = index / ofState;
                const int token = index % ofState * Values::count;
                float *row = to + state * pitch() + shared(isReversed ? tile() - Values::count - token : token);
                if (state < stageStates) {
#pragma unroll
                    for (int j = 0; j < Values::count; j += 4) {
                        Packet<float> packet;
#pragma unroll
                        for (int i = 0; i < 4; ++i)
                            packet.values[i] = isReversed ? get(&values[round].values[Values::count - 1 - j - i])
                                                          : get(&values[round].values[j + i]);
                        *(Packet<float> *)(row + j) = packet;
                    }
                }
            }
        }
    }

    int warp, laneChannel, laneSegment;
    int block, chunk, batch, channel, mapChannel, group;
    bool isActive;
    const int *pixels;
    int begin, end;
    int segment;  ///< First token of the thread's segment, counted from the beginning of the tile.
};

/// The values of B or C for one state and one segment: from shared memory, or one that never changes.
template <int items>
struct StateInputs {
    SCAN_DEVICE void read(const float *row) {
#pragma unroll
        for (int i = 0; i < items; i += 4) {
            const Packet<float> packet = *(const Packet<float> *)(row + i);
#pragma unroll
            for (int j = 0; j < 4; ++j) values[i + j] = packet.values[j];
        }
    }
    SCAN_DEVICE float operator[](int i) const { return values[i]; }
    float values[items];
};

struct ConstantInput {
    SCAN_DEVICE float operator[](int) const { return value; }
    float value;
};

template <bool isConstant, int items>
struct InputsOf {
    typedef StateInputs<items> Type;
};
template <int items>
struct InputsOf<true, items> {
    typedef ConstantInput Type;
};

template <typename Work, int items>
SCAN_DEVICE void read(
    StateInputs<items> &to, const Work &work, const fk_cuda_scan_parameters &, const fk_cuda_state_sequence &,
    const float *stage, int state) {
    to.read(stage + state % stageStates * Work::pitch() + Work::shared(work.segment));
}

template <typename Work>
SCAN_DEVICE void read(
    ConstantInput &to, const Work &work, const fk_cuda_scan_parameters &p, const fk_cuda_state_sequence &array,
    const float *, int state) {
    to.value = state < p.states ? get(work.input(array) + (long long)state * array.state) : 0.0f;
}

/// What a stretch of time does to a state: it decays by a factor, and a sum is added.
struct alignas(8) FactorAndSum {
    float factor, sum;
};

// Forward -----------------------------------------------------------------------------------------------------------

/// Scans a chunk. With `isFirstPass` only the state at its end is computed, from zero, and the sum of its steps.
template <int laneChannels, int fixedWarps, bool isConstant, bool isFirstPass>
SCAN_DEVICE void scanForward(const fk_cuda_scan_parameters &p) {
    constexpr int items = forwardItems, together = 2;
    typedef Division<laneChannels, items, fixedWarps> Work;
    typedef typename InputsOf<isConstant, items>::Type Inputs;
    const Work work(p);
    SCAN_DYNAMIC_SHARED(memory);
    // Two of each, which take turns, so that one barrier for each exchange is enough.
    float *carries = memory;                                                 // [2][states, even][laneChannels]
    const int carryCount = (p.states + 1) / 2 * 2 * laneChannels;
    float *A = carries + 2 * carryCount;                                     // [states, even][laneChannels]
    FactorAndSum *exchange = (FactorAndSum *)(A + carryCount);               // [2][together][warps][laneChannels]
    const int warpRow = Work::warps() * laneChannels;
    float *stageB = (float *)(exchange + 2 * together * warpRow);
    float *stageC = stageB + stageStates * Work::pitch();

    work.template beginStates<isFirstPass>(p, A, carries, p.initial_state);

    float chunkSteps = 0.0f;
    int turn = 0, exchangeTurn = 0;
    for (int t0 = work.begin; t0 < work.end; t0 += Work::tile(), turn ^= 1) {
        const int t = t0 + work.segment;
        float dt[items], driven[items], y[items];
        work.loadSteps(p, dt, t);
        load(driven, work.input(p.u, work.mapChannel), p.u.time, work.pixels, t, work.end);
        work.makeSteps(p, dt, t);
        const float skip = !isFirstPass && p.D ? p.D[work.channel] : 0.0f;
        float steps = 0.0f;
#pragma unroll
        for (int i = 0; i < items; ++i) {
            y[i] = skip * driven[i];
            driven[i] = work.isActive ? driven[i] * dt[i] : 0.0f;
            steps += dt[i];
        }
        chunkSteps += steps;
        float *checkpoint = nullptr;
        if (!isFirstPass && p.checkpoints && t % p.interval == 0 && t < work.end && work.isActive)
            checkpoint = p.checkpoints + work.checkpointRow(p, t) * p.states;

        for (int firstState = 0; firstState < p.states; firstState += stageStates) {
            if constexpr (!isConstant) {
                __syncthreads();
                work.stage(p, stageB, p.B, firstState, t0);
                if constexpr (!isFirstPass) work.stage(p, stageC, p.C, firstState, t0);
                __syncthreads();
            }
            const int endState = p.states - firstState < stageStates ? p.states : firstState + stageStates;
            for (int state = firstState; state < endState; state += together, exchangeTurn ^= 1) {
                float decay[together][items], added[together][items], factor[together], sum[together];
#pragma unroll
                for (int g = 0; g < together; ++g) {
                    const float rate = A[(state + g) * laneChannels + work.laneChannel] * log2e;
                    Inputs B;
                    read(B, work, p, p.B, stageB, state + g);
                    sum[g] = 0.0f;
#pragma unroll
                    for (int i = 0; i < items; ++i) {
                        decay[g][i] = exp2Fast(dt[i] * rate);
                        added[g][i] = driven[i] * B[i];
                        sum[g] = fmaf(decay[g][i], sum[g], added[g][i]);
                    }
                    factor[g] = exp2Fast(steps * rate);
                }
                // Inclusive scan over the segments of the warp.
#pragma unroll
                for (int by = laneChannels; by < 32; by *= 2) {
#pragma unroll
                    for (int g = 0; g < together; ++g) {
                        const float before = shuffleUp(sum[g], by), factorBefore = shuffleUp(factor[g], by);
                        if (work.laneSegment * laneChannels >= by) {
                            sum[g] = fmaf(factor[g], before, sum[g]);
                            factor[g] *= factorBefore;
                        }
                    }
                }
                FactorAndSum *mine = exchange + exchangeTurn * together * warpRow + work.laneChannel;
                if (work.isLastSegmentOfWarp()) {
#pragma unroll
                    for (int g = 0; g < together; ++g)
                        mine[g * warpRow + work.warp * laneChannels] = FactorAndSum{factor[g], sum[g]};
                }
                __syncthreads();
#pragma unroll
                for (int g = 0; g < together; ++g) {
                    const int row = (state + g) * laneChannels + work.laneChannel;
                    float h = carries[turn * carryCount + row];
SCAN_UNROLL_WARPS
                    for (int w = 0; w < Work::warps() - 1; ++w) {
                        const FactorAndSum before = mine[g * warpRow + w * laneChannels];
                        if (w < work.warp) h = fmaf(before.factor, h, before.sum);
                    }
                    if (work.warp == Work::warps() - 1 && work.isLastSegmentOfWarp())
                        carries[(turn ^ 1) * carryCount + row] = fmaf(factor[g], h, sum[g]);
                    if (isFirstPass) continue;
                    // What the segments of the warp before this one add.
                    const float before = shuffleUp(sum[g], laneChannels), factorBefore = shuffleUp(factor[g], laneChannels);
                    if (!work.isFirstSegmentOfWarp()) h = fmaf(factorBefore, h, before);
                    if (checkpoint && state + g < p.states) checkpoint[state + g] = h;
                    Inputs C;
                    read(C, work, p, p.C, stageC, state + g);
#pragma unroll
                    for (int i = 0; i < items; ++i) {
                        h = fmaf(decay[g][i], h, added[g][i]);
                        y[i] = fmaf(C[i], h, y[i]);
                    }
                }
            }
        }
        if (!isFirstPass) {
            if (p.z.data) {
                float z[items];
                load(z, work.input(p.z, work.mapChannel), p.z.time, work.pixels, t, work.end);
#pragma unroll
                for (int i = 0; i < items; ++i) y[i] *= z[i] * sigmoid(z[i]);
            }
            work.output(y, p.y, p.has_float_outputs, t);
        }
    }

    __syncthreads();
    if (isFirstPass) {
        const float total = work.sumOverSegments(chunkSteps, (float *)exchange);
        if (work.segment == 0 && work.isActive) p.chunk_steps[work.chunkRow(p)] = total;
    }
    if (work.isActive && (isFirstPass || (p.last_state && work.chunk == p.chunks - 1))) {
        float *to = isFirstPass ? p.chunk_states + work.chunkRow(p) * p.states : p.last_state + work.stateRow(p);
        work.endCarries(p, carries + turn * carryCount, to);
    }
}

/// Replaces each chunk's own result by what it begins with: in the order of time the states, against it their gradients.
SCAN_DEVICE void scanChunks(const fk_cuda_scan_parameters &p, bool isBackward) {
    const long long index = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    const long long perBatch = (long long)p.channels * p.states;
    if (index >= p.batches * perBatch) return;
    const long long batch = index / perBatch, row = index % perBatch;
    const int channel = (int)(row / p.states);
    const float rate = p.A[row] * log2e;
    const float *first = isBackward ? p.dlast_state : p.initial_state;
    float value = first ? first[index] : 0.0f;
    for (int step = 0; step < p.chunks; ++step) {
        const long long chunk = batch * p.chunks + (isBackward ? p.chunks - 1 - step : step);
        float *place = p.chunk_states + chunk * perBatch + row;
        const float own = *place;
        *place = value;
        if (step == p.chunks - 1) break;
        value = fmaf(exp2Fast(p.chunk_steps[chunk * p.channels + channel] * rate), value, own);
    }
}

// Backward ----------------------------------------------------------------------------------------------------------

/// Adds up `count` numbers over the channels of a warp. Afterwards the first `count / laneChannels` numbers (one at
/// least) of lane l are the sums of the numbers from the returned index on.
template <int laneChannels, int count>
SCAN_DEVICE int sumOverChannels(float (&values)[count], int lane) {
    int first = 0;
#pragma unroll
    for (int mask = 1, left = count; mask < laneChannels; mask *= 2, left = left > 1 ? left / 2 : 1) {
        if (left > 1) {
            const bool keepsUpper = lane & mask;
            const int half = left / 2;
#pragma unroll
            for (int i = 0; i < half; ++i) {
                const float given = keepsUpper ? values[i] : values[i + half];
                const float kept = keepsUpper ? values[i + half] : values[i];
                values[i] = kept + shuffleXor(given, mask);
            }
            if (keepsUpper) first += half;
        } else {
            values[0] += shuffleXor(values[0], mask);
        }
    }
    return first;
}

/// Stores the sums over channels of dB or dC.
template <int laneChannels, int items, typename Work>
SCAN_DEVICE void storeStateGradient(
    float (&values)[items], const Work &work, const fk_cuda_state_sequence &array, int state, int t) {
    const int first = sumOverChannels<laneChannels>(values, work.laneChannel);
    if (work.laneChannel >= items) return;
    float *to = (float *)array.data + work.batch * array.batch + work.block * array.group + (long long)state * array.state;
    constexpr int count = items > laneChannels ? items / laneChannels : 1;
#pragma unroll
    for (int i = 0; i < count; ++i)
        if (t + first + i < work.end) to[place(work.pixels, t + first + i, array.time)] = values[i];
}

/// Scans a chunk against time. With `isFirstPass` only the gradient of the state that it begins with is computed, from
/// zero at its end, and the sum of its steps.
template <int laneChannels, int fixedWarps, bool isConstant, bool isGated, bool isFirstPass>
SCAN_DEVICE void scanBackward(const fk_cuda_scan_parameters &p) {
    constexpr int items = backwardItems;
    /// Sums over time for each state: of A, and of B and C where they are constant.
    constexpr int sums = isConstant ? 3 : 1;
    typedef Division<laneChannels, items, fixedWarps> Work;
    typedef typename InputsOf<isConstant, items>::Type Inputs;
    const Work work(p);
    SCAN_DYNAMIC_SHARED(memory);
    float *carries = memory;  // [2][states, even][laneChannels]
    const int carryCount = (p.states + 1) / 2 * 2 * laneChannels;
    float *A = carries + 2 * carryCount;  // [states, even][laneChannels]
    const int warpRow = Work::warps() * laneChannels;
    FactorAndSum *after = (FactorAndSum *)(A + carryCount);  // [2][warps][laneChannels]
    float *exchange = (float *)(after + 2 * warpRow);        // [2][warps][laneChannels]
    float *partial = exchange + 2 * warpRow;           // [2][sums][warps][laneChannels]
    float *totals = partial + 2 * sums * warpRow;      // [sums][states, even][laneChannels]
    float *stageB = totals + sums * carryCount;
    float *stageC = stageB + stageStates * Work::pitch();

    for (int index = (int)threadIdx.x; index < sums * carryCount; index += (int)blockDim.x) totals[index] = 0.0f;
    work.template beginStates<isFirstPass>(p, A, carries, p.dlast_state);

    const float skip = p.D ? p.D[work.channel] : 0.0f;
    float chunkSteps = 0.0f, dD = 0.0f, dBias = 0.0f;
    int turn = 0, exchangeTurn = 0, pending = -1;

    // Adds what the warps have found for the state before; one warp does, after the next barrier.
    const auto addPending = [&](int parity) {
        if (pending < 0 || work.warp != pending % Work::warps() || !work.isFirstSegmentOfWarp()) return;
#pragma unroll
        for (int q = 0; q < sums; ++q) {
            float total = 0.0f;
SCAN_UNROLL_WARPS
            for (int w = 0; w < Work::warps(); ++w)
                total += partial[(parity * sums + q) * warpRow + w * laneChannels + work.laneChannel];
            totals[q * carryCount + pending * laneChannels + work.laneChannel] += total;
        }
    };

    const int tiles = (work.end - work.begin + Work::tile() - 1) / Work::tile();
    for (int t0 = work.begin + (tiles - 1) * Work::tile(); t0 >= work.begin; t0 -= Work::tile(), turn ^= 1) {
        const int t = t0 + work.segment;
        float dt[items], driven[items], dout[items];
        work.loadSteps(p, dt, t);
        if constexpr (!isFirstPass) load(driven, work.input(p.u, work.mapChannel), p.u.time, work.pixels, t, work.end);
        load(dout, work.input(p.dy, work.mapChannel), p.dy.time, work.pixels, t, work.end);
        float z[isGated ? items : 1];
        if constexpr (isGated) load(z, work.input(p.z, work.mapChannel), p.z.time, work.pixels, t, work.end);
        work.makeSteps(p, dt, t);
        if constexpr (isGated) {
#pragma unroll
            for (int i = 0; i < items; ++i) dout[i] *= z[i] * sigmoid(z[i]);
        }
        float steps = 0.0f;
        float dStep[items], dInput[items], output[items];
#pragma unroll
        for (int i = 0; i < items; ++i) {
            if (!work.isActive) dout[i] = 0.0f;
            steps += dt[i];
            if constexpr (!isFirstPass) {
                output[i] = skip * driven[i];
                driven[i] = work.isActive ? driven[i] * dt[i] : 0.0f;
                dStep[i] = 0.0f;
                dInput[i] = 0.0f;
            }
        }
        chunkSteps += steps;
        const float *checkpoint = p.checkpoints + (isFirstPass ? 0 : work.checkpointRow(p, t0) * p.states);

        for (int firstState = 0; firstState < p.states; firstState += stageStates) {
            if constexpr (!isConstant) {
                __syncthreads();
                if constexpr (!isFirstPass) work.stage(p, stageB, p.B, firstState, t0);
                work.stage(p, stageC, p.C, firstState, t0);
                __syncthreads();
            }
            const int endState = p.states - firstState < stageStates ? p.states : firstState + stageStates;
            for (int state = firstState; state < endState; ++state, exchangeTurn ^= 1) {
                const float ownA = A[state * laneChannels + work.laneChannel], rate = ownA * log2e;
                float decay[items];
                Inputs B, C;
                read(C, work, p, p.C, stageC, state);
                // The segment from zero, with time and against it.
                float sum = 0.0f, gradient = 0.0f, factor = exp2Fast(steps * rate);
#pragma unroll
                for (int i = 0; i < items; ++i) decay[i] = exp2Fast(dt[i] * rate);
                if (!isFirstPass) {
                    read(B, work, p, p.B, stageB, state);
#pragma unroll
                    for (int i = 0; i < items; ++i) sum = fmaf(decay[i], sum, driven[i] * B[i]);
                }
#pragma unroll
                for (int i = items - 1; i >= 0; --i) gradient = decay[i] * fmaf(C[i], dout[i], gradient);
                float factorAfter = factor;
#pragma unroll
                for (int by = laneChannels; by < 32; by *= 2) {
                    const float after = shuffleDown(gradient, by), otherAfter = shuffleDown(factorAfter, by);
                    if (work.laneSegment * laneChannels + by < 32) {
                        gradient = fmaf(factorAfter, after, gradient);
                        factorAfter *= otherAfter;
                    }
                    if (!isFirstPass) {
                        const float before = shuffleUp(sum, by), otherBefore = shuffleUp(factor, by);
                        if (work.laneSegment * laneChannels >= by) {
                            sum = fmaf(factor, before, sum);
                            factor *= otherBefore;
                        }
                    }
                }
                float ownFactor = 1.0f, ownSum = 0.0f, ownFactorAfter = 1.0f, ownGradient = 0.0f;
                if (laneChannels < 32) {
                    const float after = shuffleDown(gradient, laneChannels % 32);
                    const float otherAfter = shuffleDown(factorAfter, laneChannels % 32);
                    if (!work.isLastSegmentOfWarp()) {
                        ownGradient = after;
                        ownFactorAfter = otherAfter;
                    }
                    if (!isFirstPass) {
                        const float before = shuffleUp(sum, laneChannels % 32);
                        const float otherBefore = shuffleUp(factor, laneChannels % 32);
                        if (!work.isFirstSegmentOfWarp()) {
                            ownSum = before;
                            ownFactor = otherBefore;
                        }
                    }
                }
                FactorAndSum *later = after + exchangeTurn * warpRow + work.laneChannel;
                float *mine = exchange + exchangeTurn * warpRow + work.laneChannel;
                if (work.isFirstSegmentOfWarp()) later[work.warp * laneChannels] = FactorAndSum{factorAfter, gradient};
                if (!isFirstPass && work.isLastSegmentOfWarp()) mine[work.warp * laneChannels] = sum;
                __syncthreads();

                float dNext = carries[turn * carryCount + state * laneChannels + work.laneChannel];
SCAN_UNROLL_WARPS
                for (int w = Work::warps() - 1; w > 0; --w) {
                    const FactorAndSum next = later[w * laneChannels];
                    if (w > work.warp) dNext = fmaf(next.factor, dNext, next.sum);
                }
                if (work.warp == 0 && work.isFirstSegmentOfWarp())
                    carries[(turn ^ 1) * carryCount + state * laneChannels + work.laneChannel] =
                        fmaf(factorAfter, dNext, gradient);
                if (isFirstPass) continue;
                dNext = fmaf(ownFactorAfter, dNext, ownGradient);

                addPending(exchangeTurn ^ 1);
                float h = work.isActive ? checkpoint[state] : 0.0f;
SCAN_UNROLL_WARPS
                for (int w = 0; w < Work::warps() - 1; ++w) {
                    const float factorOfWarp = later[w * laneChannels].factor, sumOfWarp = mine[w * laneChannels];
                    if (w < work.warp) h = fmaf(factorOfWarp, h, sumOfWarp);
                }
                h = fmaf(ownFactor, h, ownSum);

                float found[sums] = {};
                float before[items], dC[items];
#pragma unroll
                for (int i = 0; i < items; ++i) {
                    before[i] = h;
                    h = fmaf(decay[i], h, driven[i] * B[i]);
                    dC[i] = dout[i] * h;
                    if constexpr (isConstant) found[2] += dC[i];
                    if constexpr (isGated) output[i] = fmaf(C[i], h, output[i]);
                }
                if constexpr (!isConstant) storeStateGradient<laneChannels>(dC, work, p.dC, state, t);
                float dB[items];
#pragma unroll
                for (int i = items - 1; i >= 0; --i) {
                    const float dState = fmaf(C[i], dout[i], dNext);
                    dB[i] = dState * driven[i];
                    if constexpr (isConstant) found[1] += dB[i];
                    dInput[i] = fmaf(dState, B[i], dInput[i]);
                    dNext = decay[i] * dState;
                    const float dRate = dNext * before[i];
                    dStep[i] = fmaf(ownA, dRate, dStep[i]);
                    found[0] = fmaf(dt[i], dRate, found[0]);
                }
                if constexpr (!isConstant) storeStateGradient<laneChannels>(dB, work, p.dB, state, t);
#pragma unroll
                for (int q = 0; q < sums; ++q) {
#pragma unroll
                    for (int by = laneChannels; by < 32; by *= 2) found[q] += shuffleXor(found[q], by);
                    if (work.isFirstSegmentOfWarp())
                        partial[(exchangeTurn * sums + q) * warpRow + work.warp * laneChannels + work.laneChannel] = found[q];
                }
                pending = state;
            }
        }
        if constexpr (!isFirstPass) {
            // Inputs are read again rather than kept in registers while the states go by.
            float u[items], du[items];
            load(u, work.input(p.u, work.mapChannel), p.u.time, work.pixels, t, work.end);
#pragma unroll
            for (int i = 0; i < items; ++i) {
                du[i] = fmaf(dt[i], dInput[i], skip * dout[i]);
                const float slope = p.is_softplus ? softplusSlope(dt[i]) : 1.0f;
                dStep[i] = t + i < work.end ? fmaf(u[i], dInput[i], dStep[i]) * slope : 0.0f;
                dD = fmaf(dout[i], u[i], dD);
                dBias += dStep[i];
            }
            work.output(du, p.du, p.has_float_outputs, t);
            work.output(dStep, p.ddelta, false, t);
            if constexpr (isGated) {
                float z[items], dz[items];
                load(z, work.input(p.z, work.mapChannel), p.z.time, work.pixels, t, work.end);
                load(dz, work.input(p.dy, work.mapChannel), p.dy.time, work.pixels, t, work.end);
#pragma unroll
                for (int i = 0; i < items; ++i) {
                    const float gate = sigmoid(z[i]);
                    dz[i] *= output[i] * gate * fmaf(z[i], 1.0f - gate, 1.0f);
                }
                work.output(dz, p.dz, p.has_float_outputs, t);
            }
        }
    }

    __syncthreads();
    if (isFirstPass) {
        const float total = work.sumOverSegments(chunkSteps, (float *)exchange);
        if (work.segment == 0 && work.isActive) p.chunk_steps[work.chunkRow(p)] = total;
        if (work.isActive) work.endCarries(p, carries + turn * carryCount, p.chunk_states + work.chunkRow(p) * p.states);
        return;
    }
    addPending(exchangeTurn ^ 1);
    dD = work.sumOverSegments(dD, exchange);
    dBias = work.sumOverSegments(dBias, exchange);
    if (!work.isActive) return;
    if (work.segment == 0 && p.dD) p.dD[work.chunkRow(p)] = dD;
    if (work.segment == 0 && p.ddelta_bias) p.ddelta_bias[work.chunkRow(p)] = dBias;
    const long long row = work.chunkRow(p) * p.states;
    work.endCarries(p, totals, p.dA + row);
    if constexpr (isConstant) {
        work.endCarries(p, totals + carryCount, (float *)p.dB.data + row);
        work.endCarries(p, totals + 2 * carryCount, (float *)p.dC.data + row);
    }
    if (p.dinitial_state && work.chunk == 0) work.endCarries(p, carries + turn * carryCount, p.dinitial_state + work.stateRow(p));
}

// Sums --------------------------------------------------------------------------------------------------------------

/// Adds up in the order of the indices, so that the result always has the same bits.
template <typename Index>
SCAN_DEVICE void addUp(const fk_cuda_sum &sum, Index count) {
    for (Index index = (Index)blockIdx.x * blockDim.x + threadIdx.x; index < count;
         index += (Index)gridDim.x * blockDim.x) {
        Index left = index;
        long long from = 0, to = 0;
#pragma unroll
        for (int axis = 3; axis > 0; --axis) {
            const Index size = (Index)sum.sizes[axis], at = left % size;
            left /= size;
            from += at * sum.from_strides[axis];
            to += at * sum.to_strides[axis];
        }
        from += left * sum.from_strides[0];
        to += left * sum.to_strides[0];
        float total = 0.0f;
        for (long long i = 0; i < sum.counts[0]; ++i)
            for (long long j = 0; j < sum.counts[1]; ++j)
                total += sum.from[from + i * sum.count_strides[0] + j * sum.count_strides[1]];
        if (sum.has_float_output)
            put((float *)sum.to + to, total);
        else
            put((Storage *)sum.to + to, total);
    }
}

SCAN_DEVICE void addUp(const fk_cuda_sum &sum) {
    const long long count = sum.sizes[0] * sum.sizes[1] * sum.sizes[2] * sum.sizes[3];
    // Divisions of short numbers are several times faster.
    if (count < 1ll << 31)
        addUp(sum, (unsigned)count);
    else
        addUp(sum, (unsigned long long)count);
}

// Kernels -----------------------------------------------------------------------------------------------------------

#ifndef SCAN_EMULATION
// SCAN_BACKWARD: which direction; SCAN_LANES: neighbouring channels in a warp; SCAN_WARPS: warps of a block; SCAN_CONSTANT: whether B and C are constant
// in time; SCAN_GATED: whether there is a gate.
#if SCAN_BACKWARD
SCAN_KERNEL(128, 3) scan(const fk_cuda_scan_parameters p) {
    scanBackward<SCAN_LANES, SCAN_WARPS, SCAN_CONSTANT, SCAN_GATED, false>(p);
}
SCAN_KERNEL(128, 3) scan_first(const fk_cuda_scan_parameters p) {
    scanBackward<SCAN_LANES, SCAN_WARPS, SCAN_CONSTANT, SCAN_GATED, true>(p);
}
#else
SCAN_KERNEL(128, 3) scan(const fk_cuda_scan_parameters p) { scanForward<SCAN_LANES, SCAN_WARPS, SCAN_CONSTANT, false>(p); }
SCAN_KERNEL(128, 3) scan_first(const fk_cuda_scan_parameters p) { scanForward<SCAN_LANES, SCAN_WARPS, SCAN_CONSTANT, true>(p); }
#endif
SCAN_KERNEL(256, 4) scan_chunks(const fk_cuda_scan_parameters p) { scanChunks(p, SCAN_BACKWARD); }
SCAN_KERNEL(256, 4) scan_sum(const fk_cuda_sum sum) { addUp(sum); }
#endif
