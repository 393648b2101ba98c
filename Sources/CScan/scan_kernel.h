// The forward scan. Included inside the anonymous namespace of each instruction set's file, after scan_tiles.h.
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

constexpr int chunkStates = lanes < 8 ? 8 : lanes;
constexpr int together = chunkStates / 2;  ///< States whose exponentials are computed side by side.
constexpr int mostChunks = int(mostStates) / chunkStates;
constexpr int tileTimes = 64;
constexpr int tileFloats = 4096;

struct alignas(64) Scratch {
    float decay[mostStates * lanes];  ///< A·log2(e), [vector][state][lane].
    float state[mostStates * lanes];  ///< h, likewise.
    float B[tileFloats];              ///< Shared: [chunk][time][state]; one per lane: [time][state][lane].
    float C[tileFloats];
    float dt[tileTimes * lanes] = {};   ///< [time][lane], like the next two.
    float dtu[tileTimes * lanes] = {};  ///< dt·u; z before the gate.
    float y[tileTimes * lanes] = {};    ///< u before it becomes D·u.
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

/// Carries `states` states through a tile and adds their part to y. B and C: shared by the lanes, [time][chunkStates];
/// else a vector for each time and state, [time][state][lane].
template <int states, bool isShared, bool mayGrow>
static void advance(Scratch &s, const float *decay, float *state, const float *B, const float *C, int times) {
    constexpr int stride = isShared ? 1 : lanes, rest = states % together, whole = states - rest;
    Vector h[states];
    for (int n = 0; n < states; ++n) h[n] = load(state + n * lanes);
    for (int t = 0; t < times; ++t, B += chunkStates * stride, C += chunkStates * stride) {
        const Vector dt = load(s.dt + t * lanes), dtu = load(s.dtu + t * lanes);
        Vector sums[2] = {load(s.y + t * lanes), Vector{}};
        if constexpr (whole > 0) step<0, together, stride, mayGrow>(h, sums, decay, B, C, dt, dtu);
        if constexpr (whole > together) step<together, together, stride, mayGrow>(h, sums, decay, B, C, dt, dtu);
        if constexpr (rest > 0) step<whole, rest, stride, mayGrow>(h, sums, decay, B, C, dt, dtu);
        store(s.y + t * lanes, sums[0] + sums[1]);
    }
    for (int n = 0; n < states; ++n) store(state + n * lanes, h[n]);
}

using Advance = void (*)(Scratch &, const float *, float *, const float *, const float *, int);

template <bool isShared, bool mayGrow, size_t... index>
FK_INLINE Advance chooseAdvance(int states, std::index_sequence<index...>) {
    static constexpr Advance table[] = {advance<int(index) + 1, isShared, mayGrow>...};
    return table[states - 1];
}

/// How channels fall into vectors. Vectors stay inside a group, whose B and C they broadcast, unless groups are so
/// small that most lanes would be idle; then each lane brings its own B and C.
struct Plan {
    explicit Plan(const fk_scan_arguments &a) : arguments(a) {
        groupChannels = a.channels / a.groups;
        isShared = a.groups == 1 || groupChannels * 2 >= lanes;
        const int64_t span = isShared ? groupChannels : a.channels;
        groupVectors = (span + lanes - 1) / lanes;
        batchVectors = isShared ? groupVectors * a.groups : groupVectors;
        chunks = int((a.states + chunkStates - 1) / chunkStates);
        const int perTime = isShared ? chunks * chunkStates : chunkStates * lanes;
        times = tileTimes * perTime <= tileFloats ? tileTimes : tileFloats / perTime / lanes * lanes;
    }

    int64_t firstChannel(int64_t vector) const {
        return isShared ? vector / groupVectors * groupChannels + vector % groupVectors * lanes : vector * lanes;
    }

    int count(int64_t vector) const {
        const int64_t end = isShared ? (vector / groupVectors + 1) * groupChannels : arguments.channels;
        const int64_t left = end - firstChannel(vector);
        return int(left < lanes ? left : lanes);
    }

