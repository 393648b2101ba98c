// How a scan is divided among the threads of a block, and how these load and store.

constexpr int stageStates = 8;  ///< States of B and C that are in shared memory at a time.
constexpr int forwardItems = 16, backwardItems = 8;  ///< Tokens of a segment.

/// What one thread works on. Lanes of a warp are `laneChannels` neighbouring channels times segments of time. The number
/// of warps is known when the kernels are compiled, unless `fixedWarps` is 0.
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
        const fk_cuda_scan_parameters &p, float *to, const fk_cuda_state_sequence &array, int firstState,
        int t0) const {
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
            if (state < states && t < end)
                value = get(from + (long long)state * array.state + place(pixels, t, array.time));
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
                    values[round] =
                        *(const Values *)(from + place(pixels, t, stride) + index % ofToken * Values::count);
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
                    values[round] =
                        *(const Values *)(from + (long long)state * stateStride + index % ofState * Values::count);
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
