// The forward scan. Included inside the anonymous namespace of each instruction set's file, after scan_plan.h.
//
//     h[n] = exp(dt·A[n])·h[n] + dt·u·B[n]        y = Σ_n C[n]·h[n] + D·u        for each channel, time after time
//
// One vector holds `lanes` channels of one state: dt, u, y are then vectors too, nothing is added across lanes, and B
// and C, which a group of channels shares, are single numbers that a load broadcasts. The other choice, states in
// lanes, would add lanes for each y and compute softplus and gate with lanes idle.
//
// Order of the loops: tiles of time > vectors of channels > chunks of states > time > states. A tile of dt, dt·u and y
// stays in the L1 cache, so does the tile of B and C that all vectors of a group use; a chunk of states keeps its h in
// registers (or the top of the stack) while it passes over the tile and adds its part to y. Vectors inside tiles: token
// layouts are then read in the order of memory. Each update of a state costs one exponential (13 instructions) and 3
// more; updates of different states do not depend on each other, so they are computed side by side.
//
// Memory traffic, in bytes for each token and channel: u, delta and z read (4 each), y written (4): 16 in all, 12
// without gate. B and C are read (8·states bytes a token) once for each run of vectors of a group. h is written only at
// the end.
//
// Arithmetic on one vector of channels never depends on which vectors are computed beside it, so neither does the
// result on the division of the work. A sequence can stop and continue: the state is all that tiles hand on.
//
// Paths over one map follow each other, each a scan of its own whose tokens are gathered from their pixels, tile by
// tile: with channels side by side a vector is a load as before. Paths after the first add to y.

constexpr int tileTimes = 64;
constexpr int tileFloats = 4096;
constexpr int neighbours = 4;  ///< Vectors whose tiles are filled together.
static_assert(neighbours <= mostNeighbours);
constexpr int tileStep = fk_scan_checkpoint_interval;  ///< Tiles hold a whole number of these, but for the last.

/// What is computed once for each token and channel of a vector: [time][lane].
struct TokenTile {
    float dt[tileTimes * lanes] = {};
    float dtu[tileTimes * lanes] = {};  ///< dt·u.
    float y[tileTimes * lanes] = {};    ///< u before it becomes D·u.
    float z[tileTimes * lanes] = {};
};

constexpr int64_t tileStride = sizeof(TokenTile) / sizeof(float);

struct alignas(64) Scratch {
    float decay[mostStates * lanes];  ///< A·log2(e), [vector][state][lane].
    float state[mostStates * lanes];  ///< h, likewise.
    float B[tileFloats];              ///< Shared: [chunk][time][state]; one per lane: [time][state][lane].
    float C[tileFloats];
    TokenTile tiles[neighbours];
};

/// One step of the states [first, first + count) of a chunk.
template <int first, int count, int stride, bool mayGrow>
FK_INLINE void step(
    Vector *h, Vector (&sums)[2], const float *decay, const float *B, const float *C, Vector dt, Vector dtu) {
    Vector t[count], factor[count];
    for (int i = 0; i < count; ++i) t[i] = dt * load(decay + (first + i) * lanes);
    exponentials2<mayGrow, count>(t, factor);
    for (int i = 0; i < count; ++i) {
        const int n = first + i;
        const Vector added = dtu * (stride == 1 ? broadcast(B[n]) : load(B + n * stride));
        h[n] = factor[i] * h[n] + added;
        sums[n % 2] = (stride == 1 ? broadcast(C[n]) : load(C + n * stride)) * h[n] + sums[n % 2];
    }
}

