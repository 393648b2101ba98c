// The backward scan, one block of states through one tile of time. Included inside the anonymous namespace of each
// instruction set's file, after scan_kernel.h.
//
// With dp the gradient of the output before the gate and a = exp(dt·A), for each channel, from the last token to the
// first:
//
//     g[n] = C[n]·dp + carry[n]        carry[n] = a[n]·g[n]        (g: gradient of the state h[n] after this token)
//     dC[n] += dp·h[n]                 dB[n] += g[n]·dt·u          q[n] = carry[n]·(h[n] before this token)
//     dA[n] += dt·q[n]                 du = dt·Σ g[n]·B[n] + D·dp  d(dt) = u·Σ g[n]·B[n] + Σ A[n]·q[n]
//
// Order of the loops: tiles of time, from the last > blocks of states > vectors of channels > time. A tile starts from
// a checkpoint: `recompute` goes through it and keeps a and h of its block in the L1 cache, `retreat` comes back. dB and
// dC of a block are added up over the vectors of a run, still lane by lane, and over lanes once after that. Each update
// of a state costs one exponential and 12 more instructions. With what there is to do for each token (two more sigmoids,
// three more arrays) that makes 2.2 to 2.3 times the forward scan, and once more where there are no checkpoints yet.
//
// Memory traffic, in bytes for each token and channel: u, delta, dy and z read, du, ddelta and dz written (4 each):
// 28 in all, 20 without gate; and states/4 for the checkpoint.

constexpr int tileTokens = fk_scan_checkpoint_interval;
static_assert(tileTokens % lanes == 0 && tileTokens % together == 0);

/// What is computed once for each token and channel of a vector: [time][lane].
struct GradientTile {
    float dt[tileTokens * lanes] = {};
    float slope[tileTokens * lanes] = {};  ///< Derivative of dt by delta.
    float u[tileTokens * lanes] = {};
    float dtu[tileTokens * lanes] = {};        ///< dt·u.
    float doutput[tileTokens * lanes] = {};    ///< Gradient of the output before the gate.
    float dgate[tileTokens * lanes] = {};      ///< dy times the derivative of the gate: dz but for the output.
    float output[tileTokens * lanes] = {};     ///< Before the gate.
    float dinput[tileTokens * lanes] = {};     ///< Σ g·B: gradient of dt·u.
    float dexponent[tileTokens * lanes] = {};  ///< Σ A·log2(e)·q.
};

constexpr int64_t gradientStride = sizeof(GradientTile) / sizeof(float);

/// What one block of states of one vector leaves for the way back: [time][state][lane].
struct alignas(64) Trace {
    float decay[tileTokens * together * lanes];        ///< a.
    float state[(tileTokens + 1) * together * lanes];  ///< h, from before the first token on.
};

template <int count, bool isShared, bool mayGrow, bool needsOutput>
static void recompute(
    Trace &trace, GradientTile &tile, const float *decay, const float *state, const float *B, const float *C,
    int times) {
    constexpr int stride = isShared ? 1 : lanes;
    float *traceDecay = trace.decay, *traceState = trace.state;
    Vector h[count];
    for (int n = 0; n < count; ++n) {
        h[n] = load(state + n * lanes);
        store(traceState + n * lanes, h[n]);
    }
    for (int t = 0; t < times; ++t, B += chunkStates * stride, C += chunkStates * stride) {
        const Vector dt = load(tile.dt + t * lanes), dtu = load(tile.dtu + t * lanes);
        Vector x[count], a[count];
        for (int n = 0; n < count; ++n) x[n] = dt * load(decay + n * lanes);
        exponentials2<mayGrow, count>(x, a);
        traceState += count * lanes;
        for (int n = 0; n < count; ++n) {
            h[n] = a[n] * h[n] + dtu * (isShared ? broadcast(B[n]) : load(B + n * stride));
            store(traceDecay + n * lanes, a[n]);
            store(traceState + n * lanes, h[n]);
        }
        traceDecay += count * lanes;
        if constexpr (needsOutput) {
            Vector output = load(tile.output + t * lanes);
            for (int n = 0; n < count; ++n) output += (isShared ? broadcast(C[n]) : load(C + n * stride)) * h[n];
            store(tile.output + t * lanes, output);
        }
    }
}

