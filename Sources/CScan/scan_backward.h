// The backward scan of a run of vectors. Included inside the anonymous namespace of each instruction set's file, after
// scan_backward_steps.h.
//
// A run is at most runChannels channels of a group (or, where groups are small, one vector with lanes of several
// groups); one vector where the scan is asked for in parts of time, for many threads. It adds up its part of dB and dC;
// the parts of the runs of a group are added afterwards, in their order. So the division into runs, which the arguments
// alone decide, is also the order of every addition.

constexpr int runChannels = 32;
constexpr int mostRunVectors = runChannels / lanes;
static_assert(mostRunVectors <= mostNeighbours);
static_assert(tileTokens * chunkStates * lanes <= tileFloats);
constexpr int mostRuns = 4;  ///< That go through the tiles together.

struct alignas(64) BackwardScratch {
    float states[4 * mostStates * runChannels];  ///< Those of every run.
    float B[tileFloats];                         ///< As in Scratch.
    float C[tileFloats];
    GradientTile tiles[mostRunVectors];
    Trace trace;
    float dB[tileTokens * together * lanes];  ///< [state][time][lane].
    float dC[tileTokens * together * lanes];
};

/// The vectors of a run, which go through the tiles of a span from the last to the first.
class BackwardRun : VectorRun {
public:
    BackwardRun(
        const Plan &plan, const BackwardWork &work, BackwardScratch &scratch, int64_t batch, int64_t firstVector,
        int vectors, int64_t slot, float *states)
        : VectorRun(plan, batch, firstVector, vectors),
          work_(work),
          out_(work.gradients),
          s_(scratch),
          slot_(slot),
          states_(states) {}

    void begin() {
        for (int v = 0; v < vectors_; ++v) {
            mayGrow_[v] = loadDecay(decay(v), v);
            loadStates(adjoint(v), work_.adjoint + ownRow(v), v);
            loadStates(dA(v), work_.dA + ownRow(v), v);
        }
    }

    void goThrough(int64_t tile) {
        const int64_t t = work_.begin + tile * tileTokens;
        const int times = int(a_.length - t < tileTokens ? a_.length - t : tileTokens);
        const int64_t ahead = t >= 4 * tileTokens ? -4 * tileTokens : 0;
        if (plan_.isShared) {
            shareParameter(s_.B, a_.B, a_.B_strides, group(0), t, times, ahead);
            shareParameter(s_.C, a_.C, a_.C_strides, group(0), t, times, ahead);
        }
        fill(t, times, ahead);
        for (int v = 0; v < vectors_; ++v) prepare(v, t, times);
        for (int first = 0; first < a_.states; first += together) {
            const int states = int(a_.states - first < together ? a_.states - first : together);
            block(first, states, t, times, ahead);
            if (plan_.isShared) {
                addLanes(s_.dB, work_.dB + part(slot_, tile, first), states);
                addLanes(s_.dC, work_.dC + part(slot_, tile, first), states);
            } else {
                splitLanes(s_.dB, work_.dB, tile, first, states);
                splitLanes(s_.dC, work_.dC, tile, first, states);
            }
        }
        for (int v = 0; v < vectors_; ++v) finish(v, times);
        GradientTile &first = s_.tiles[0];
        if (out_.du) scatterSum(first.u, gradientStride, out_.du, out_.du_strides, 0, vectors_, t, times);
        if (out_.ddelta)
            scatterSequence<false>(
                first.dt, gradientStride, out_.ddelta, a_.storage, out_.ddelta_strides, 0, vectors_, t, times);
        if (out_.dz) scatterSum(first.dgate, gradientStride, out_.dz, out_.dz_strides, 0, vectors_, t, times);
    }

    void end() {
        for (int v = 0; v < vectors_; ++v) {
            storeStates(adjoint(v), work_.adjoint + ownRow(v), v);
            storeStates(dA(v), work_.dA + ownRow(v), v);
        }
    }

private:
    float *decay(int v) { return states_ + v * 4 * plan_.chunks * chunkStates * lanes; }
    float *state(int v) { return decay(v) + plan_.chunks * chunkStates * lanes; }
    float *adjoint(int v) { return state(v) + plan_.chunks * chunkStates * lanes; }
    float *dA(int v) { return adjoint(v) + plan_.chunks * chunkStates * lanes; }

    /// Where row (batch, channel) of the states of this path begins.
    int64_t ownRow(int v) const { return (batch_ * a_.channels + channel(v)) * a_.states; }

