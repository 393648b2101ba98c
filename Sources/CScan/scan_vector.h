// Vectors of `lanes` floats and the functions the scan needs of them. Included inside the anonymous namespace of each
// instruction set's file, after `lanes`, `loadLanes` and `storeLanes` are defined there: so every instruction set gets
// its own copy, and none can be replaced by another's at link time.

typedef float Vector __attribute__((vector_size(lanes * sizeof(float)), aligned(lanes * sizeof(float))));
typedef float UnalignedVector
    __attribute__((vector_size(lanes * sizeof(float)), aligned(sizeof(float)), may_alias));
typedef uint32_t Bits __attribute__((vector_size(lanes * sizeof(float))));

#if defined(__aarch64__)
#define FK_VECTOR_REGISTER "+w"
#elif defined(__x86_64__)
#define FK_VECTOR_REGISTER "+v"
#endif

#define FK_INLINE static inline __attribute__((always_inline))

FK_INLINE Vector load(const float *from) { return *reinterpret_cast<const UnalignedVector *>(from); }
FK_INLINE void store(float *to, Vector value) { *reinterpret_cast<UnalignedVector *>(to) = value; }
FK_INLINE Vector broadcast(float value) { return value - Vector{}; }

/// 1.5·2²³: a number of moderate size added to it is rounded to an integer, found in the low bits of the sum.
#define FK_ROUNDER 12582912.0f

/// Ties neighbours together by an empty instruction. The compiler would otherwise put the steps of one chain behind
/// each other, where each waits for the last and the processor's window is too short to find the next chain.
template <int count>
FK_INLINE void keepSideBySide(Vector (&values)[count]) {
    for (int i = 0; i + 1 < count; ++i) asm("" : FK_VECTOR_REGISTER(values[i]), FK_VECTOR_REGISTER(values[i + 1]));
}

/// result = 2^(k + r) for |r| ≤ ½, where `rounded` = k + FK_ROUNDER: a minimax polynomial with p(0) = 1 (relative error
/// 2e-9 before rounding, below 1 ulp after), and k added to its exponent. The result is +∞ for k = 128 and r = 0.
/// Several at once, step by step, so that neighbouring instructions do not wait for each other.
template <int count>
FK_INLINE void scaledExponentials2(const Vector (&r)[count], const Vector (&rounded)[count], Vector (&result)[count]) {
    constexpr float coefficients[] = {0x1.3b2d4cp-7f, 0x1.c6aee8p-5f, 0x1.ebfbdcp-3f, 0x1.62e430p-1f, 1.0f};
    for (int i = 0; i < count; ++i) result[i] = r[i] * 0x1.41fbbcp-13f + 0x1.5f3e54p-10f;
    keepSideBySide<count>(result);
#pragma clang loop unroll(full)
    for (float coefficient : coefficients) {
        for (int i = 0; i < count; ++i) result[i] = result[i] * r[i] + coefficient;
        keepSideBySide<count>(result);
    }
    for (int i = 0; i < count; ++i)
        result[i] = reinterpret_cast<Vector>(
            reinterpret_cast<Bits>(result[i]) + (reinterpret_cast<Bits>(rounded[i]) << 23));
}

/// result = 2^t for t ≤ 128, within 1 ulp for its argument. Exactly 0 from -127 down to -∞; between -127 and -126,
/// where the exponent runs out, the error is below 1.2e-38. NaN stays NaN. `mayGrow` admits t above 128, which gives
/// +∞.
template <bool mayGrow, int count>
FK_INLINE void exponentials2(const Vector (&t)[count], Vector (&result)[count]) {
    const Vector least = broadcast(-127.0f), most = broadcast(128.0f);
    Vector r[count], rounded[count];
    for (int i = 0; i < count; ++i) r[i] = t[i] < least ? least : t[i];
    if constexpr (mayGrow)
        for (int i = 0; i < count; ++i) r[i] = r[i] > most ? most : r[i];
    for (int i = 0; i < count; ++i) rounded[i] = r[i] + FK_ROUNDER;
    for (int i = 0; i < count; ++i) r[i] = r[i] - (rounded[i] - FK_ROUNDER);
    scaledExponentials2<count>(r, rounded, result);
}

/// result = e^x for x ≤ 0. The argument is reduced with ln 2 in two parts, so the relative error stays 1.5e-7 down to
/// -87; below -88.03 (a little above -127·ln 2, so that r ≥ 0 there) the result is less than 1e-38.
template <int count>
FK_INLINE void exponentialsOfNegative(const Vector (&x)[count], Vector (&result)[count]) {
    const Vector least = broadcast(-88.029686f);
    Vector r[count], rounded[count];
    for (int i = 0; i < count; ++i) r[i] = x[i] < least ? least : x[i];
    for (int i = 0; i < count; ++i) rounded[i] = r[i] * 0x1.715476p+0f + FK_ROUNDER;
    for (int i = 0; i < count; ++i) {
        const Vector k = rounded[i] - FK_ROUNDER;
        r[i] = ((r[i] - k * 0x1.62e400p-1f) - k * 0x1.7f7d1cp-20f) * 0x1.715476p+0f;
    }
    scaledExponentials2<count>(r, rounded, result);
}