    int chunkSize(int chunk) const {
        const int64_t left = arguments.states - chunk * chunkStates;
        return int(left < chunkStates ? left : chunkStates);
    }

    const fk_scan_arguments &arguments;
    int64_t groupChannels, groupVectors, batchVectors;
    int chunks, times;
    bool isShared;
};

/// Some neighbouring vectors of one batch, from the first token to the last: neighbours, because they read what lies
/// side by side in memory (token layouts) and share B and C.
class Run {
public:
    Run(const Plan &plan, Scratch &scratch, int64_t batch, int64_t firstVector, int vectors)
        : plan_(plan), a_(plan.arguments), s_(scratch), batch_(batch), firstVector_(firstVector), vectors_(vectors) {}

    void operator()() {
        for (int v = 0; v < vectors_; ++v) begin(v);
        for (int64_t t = 0; t < a_.length; t += plan_.times) {
            const int times = int(a_.length - t < plan_.times ? a_.length - t : plan_.times);
            for (int v = 0; v < vectors_; ++v) {
                if (plan_.isShared && (v == 0 || group(v) != group(v - 1))) shareParameters(group(v), t, times);
                tile(v, t, times);
            }
        }
        if (a_.last_state)
            for (int v = 0; v < vectors_; ++v) end(v);
    }

private:
    float *decay(int v) { return s_.decay + v * plan_.chunks * chunkStates * lanes; }
    float *state(int v) { return s_.state + v * plan_.chunks * chunkStates * lanes; }
    int64_t channel(int v) const { return plan_.firstChannel(firstVector_ + v); }
    int count(int v) const { return plan_.count(firstVector_ + v); }
    int64_t group(int v) const { return (firstVector_ + v) / plan_.groupVectors; }

    void begin(int v) {
        mayGrow_[v] = !a_.delta_softplus;
        for (int i = 0; i < lanes; ++i) {
            const int64_t d = channel(v) + (i < count(v) ? i : count(v) - 1);
            const int64_t row = (batch_ * a_.channels + d) * a_.states;
            for (int64_t n = 0; n < a_.states; ++n) {
                const float value = a_.A[d * a_.states + n];
                if (!(value <= 0)) mayGrow_[v] = true;
                decay(v)[n * lanes + i] = value * 0x1.715476p+0f;
                state(v)[n * lanes + i] = a_.initial_state ? a_.initial_state[row + n] : 0;
            }
        }
    }

    void end(int v) {
        for (int i = 0; i < count(v); ++i) {
            float *last = a_.last_state + (batch_ * a_.channels + channel(v) + i) * a_.states;
            for (int64_t n = 0; n < a_.states; ++n) last[n] = state(v)[n * lanes + i];
        }
    }

    void shareParameters(int64_t group, int64_t t, int times) {
        shareParameter(s_.B, a_.B + batch_ * a_.B_strides.batch + group * a_.B_strides.group, a_.B_strides, t, times);
        shareParameter(s_.C, a_.C + batch_ * a_.C_strides.batch + group * a_.C_strides.group, a_.C_strides, t, times);
    }

    void shareParameter(float *to, const float *from, const fk_scan_state_strides &strides, int64_t t, int times) {
        for (int64_t n = 0; n < a_.states; n += lanes) {
            const Rows rows = evenRows(from + n * strides.state, strides.state, a_.states - n);
            float *corner = to + n / chunkStates * chunkStates * times + n % chunkStates;
            gather(corner, chunkStates, rows, strides.time, t, times, a_.length);
        }
    }

    /// B or C of one chunk for vectors whose lanes belong to several groups.
    void spreadParameter(
        float *to, const float *from, const fk_scan_state_strides &strides, int v, int chunk, int64_t t, int times) {
        Rows rows;
        rows.count = lanes;
        rows.areAdjacent = false;
        for (int n = 0; n < plan_.chunkSize(chunk); ++n) {
            for (int i = 0; i < lanes; ++i) {
                const int64_t group = (channel(v) + (i < count(v) ? i : count(v) - 1)) / plan_.groupChannels;
                rows.first[i] = from + batch_ * strides.batch + group * strides.group +
                                (chunk * chunkStates + n) * strides.state;
            }
            gather(to + n * lanes, chunkStates * lanes, rows, strides.time, t, times, a_.length);
        }
    }

