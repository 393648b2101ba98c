// What the kernels take from the device, types of elements, and functions of one number.

#ifndef SCAN_EMULATION
#define SCAN_KERNEL(threads, blocks) extern "C" __global__ void __launch_bounds__(threads, blocks)
#define SCAN_DEVICE __device__ __forceinline__
#define SCAN_DYNAMIC_SHARED(name) extern __shared__ __align__(16) float name[]
#define SCAN_UNROLL_WARPS _Pragma("unroll")

SCAN_DEVICE float exp2Fast(float x) {
    float result;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(result) : "f"(x));
    return result;
}
SCAN_DEVICE float reciprocal(float x) { return __fdividef(1.0f, x); }
SCAN_DEVICE float shuffleUp(float x, int by) { return __shfl_up_sync(0xffffffffu, x, by); }
SCAN_DEVICE float shuffleDown(float x, int by) { return __shfl_down_sync(0xffffffffu, x, by); }
SCAN_DEVICE float shuffleXor(float x, int mask) { return __shfl_xor_sync(0xffffffffu, x, mask); }
SCAN_DEVICE float halfToFloat(unsigned short bits) {
    float result;
    asm("cvt.f32.f16 %0, %1;" : "=f"(result) : "h"(bits));
    return result;
}
SCAN_DEVICE unsigned short floatToHalf(float x) {
    unsigned short result;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(result) : "f"(x));
    return result;
}
#endif

#if SCAN_STORAGE == 0
typedef float Storage;
SCAN_DEVICE float number(Storage value) { return value; }
SCAN_DEVICE Storage stored(float x) { return x; }
#else
typedef unsigned short Storage;
#if SCAN_STORAGE == 1
SCAN_DEVICE float number(Storage bits) { return __uint_as_float((unsigned)bits << 16); }
SCAN_DEVICE Storage stored(float x) {
    const unsigned bits = __float_as_uint(x);
    if ((bits & 0x7fffffffu) > 0x7f800000u) return (Storage)(bits >> 16 | 0x40u);  // a NaN stays one
    return (Storage)((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}
#else
SCAN_DEVICE float number(Storage bits) { return halfToFloat(bits); }
SCAN_DEVICE Storage stored(float x) { return floatToHalf(x); }
#endif
#endif

SCAN_DEVICE void put(float *to, float x) { *to = x; }
#if SCAN_STORAGE != 0
SCAN_DEVICE void put(Storage *to, float x) { *to = stored(x); }
#endif
SCAN_DEVICE float get(const float *from) { return *from; }
#if SCAN_STORAGE != 0
SCAN_DEVICE float get(const Storage *from) { return number(*from); }
#endif

/// As many numbers as memory hands over at once.
template <typename Element>
struct alignas(16) Packet {
    static constexpr int count = 16 / sizeof(Element);
    Element values[count];
};

SCAN_DEVICE bool isAligned(const void *pointer) { return ((size_t)pointer & 15) == 0; }

/// Where token t lies.
SCAN_DEVICE long long place(const int *pixels, int t, int stride) {
    return (long long)(pixels ? pixels[t] : t) * stride;
}

/// Loads `count` tokens from t on; zeros from `end` on.
template <int count>
SCAN_DEVICE void load(float (&to)[count], const Storage *from, int stride, const int *pixels, int t, int end) {
    if (!pixels && (stride == 1 || stride == -1) && t + count <= end) {
        const Storage *start = stride == 1 ? from + t : from - (t + count - 1);
        if (isAligned(start)) {
            typedef Packet<Storage> Values;
#pragma unroll
            for (int i = 0; i < count; i += Values::count) {
                const Values values = *(const Values *)(start + i);
#pragma unroll
                for (int j = 0; j < Values::count; ++j) to[i + j] = number(values.values[j]);
            }
            if (stride == -1) {
#pragma unroll
                for (int i = 0; i < count / 2; ++i) {
                    const float other = to[i];
                    to[i] = to[count - 1 - i];
                    to[count - 1 - i] = other;
                }
            }
            return;
        }
    }
#pragma unroll
    for (int i = 0; i < count; ++i) to[i] = t + i < end ? get(from + place(pixels, t + i, stride)) : 0.0f;
}

/// Stores the tokens before `end` of `count` from t on.
template <typename Element, int count>
SCAN_DEVICE void store(const float (&from)[count], Element *to, int stride, const int *pixels, int t, int end) {
    if (!pixels && stride == 1 && t + count <= end && isAligned(to + t)) {
        typedef Packet<Element> Values;
#pragma unroll
        for (int i = 0; i < count; i += Values::count) {
            Values values;
#pragma unroll
            for (int j = 0; j < Values::count; ++j) put(&values.values[j], from[i + j]);
            *(Values *)(to + t + i) = values;
        }
        return;
    }
#pragma unroll
    for (int i = 0; i < count; ++i)
        if (t + i < end) put(to + place(pixels, t + i, stride), from[i]);
}

constexpr float log2e = 1.44269504088896341f;

/// log(1 + exp(x)): the larger of x and 0, plus log(1 + e) with e = exp(-|x|) from 0 to 1, to which a polynomial is fitted
/// with a relative error of 2e-7. Above 20 what is added is lost in rounding, so that x remains.
SCAN_DEVICE float softplus(float x) {
    const float e = exp2Fast(-fabsf(x) * log2e);
    float series = 0.005253457929939032f;
    series = fmaf(series, e, -0.02958850748836994f);
    series = fmaf(series, e, 0.07836166769266129f);
    series = fmaf(series, e, -0.13674770295619965f);
    series = fmaf(series, e, 0.19111430644989014f);
    series = fmaf(series, e, -0.24844369292259216f);
    series = fmaf(series, e, 0.33319270610809326f);
    series = fmaf(series, e, -0.49999502301216125f);
    series = fmaf(series, e, 1.0f);
    return fmaf(series, e, fmaxf(x, 0.0f));
}

/// The slope of softplus from its value: 1 - exp(-y).
SCAN_DEVICE float softplusSlope(float y) {
    if (y < 0.125f) {
        float series = fmaf(y, -1.0f / 6.0f, 1.0f);
        series = fmaf(-y * (1.0f / 5.0f), series, 1.0f);
        series = fmaf(-y * (1.0f / 4.0f), series, 1.0f);
        series = fmaf(-y * (1.0f / 3.0f), series, 1.0f);
        series = fmaf(-y * (1.0f / 2.0f), series, 1.0f);
        return y * series;
    }
    return 1.0f - exp2Fast(-y * log2e);
}

SCAN_DEVICE float sigmoid(float z) { return reciprocal(1.0f + exp2Fast(-z * log2e)); }