/// Carries `states` states through the times [begin, end) of a tile and adds their part to y. B and C: shared by the
/// lanes, [time][chunkStates]; else a vector for each time and state, [time][state][lane].
template <int states, bool isShared, bool mayGrow>
static void advance(
    TokenTile &tile, const float *decay, float *state, const float *B, const float *C, int begin, int end) {
    constexpr int stride = isShared ? 1 : lanes, rest = states % together, whole = states - rest;
    Vector h[states];
    for (int n = 0; n < states; ++n) h[n] = load(state + n * lanes);
    B += begin * chunkStates * stride;
    C += begin * chunkStates * stride;
    for (int t = begin; t < end; ++t, B += chunkStates * stride, C += chunkStates * stride) {
        const Vector dt = load(tile.dt + t * lanes), dtu = load(tile.dtu + t * lanes);
        Vector sums[2] = {load(tile.y + t * lanes), Vector{}};
        if constexpr (whole > 0) step<0, together, stride, mayGrow>(h, sums, decay, B, C, dt, dtu);
        if constexpr (whole > together) step<together, together, stride, mayGrow>(h, sums, decay, B, C, dt, dtu);
        if constexpr (rest > 0) step<whole, rest, stride, mayGrow>(h, sums, decay, B, C, dt, dtu);
        store(tile.y + t * lanes, sums[0] + sums[1]);
    }
    for (int n = 0; n < states; ++n) store(state + n * lanes, h[n]);
}

using Advance = void (*)(TokenTile &, const float *, float *, const float *, const float *, int, int);

template <bool isShared, bool mayGrow, size_t... index>
FK_INLINE Advance chooseAdvance(int states, std::index_sequence<index...>) {
    static constexpr Advance table[] = {advance<int(index) + 1, isShared, mayGrow>...};
    return table[states - 1];
}

/// The vectors of a run, from the first token to the last.
class Run : VectorRun {
public:
    Run(const Plan &plan, Scratch &scratch, int64_t batch, int64_t firstVector, int vectors)
        : VectorRun(plan, batch, firstVector, vectors), s_(scratch) {}

    void operator()() {
        for (int v = 0; v < vectors_; ++v) begin(v);
        const int perTime = plan_.isShared ? plan_.chunks * chunkStates : chunkStates * lanes;
        const int most = tileTimes * perTime <= tileFloats ? tileTimes : tileFloats / perTime / tileStep * tileStep;
        for (int64_t t = 0; t < a_.length; t += most) {
            const int times = int(a_.length - t < most ? a_.length - t : most);
            const int64_t ahead = t + 2 * times <= a_.length ? times : 0;
            for (int first = 0; first < vectors_; first += neighbours) {
                const int end = std::min(first + neighbours, vectors_);
                fill(first, end, t, times, ahead);
                for (int v = first; v < end; ++v) {
                    if (plan_.isShared && (v == 0 || group(v) != group(v - 1))) {
                        shareParameter(s_.B, a_.B, a_.B_strides, group(v), t, times, ahead);
                        shareParameter(s_.C, a_.C, a_.C_strides, group(v), t, times, ahead);
                    }
                    advanceVector(v, s_.tiles[v - first], t, times, ahead);
                }
                if (a_.y) scatterSum(s_.tiles[0].y, tileStride, a_.y, a_.y_strides, first, end, t, times);
            }
        }
        if (scan_.steps)
            for (int v = 0; v < vectors_; ++v)
                std::copy_n(steps_ + v * lanes, count(v), scan_.steps + batch_ * a_.channels + channel(v));
        if (a_.last_state)
            for (int v = 0; v < vectors_; ++v)
                storeStates(state(v), a_.last_state + stateRow(v), v);
    }

private:
    float *decay(int v) { return s_.decay + v * plan_.chunks * chunkStates * lanes; }
    float *state(int v) { return s_.state + v * plan_.chunks * chunkStates * lanes; }

    void begin(int v) {
        std::fill_n(steps_ + v * lanes, lanes, 0.0);
        mayGrow_[v] = loadDecay(decay(v), v);
        if (a_.initial_state) {
            loadStates(state(v), a_.initial_state + stateRow(v), v);
        } else {
            std::fill_n(state(v), a_.states * lanes, 0.0f);
        }
    }

    void fill(int first, int end, int64_t t, int times, int64_t ahead) {
        TokenTile &tile = s_.tiles[0];
        gatherSequence(tile.y, tileStride, a_.u, a_.u_strides, first, end, t, times, ahead);
        gatherSequence(tile.dt, tileStride, a_.delta, a_.delta_strides, first, end, t, times, ahead);
        if (a_.z && a_.y) gatherSequence(tile.z, tileStride, a_.z, a_.z_strides, first, end, t, times, ahead);
    }