    void gatherSequence(
        float *to, const float *from, const fk_scan_sequence_strides &strides, int v, int64_t t, int times) {
        from += batch_ * strides.batch + channel(v) * strides.channel;
        gather(to, lanes, evenRows(from, strides.channel, count(v)), strides.time, t, times, a_.length);
    }

    /// Loads a value for each lane, or zeros.
    Vector perChannel(const float *values, int v) const {
        return values ? loadLanes(values + channel(v), count(v)) : Vector{};
    }

    void tile(int v, int64_t t, int times) {
        gatherSequence(s_.y, a_.u, a_.u_strides, v, t, times);
        gatherSequence(s_.dt, a_.delta, a_.delta_strides, v, t, times);
        prepare(perChannel(a_.delta_bias, v), perChannel(a_.D, v), times);
        for (int chunk = 0; chunk < plan_.chunks; ++chunk) {
            const int size = plan_.chunkSize(chunk), offset = chunk * chunkStates * lanes;
            constexpr auto sizes = std::make_index_sequence<chunkStates>();
            if (plan_.isShared) {
                const Advance advance =
                    mayGrow_[v] ? chooseAdvance<true, true>(size, sizes) : chooseAdvance<true, false>(size, sizes);
                const int shared = chunk * chunkStates * times;
                advance(s_, decay(v) + offset, state(v) + offset, s_.B + shared, s_.C + shared, times);
            } else {
                spreadParameter(s_.B, a_.B, a_.B_strides, v, chunk, t, times);
                spreadParameter(s_.C, a_.C, a_.C_strides, v, chunk, t, times);
                const Advance advance = chooseAdvance<false, true>(size, sizes);
                advance(s_, decay(v) + offset, state(v) + offset, s_.B, s_.C, times);
            }
        }
        if (a_.z) {
            gatherSequence(s_.dtu, a_.z, a_.z_strides, v, t, times);
            gate(times);
        }
        float *y = a_.y + batch_ * a_.y_strides.batch + channel(v) * a_.y_strides.channel;
        scatter(s_.y, y, a_.y_strides.channel, count(v), a_.y_strides.time, t, times);
    }

    /// This and gate round the times up to `together`; the tiles have room.
    void prepare(Vector bias, Vector skip, int times) {
        for (int t = 0; t < times; t += together) {
            Vector dt[together];
            for (int i = 0; i < together; ++i) dt[i] = load(s_.dt + (t + i) * lanes) + bias;
            if (a_.delta_softplus) softplus<together>(dt);
            for (int i = 0; i < together; ++i) {
                const Vector u = load(s_.y + (t + i) * lanes);
                store(s_.dt + (t + i) * lanes, dt[i]);
                store(s_.dtu + (t + i) * lanes, dt[i] * u);
                store(s_.y + (t + i) * lanes, skip * u);
            }
        }
    }

    void gate(int times) {
        for (int t = 0; t < times; t += together) {
            Vector z[together];
            for (int i = 0; i < together; ++i) z[i] = load(s_.dtu + (t + i) * lanes);
            silu<together>(z);
            for (int i = 0; i < together; ++i)
                store(s_.y + (t + i) * lanes, load(s_.y + (t + i) * lanes) * z[i]);
        }
    }

    const Plan &plan_;
    const fk_scan_arguments &a_;
    Scratch &s_;
    int64_t batch_, firstVector_;
    int vectors_;
    bool mayGrow_[mostChunks];
};

static int64_t items(const fk_scan_arguments &arguments) {
    return arguments.channels == 0 ? 0 : arguments.batches * Plan(arguments).batchVectors;
}

static void forward(const fk_scan_arguments &arguments, int64_t begin, int64_t end) {
    const FlushDenormals flush;
    const Plan plan(arguments);
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
