// The backward scan of a chunk.

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
    float *to =
        (float *)array.data + work.batch * array.batch + work.block * array.group + (long long)state * array.state;
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
                        partial[(exchangeTurn * sums + q) * warpRow + work.warp * laneChannels + work.laneChannel] =
                            found[q];
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
        if (work.isActive)
            work.endCarries(p, carries + turn * carryCount, p.chunk_states + work.chunkRow(p) * p.states);
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
    if (p.dinitial_state && work.chunk == 0)
        work.endCarries(p, carries + turn * carryCount, p.dinitial_state + work.stateRow(p));
}
