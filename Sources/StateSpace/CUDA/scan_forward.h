// The forward scan of a chunk.

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
                    const float before = shuffleUp(sum[g], laneChannels),
                                factorBefore = shuffleUp(factor[g], laneChannels);
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