    void fill(int64_t t, int times, int64_t ahead) {
        GradientTile &tile = s_.tiles[0];
        const auto gather = [&](float *to, const void *from, const fk_scan_sequence_strides &strides) {
            gatherSequence(to, gradientStride, from, strides, 0, vectors_, t, times, ahead);
        };
        gather(tile.u, a_.u, a_.u_strides);
        gather(tile.dt, a_.delta, a_.delta_strides);
        gather(tile.doutput, out_.dy, out_.dy_strides);
        if (a_.z) gather(tile.dgate, a_.z, a_.z_strides);
    }

    /// Prepares the tile of a vector, and its states at the tile's start. Lanes past the last channel get no input and
    /// no gradient, so that they add nothing to dB and dC. Rounds the times up to `together`.
    void prepare(int v, int64_t t, int times) {
        const int64_t aheadStates = t >= tileTokens ? -scan_.checkpointStates : 0;
        loadStates(state(v), scan_.checkpoint(batch_, t) + channel(v) * a_.states, v, aheadStates);
        GradientTile &tile = s_.tiles[v];
        const Vector bias = perChannel(a_.delta_bias, v), skip = perChannel(a_.D, v);
        static constexpr auto ones = [] {
            std::array<float, lanes> values;
            values.fill(1);
            return values;
        }();
        const auto isUsed = loadLanes(ones.data(), count(v)) > Vector{};
        for (int i = 0; i < times * lanes; i += together * lanes) {
            Vector dt[together], slope[together], gate[together], dgate[together];
            for (int k = 0; k < together; ++k) {
                dt[k] = load(tile.dt + i + k * lanes) + bias;
                slope[k] = broadcast(1.0f);
            }
            if (a_.delta_softplus) softplusWithSlope<together>(dt, slope);
            if (a_.z) {
                for (int k = 0; k < together; ++k) gate[k] = load(tile.dgate + i + k * lanes);
                siluWithSlope<together>(gate, dgate);
            }
            for (int k = 0; k < together; ++k) {
                const int at = i + k * lanes;
                const Vector u = load(tile.u + at), dy = isUsed ? load(tile.doutput + at) : Vector{};
                store(tile.dt + at, dt[k]);
                store(tile.slope + at, slope[k]);
                store(tile.dtu + at, isUsed ? dt[k] * u : Vector{});
                store(tile.output + at, skip * u);
                store(tile.doutput + at, a_.z ? dy * gate[k] : dy);
                if (a_.z) store(tile.dgate + at, dy * dgate[k]);
                store(tile.dinput + at, Vector{});
                store(tile.dexponent + at, Vector{});
            }
        }
    }

    void block(int first, int states, int64_t t, int times, int64_t ahead) {
        if (times < tileTokens) {  // the parts hold zeros past the end
            std::fill_n(s_.dB, states * tileTokens * lanes, 0.0f);
            std::fill_n(s_.dC, states * tileTokens * lanes, 0.0f);
        }
        const int chunk = first / chunkStates * chunkStates, inChunk = first - chunk;
        if (!plan_.isShared && inChunk == 0) {  // one vector
            const int chunkSize = plan_.chunkSize(first / chunkStates);
            spreadParameter(s_.B, a_.B, a_.B_strides, 0, first, chunkSize, t, times, ahead);
            spreadParameter(s_.C, a_.C, a_.C_strides, 0, first, chunkSize, t, times, ahead);
        }
        const int offset = plan_.isShared ? chunk * times + inChunk : inChunk * lanes;
        const float *B = s_.B + offset, *C = s_.C + offset;
        for (int v = 0; v < vectors_; ++v) {
            const Retreat retreat = chooseRetreat(states, plan_.isShared, v == 0);
            const Recompute recompute = chooseRecompute(states, plan_.isShared, mayGrow_[v], out_.dz);
            GradientTile &tile = s_.tiles[v];
            const int at = first * lanes;
            recompute(s_.trace, tile, decay(v) + at, state(v) + at, B, C, times);
            retreat(s_.trace, tile, decay(v) + at, adjoint(v) + at, dA(v) + at, B, C, s_.dB, s_.dC, times);
        }
    }

    /// Where the run's part of dB or dC lies: [slot][tile][state][time].
    int64_t part(int64_t slot, int64_t tile, int64_t state) const {
        return (batch_ * work_.slots + slot) * work_.slot + (tile * a_.states + state) * tileTokens;
    }

