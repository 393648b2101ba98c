// Moving tiles between arrays of any stride and [time][lane] memory: the only place that knows where a token lies.
// Included inside the anonymous namespace of each instruction set's file, after scan_vector.h.

/// `lanes` or fewer sequences. Lanes past `count` repeat the last sequence, so that loading them is harmless.
struct Rows {
    const float *first[lanes];
    int count;
    bool areAdjacent;  ///< first[i] == first[0] + i for i < count.
};

FK_INLINE Rows evenRows(const float *first, int64_t stride, int64_t count) {
    Rows rows;
    rows.count = int(count < lanes ? count : lanes);
    rows.areAdjacent = stride == 1;
    for (int i = 0; i < lanes; ++i) rows.first[i] = first + stride * (i < rows.count ? i : rows.count - 1);
    return rows;
}

/// to[t·toStride + lane] = rows[lane][t·stride] for times [begin, begin + times). Asks for the memory of the tile that is
/// `ahead` tokens away too: the processor's own prefetching follows neither so many rows nor such long strides.
static void gather(
    float *to, int toStride, const Rows &rows, int64_t stride, int64_t begin, int times, int64_t ahead) {
    if (rows.areAdjacent) {
        const float *from = rows.first[0] + begin * stride;
        for (int t = 0; t < times; ++t) {
            __builtin_prefetch(from + (t + ahead) * stride);
            const float *token = from + t * stride;
            store(to + t * toStride, rows.count == lanes ? load(token) : loadLanes(token, rows.count));
        }
        return;
    }
    int t = 0;
    if (stride == 1 || stride == -1)
        for (; t + lanes <= times; t += lanes) {
            const int64_t lowest = stride == 1 ? begin + t : -(begin + t + lanes - 1);
            Vector square[lanes];
            for (int i = 0; i < lanes; ++i) {
                __builtin_prefetch(rows.first[i] + lowest + ahead * stride);
                square[i] = load(rows.first[i] + lowest);
            }
            transpose(square);
            for (int i = 0; i < lanes; ++i) store(to + (t + (stride == 1 ? i : lanes - 1 - i)) * toStride, square[i]);
        }
    for (; t < times; ++t)
        for (int i = 0; i < lanes; ++i) to[t * toStride + i] = rows.first[i][(begin + t) * stride];
}

/// The inverse of gather, for the first `count` lanes, where row i begins at to + i·rowStride.
static void scatter(
    const float *from, float *to, int64_t rowStride, int count, int64_t stride, int64_t begin, int times) {
    if (rowStride == 1) {
        for (int t = 0; t < times; ++t) {
            float *token = to + (begin + t) * stride;
            if (count == lanes)
                store(token, load(from + t * lanes));
            else
                storeLanes(token, load(from + t * lanes), count);
        }
        return;
    }
    int t = 0;
    if (stride == 1 || stride == -1)
        for (; t + lanes <= times; t += lanes) {
            const int64_t lowest = stride == 1 ? begin + t : -(begin + t + lanes - 1);
            Vector square[lanes];
            for (int i = 0; i < lanes; ++i) square[i] = load(from + (t + (stride == 1 ? i : lanes - 1 - i)) * lanes);
            transpose(square);
            for (int i = 0; i < count; ++i) store(to + i * rowStride + lowest, square[i]);
        }
    for (; t < times; ++t)
        for (int i = 0; i < count; ++i) to[i * rowStride + (begin + t) * stride] = from[t * lanes + i];
}