    void advanceVector(int v, TokenTile &tile, int64_t t, int times, int64_t ahead) {
        prepare(tile, perChannel(a_.delta_bias, v), perChannel(a_.D, v), times);
        if (scan_.steps) addSteps(tile, v, times);
        for (int chunk = 0; chunk < plan_.chunks; ++chunk) {
            const int size = plan_.chunkSize(chunk), shared = chunk * chunkStates * times;
            constexpr auto sizes = std::make_index_sequence<chunkStates>();
            if (plan_.isShared) {
                const Advance advance =
                    mayGrow_[v] ? chooseAdvance<true, true>(size, sizes) : chooseAdvance<true, false>(size, sizes);
                advanceChunk(advance, tile, v, chunk, s_.B + shared, s_.C + shared, t, times);
            } else {
                spreadParameter(s_.B, a_.B, a_.B_strides, v, chunk * chunkStates, size, t, times, ahead);
                spreadParameter(s_.C, a_.C, a_.C_strides, v, chunk * chunkStates, size, t, times, ahead);
                advanceChunk(chooseAdvance<false, true>(size, sizes), tile, v, chunk, s_.B, s_.C, t, times);
            }
        }
        if (a_.z && a_.y) gate(tile, times);
    }

    /// Stops on the way to save checkpoints if they are wanted.
    void advanceChunk(
        Advance advance, TokenTile &tile, int v, int chunk, const float *B, const float *C, int64_t t, int times) {
        const int offset = chunk * chunkStates * lanes;
        float *const h = state(v) + offset;
        const int pause = a_.checkpoints ? fk_scan_checkpoint_interval : times;
        for (int begin = 0; begin < times; begin += pause) {
            if (a_.checkpoints) {
                float *to = scan_.checkpoint(batch_, t + begin) + channel(v) * a_.states + chunk * chunkStates;
                scatter<false>(h, to, a_.states, count(v), inRow, 0, plan_.chunkSize(chunk));
            }
            advance(tile, decay(v) + offset, h, B, C, begin, begin + pause < times ? begin + pause : times);
        }
    }

    /// This and gate round the times up to `together`; the tiles have room.
    void prepare(TokenTile &tile, Vector bias, Vector skip, int times) {
        for (int t = 0; t < times; t += together) {
            Vector dt[together];
            for (int i = 0; i < together; ++i) dt[i] = load(tile.dt + (t + i) * lanes) + bias;
            Vector w[together];
            if (a_.delta_softplus) softplus<together>(dt, w);
            for (int i = 0; i < together; ++i) {
                const Vector u = load(tile.y + (t + i) * lanes);
                store(tile.dt + (t + i) * lanes, dt[i]);
                store(tile.dtu + (t + i) * lanes, dt[i] * u);
                store(tile.y + (t + i) * lanes, skip * u);
            }
        }
    }

    void addSteps(const TokenTile &tile, int v, int times) {
        Vector sum{};
        for (int t = 0; t < times; ++t) sum += load(tile.dt + t * lanes);
        for (int i = 0; i < lanes; ++i) steps_[v * lanes + i] += double(sum[i]);
    }

    static void gate(TokenTile &tile, int times) {
        for (int t = 0; t < times; t += together) {
            Vector z[together];
            for (int i = 0; i < together; ++i) z[i] = load(tile.z + (t + i) * lanes);
            silu<together>(z);
            for (int i = 0; i < together; ++i)
                store(tile.y + (t + i) * lanes, load(tile.y + (t + i) * lanes) * z[i]);
        }
    }

    Scratch &s_;
    bool mayGrow_[mostChunks];
    double steps_[mostChunks * lanes];  ///< Σdt.
};

static int64_t items(const PathScan &scan) {
    return scan.arguments.channels == 0 ? 0 : scan.arguments.batches * Plan(scan).batchVectors;
}

static void forward(const PathScan &scan, int64_t begin, int64_t end) {
    const FlushDenormals flush;
    const Plan plan(scan);
    Scratch scratch;
    while (begin < end) {
        const int64_t batch = begin / plan.batchVectors, vector = begin % plan.batchVectors;
        int64_t vectors = mostChunks / plan.chunks;
        if (vectors > plan.batchVectors - vector) vectors = plan.batchVectors - vector;
        if (vectors > end - begin) vectors = end - begin;
        Run(plan, scratch, batch, vector, int(vectors))();
        begin += vectors;
    }
}