    /// Adds the lanes, which are channels of one group.
    void addLanes(const float *from, float *to, int states) const {
        for (int i = 0; i < states * tileTokens; i += lanes) {
            Vector rows[lanes];
            for (int k = 0; k < lanes; ++k) rows[k] = load(from + (i + k) * lanes);
            store(to + i, laneSums(rows));
        }
    }

    /// Gives each lane, which is a channel with a slot of its own, its part.
    void splitLanes(const float *from, float *to, int64_t tile, int first, int states) const {
        const int64_t stride = part(1, 0, 0) - part(0, 0, 0);
        for (int n = 0; n < states; ++n)
            scatter<false>(
                from + n * tileTokens * lanes, to + part(channel(0), tile, first + n), stride, count(0),
                inRow, 0, tileTokens);
    }

    /// Turns what the blocks have added up into the gradients of u, delta and z.
    void finish(int v, int times) {
        GradientTile &tile = s_.tiles[v];
        const Vector skip = perChannel(a_.D, v);
        Vector dskip{}, dbias{};
        for (int i = 0; i < times * lanes; i += lanes) {
            const Vector u = load(tile.u + i), doutput = load(tile.doutput + i), dinput = load(tile.dinput + i);
            const Vector ddt = u * dinput + 0x1.62e430p-1f * load(tile.dexponent + i);
            const Vector ddelta = ddt * load(tile.slope + i);
            dskip += u * doutput;
            dbias += ddelta;
            store(tile.u + i, load(tile.dt + i) * dinput + skip * doutput);
            store(tile.dt + i, ddelta);
            store(tile.dgate + i, load(tile.dgate + i) * load(tile.output + i));
        }
        add(work_.dD, dskip, v);
        add(work_.dbias, dbias, v);
    }

    void add(float *sums, Vector value, int v) const {
        float *to = sums + batch_ * a_.channels + channel(v);
        storeLanes(to, loadLanes(to, count(v)) + value, count(v));
    }

    const BackwardWork &work_;
    const fk_scan_gradients &out_;
    BackwardScratch &s_;
    int64_t slot_;
    float *states_;  ///< [vector][decay, state, adjoint, dA][state][lane].
    bool mayGrow_[mostRunVectors];
};

/// How many runs the vectors of a group make (or, where groups are small, those of a batch), as even as can be.
static int64_t runsOfGroup(const Plan &plan) {
    const int64_t most = plan.arguments.parts > 1 ? 1 : mostRunVectors;
    return plan.isShared ? (plan.groupVectors + most - 1) / most : plan.groupVectors;
}

static BackwardSizes backwardSizes(const PathScan &scan) {
    if (scan.arguments.channels == 0) return {0, 0};
    const Plan plan(scan);
    const int64_t runs = runsOfGroup(plan);
    return plan.isShared ? BackwardSizes{runs * scan.arguments.groups, runs} : BackwardSizes{runs, plan.groupChannels};
}

/// Neighbouring runs go through the tiles together where they read what lies side by side in memory (token layouts);
/// elsewhere each for itself, so that its rows stay in the cache.
static void backward(const BackwardWork &work, int64_t begin, int64_t end) {
    const FlushDenormals flush;
    const Plan plan(work.scan);
    const int64_t runs = runsOfGroup(plan), batchRuns = plan.batchVectors / plan.groupVectors * runs;
    const int64_t most = work.scan.arguments.u_strides.channel == 1 ? std::min(mostChunks / plan.chunks, mostRuns) : 1;
    BackwardScratch scratch;
    while (begin < end) {
        std::optional<BackwardRun> neighbours[mostRuns];
        const int count = int(std::min({most, end - begin, batchRuns - begin % batchRuns}));
        for (int i = 0; i < count; ++i) {
            const int64_t batch = (begin + i) / batchRuns, run = (begin + i) % batchRuns, group = run / runs;
            const int64_t first = run % runs * plan.groupVectors / runs;
            const int64_t next = (run % runs + 1) * plan.groupVectors / runs;
            float *states = scratch.states + i * 4 * plan.chunks * chunkStates * runChannels;
            neighbours[i].emplace(
                plan, work, scratch, batch, group * plan.groupVectors + first, int(next - first), run, states);
            neighbours[i]->begin();
        }
        for (int64_t tile = work.tiles - 1; tile >= 0; --tile)
            for (int i = 0; i < count; ++i) neighbours[i]->goThrough(tile);
        for (int i = 0; i < count; ++i) neighbours[i]->end();
        begin += count;
    }
}
