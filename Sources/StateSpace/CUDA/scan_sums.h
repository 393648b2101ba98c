// What comes between and after the scans of chunks: their first states, and sums over chunks, blocks and paths.

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
