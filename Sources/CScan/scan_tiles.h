// Moving tiles between arrays of any stride and [time][lane] memory: the only place that knows where a token lies.
// Included inside the anonymous namespace of each instruction set's file, after scan_elements.h.

/// `lanes` or fewer sequences. Lanes past `count` repeat the last sequence, so that loading them is harmless.
template <typename Element>
struct Rows {
    const Element *first[lanes];
    int count;
    bool areAdjacent;  ///< first[i] == first[0] + i for i < count.
};

template <typename Element>
FK_INLINE Rows<Element> evenRows(const Element *first, int64_t stride, int64_t count) {
    Rows<Element> rows;
    rows.count = int(count < lanes ? count : lanes);
    rows.areAdjacent = stride == 1;
    for (int i = 0; i < lanes; ++i) rows.first[i] = first + stride * (i < rows.count ? i : rows.count - 1);
    return rows;
}

/// Where tokens lie: one behind the other, or at the pixels of a path.
struct Tokens {
    const int32_t *pixels;  ///< Of each token; null where they are 0, 1, 2, ….
    int64_t stride;         ///< From pixel to pixel.

    int64_t operator()(int64_t t) const { return (pixels ? pixels[t] : t) * stride; }

    /// Whether the tokens [t, t + lanes) lie side by side in memory, in either direction.
    bool areAdjacent(int64_t t) const {
        if (stride != 1 && stride != -1) return false;
        if (!pixels) return true;
        const int32_t step = pixels[t + 1] - pixels[t];
        if (step != 1 && step != -1) return false;
        bool isEven = true;
        for (int i = 1; i + 1 < lanes; ++i) isEven &= pixels[t + i + 1] - pixels[t + i] == step;
        return isEven;
    }
};

/// A row of numbers side by side.
constexpr Tokens inRow{nullptr, 1};

/// to[t·toStride + lane] = rows[lane] at token `begin` + t. Asks for the memory of the tile that is `ahead` tokens away
/// too: the processor's own prefetching follows neither so many rows nor such long strides, and no path.
template <typename Element>
static void gather(
    float *to, int toStride, const Rows<Element> &rows, const Tokens &tokens, int64_t begin, int times, int64_t ahead) {
    if (rows.areAdjacent) {
        const Element *from = rows.first[0];
        for (int t = 0; t < times; ++t) {
            __builtin_prefetch(from + tokens(begin + t + ahead));
            const Element *token = from + tokens(begin + t);
            store(to + t * toStride, rows.count == lanes ? load(token) : loadLanes(token, rows.count));
        }
        return;
    }
    int t = 0;
    while (t < times) {
        if (t + lanes <= times && tokens.areAdjacent(begin + t)) {
            const int64_t first = tokens(begin + t), last = tokens(begin + t + lanes - 1);
            const int64_t next = tokens(begin + t + ahead);
            Vector square[lanes];
            for (int i = 0; i < lanes; ++i) {
                __builtin_prefetch(rows.first[i] + next);
                square[i] = load(rows.first[i] + std::min(first, last));
            }
            transpose(square);
            for (int i = 0; i < lanes; ++i) store(to + (t + (first < last ? i : lanes - 1 - i)) * toStride, square[i]);
            t += lanes;
            continue;
        }
        for (const int end = std::min(t + lanes, times); t < end; ++t) {
            const int64_t token = tokens(begin + t);
            for (int i = 0; i < lanes; ++i) to[t * toStride + i] = number(rows.first[i][token]);
        }
    }
}

/// The inverse of gather, for the first `count` lanes, where row i begins at to + i·rowStride. Adds to what is there,
/// or replaces it.
template <bool adds, typename Element>
static void scatter(
    const float *from, Element *to, int64_t rowStride, int count, const Tokens &tokens, int64_t begin, int times) {
    if (rowStride == 1) {
        for (int t = 0; t < times; ++t) {
            Element *token = to + tokens(begin + t);
            const Vector value = load(from + t * lanes);
            if (count == lanes)
                store(token, adds ? load(token) + value : value);
            else
                storeLanes(token, adds ? loadLanes(token, count) + value : value, count);
        }
        return;
    }
    int t = 0;
    while (t < times) {
        if (t + lanes <= times && tokens.areAdjacent(begin + t)) {
            const int64_t first = tokens(begin + t), last = tokens(begin + t + lanes - 1);
            Vector square[lanes];
            for (int i = 0; i < lanes; ++i) square[i] = load(from + (t + (first < last ? i : lanes - 1 - i)) * lanes);
            transpose(square);
            for (int i = 0; i < count; ++i) {
                Element *row = to + i * rowStride + std::min(first, last);
                store(row, adds ? load(row) + square[i] : square[i]);
            }
            t += lanes;
            continue;
        }
        for (const int end = std::min(t + lanes, times); t < end; ++t) {
            const int64_t token = tokens(begin + t);
            for (int i = 0; i < count; ++i) {
                Element &element = to[i * rowStride + token];
                const float value = from[t * lanes + i];
                set(element, adds ? number(element) + value : value);
            }
        }
    }
}