/// Sets dB and dC, [state][time][lane], or adds to what other vectors have left there.
template <int count, bool isShared, bool isFirst>
static void retreat(
    const Trace &trace, GradientTile &tile, const float *decay, float *adjoint, float *dA, const float *B,
    const float *C, float *dB, float *dC, int times) {
    constexpr int stride = isShared ? 1 : lanes;
    Vector carry[count], sums[count];
    for (int n = 0; n < count; ++n) {
        carry[n] = load(adjoint + n * lanes);
        sums[n] = Vector{};
    }
    for (int t = times - 1; t >= 0; --t) {
        const Vector doutput = load(tile.doutput + t * lanes), dt = load(tile.dt + t * lanes);
        const Vector dtu = load(tile.dtu + t * lanes);
        Vector dinput = load(tile.dinput + t * lanes), dexponent = load(tile.dexponent + t * lanes);
        for (int n = 0; n < count; ++n) {
            const int at = (t * count + n) * lanes, i = t * chunkStates * stride + n * stride;
            const int sum = (n * tileTokens + t) * lanes;
            const Vector g = (isShared ? broadcast(C[i]) : load(C + i)) * doutput + carry[n];
            dinput += (isShared ? broadcast(B[i]) : load(B + i)) * g;
            const Vector h = load(trace.state + at + count * lanes);
            store(dB + sum, isFirst ? g * dtu : load(dB + sum) + g * dtu);
            store(dC + sum, isFirst ? h * doutput : load(dC + sum) + h * doutput);
            carry[n] = load(trace.decay + at) * g;
            const Vector q = carry[n] * load(trace.state + at);
            dexponent += load(decay + n * lanes) * q;
            sums[n] += dt * q;
        }
        store(tile.dinput + t * lanes, dinput);
        store(tile.dexponent + t * lanes, dexponent);
    }
    for (int n = 0; n < count; ++n) {
        store(adjoint + n * lanes, carry[n]);
        store(dA + n * lanes, load(dA + n * lanes) + sums[n]);
    }
}

using Recompute = void (*)(Trace &, GradientTile &, const float *, const float *, const float *, const float *, int);
using Retreat = void (*)(
    const Trace &, GradientTile &, const float *, float *, float *, const float *, const float *, float *, float *,
    int);

template <bool isShared, bool mayGrow, bool needsOutput, size_t... index>
FK_INLINE Recompute chooseRecompute(int states, std::index_sequence<index...>) {
    static constexpr Recompute table[] = {recompute<int(index) + 1, isShared, mayGrow, needsOutput>...};
    return table[states - 1];
}

FK_INLINE Recompute chooseRecompute(int states, bool isShared, bool mayGrow, bool needsOutput) {
    constexpr auto sizes = std::make_index_sequence<together>();
    if (!isShared)
        return needsOutput ? chooseRecompute<false, true, true>(states, sizes)
                           : chooseRecompute<false, true, false>(states, sizes);
    if (mayGrow)
        return needsOutput ? chooseRecompute<true, true, true>(states, sizes)
                           : chooseRecompute<true, true, false>(states, sizes);
    return needsOutput ? chooseRecompute<true, false, true>(states, sizes)
                       : chooseRecompute<true, false, false>(states, sizes);
}

template <bool isShared, bool isFirst, size_t... index>
FK_INLINE Retreat chooseRetreat(int states, std::index_sequence<index...>) {
    static constexpr Retreat table[] = {retreat<int(index) + 1, isShared, isFirst>...};
    return table[states - 1];
}

FK_INLINE Retreat chooseRetreat(int states, bool isShared, bool isFirst) {
    constexpr auto sizes = std::make_index_sequence<together>();
    if (!isShared) return chooseRetreat<false, true>(states, sizes);
    return isFirst ? chooseRetreat<true, true>(states, sizes) : chooseRetreat<true, false>(states, sizes);
}