/// x becomes log(1 + e^x) = max(x, 0) + log(1 + e^-|x|): e^x where x is very negative, x itself (to the bit) above 17.
/// w becomes e^-|x|.
template <int count>
FK_INLINE void softplus(Vector (&x)[count], Vector (&w)[count]) {
    // log(1 + w) / w on [0, 1], minimax; relative error 5e-9 before rounding.
    constexpr float coefficients[] = {0.01985129f,  -0.0569592f, 0.10603619f,  -0.1530557f, 0.19675931f,
                                      -0.24954131f, 0.3332996f,  -0.49999902f, 1.0f};
    Vector p[count];
    for (int i = 0; i < count; ++i) p[i] = x[i] < 0.0f ? x[i] : -x[i];
    exponentialsOfNegative<count>(p, w);
    for (int i = 0; i < count; ++i) p[i] = broadcast(-0.0032439877f);
#pragma clang loop unroll(full)
    for (float coefficient : coefficients) {
        for (int i = 0; i < count; ++i) p[i] = p[i] * w[i] + coefficient;
        keepSideBySide<count>(p);
    }
    for (int i = 0; i < count; ++i) x[i] = (x[i] < 0.0f ? Vector{} : x[i]) + w[i] * p[i];
}

/// z becomes z·sigmoid(z).
template <int count>
FK_INLINE void silu(Vector (&z)[count]) {
    Vector w[count], negative[count];
    for (int i = 0; i < count; ++i) negative[i] = z[i] < 0.0f ? z[i] : -z[i];
    exponentialsOfNegative<count>(negative, w);
    for (int i = 0; i < count; ++i) z[i] = (z[i] < 0.0f ? z[i] * w[i] : z[i]) / (1.0f + w[i]);
}

/// x becomes log(1 + e^x), slope its derivative: sigmoid(x).
template <int count>
FK_INLINE void softplusWithSlope(Vector (&x)[count], Vector (&slope)[count]) {
    Vector before[count], w[count];
    for (int i = 0; i < count; ++i) before[i] = x[i];
    softplus<count>(x, w);
    for (int i = 0; i < count; ++i) slope[i] = (before[i] < 0.0f ? w[i] : broadcast(1.0f)) / (1.0f + w[i]);
}

/// z becomes z·sigmoid(z), slope its derivative.
template <int count>
FK_INLINE void siluWithSlope(Vector (&z)[count], Vector (&slope)[count]) {
    Vector w[count], negative[count];
    for (int i = 0; i < count; ++i) negative[i] = z[i] < 0.0f ? z[i] : -z[i];
    exponentialsOfNegative<count>(negative, w);
    for (int i = 0; i < count; ++i) {
        const Vector whole = 1.0f / (1.0f + w[i]), sigmoid = z[i] < 0.0f ? w[i] * whole : whole;
        slope[i] = sigmoid + sigmoid * z[i] * (1.0f - sigmoid);
        z[i] *= sigmoid;
    }
}

template <int step, bool upper, size_t... lane>
FK_INLINE Vector exchange(Vector a, Vector b, std::index_sequence<lane...>) {
    // Keeps a's blocks of `step` lanes that are even (upper: b's that are odd) and fills the others from beside them.
    return __builtin_shufflevector(a, b, ((lane / step) % 2 == 0 ? int(lane) + (upper ? step : 0)
                                                                : lanes + int(lane) - (upper ? 0 : step))...);
}

template <int step>
FK_INLINE void transposeBlocks(Vector (&rows)[lanes]) {
    if constexpr (step < lanes) {
        for (int i = 0; i < lanes; ++i) {
            if (i & step) continue;
            const Vector a = rows[i], b = rows[i + step];
            rows[i] = exchange<step, false>(a, b, std::make_index_sequence<lanes>());
            rows[i + step] = exchange<step, true>(a, b, std::make_index_sequence<lanes>());
        }
        transposeBlocks<step * 2>(rows);
    }
}

/// Transposes a square of vectors: one exchange of single lanes, then of pairs, of fours, ….
FK_INLINE void transpose(Vector (&rows)[lanes]) { transposeBlocks<1>(rows); }

template <int step>
FK_INLINE void addBlocks(Vector (&rows)[lanes]) {
    if constexpr (step < lanes) {
        for (int i = 0; i < lanes; i += 2 * step) {
            const Vector a = rows[i], b = rows[i + step];
            rows[i] = exchange<step, false>(a, b, std::make_index_sequence<lanes>()) +
                      exchange<step, true>(a, b, std::make_index_sequence<lanes>());
        }
        addBlocks<step * 2>(rows);
    }
}

/// Lane i of the result is the sum of the lanes of row i: a transposition that adds instead of keeping both halves.
FK_INLINE Vector laneSums(Vector (&rows)[lanes]) {
    addBlocks<1>(rows);
    return rows[0];
}
