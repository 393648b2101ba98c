#include "CFilter.h"

#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__) && defined(__linux__)
#define FK_EACH_PROCESSOR __attribute__((target_clones("avx2", "default")))
#else
#define FK_EACH_PROCESSOR
#endif

// Outputs whose sums stay in registers while all rows are added.
enum { wide = 16, narrow = 8 };

FK_EACH_PROCESSOR
void fk_weighted_sum(
    const double *const *rows, const double *weights, size_t count, double *target, size_t length) {
    size_t start = 0;
    for (; start + wide <= length; start += wide) {
        double sum[wide];
        for (int n = 0; n < wide; n++) sum[n] = rows[0][start + n] * weights[0];
        for (size_t row = 1; row < count; row++) {
            const double *pixels = rows[row] + start;
            const double weight = weights[row];
            for (int n = 0; n < wide; n++) sum[n] += pixels[n] * weight;
        }
        for (int n = 0; n < wide; n++) target[start + n] = sum[n];
    }
    for (; start < length; start++) {
        double sum = rows[0][start] * weights[0];
        for (size_t row = 1; row < count; row++) sum += rows[row][start] * weights[row];
        target[start] = sum;
    }
}

FK_EACH_PROCESSOR
void fk_interleave(const double *phases, size_t count, size_t length, double *target) {
    // The usual ratios by themselves, which makes the stores wide.
    if (count == 2) {
        for (size_t n = 0; n < length; n++)
            for (int p = 0; p < 2; p++) target[2 * n + p] = phases[p * length + n];
    } else if (count == 4) {
        for (size_t n = 0; n < length; n++)
            for (int p = 0; p < 4; p++) target[4 * n + p] = phases[p * length + n];
    } else {
        for (size_t p = 0; p < count; p++)
            for (size_t n = 0; n < length; n++) target[count * n + p] = phases[p * length + n];
    }
}

// Inlined for each number of filters, which makes the sums registers.
static inline __attribute__((always_inline)) void orbit_sums(
    const double *pixels, const fk_orbit *orbits, const double *weights, size_t count, double *const *targets,
    const size_t filters, size_t start, const int length) {
    double sums[4][narrow] = {{0}};
    for (size_t index = 0; index < count; index++) {
        const fk_orbit *orbit = orbits + index;
        const double *a = pixels + orbit->places[0] + start;
        const double *b = pixels + orbit->places[1] + start;
        double shared[narrow];
        if (orbit->terms == 4) {
            const double *c = pixels + orbit->places[2] + start;
            const double *d = pixels + orbit->places[3] + start;
            for (int n = 0; n < length; n++) shared[n] = (a[n] + b[n]) + (c[n] + d[n]);
        } else if (orbit->terms == 2) {
            for (int n = 0; n < length; n++) shared[n] = a[n] + b[n];
        } else {
            for (int n = 0; n < length; n++) shared[n] = a[n];
        }
        for (size_t filter = 0; filter < filters; filter++) {
            const double weight = weights[index * filters + filter];
            for (int n = 0; n < length; n++) sums[filter][n] += weight * shared[n];
        }
    }
    for (size_t filter = 0; filter < filters; filter++) {
        for (int n = 0; n < length; n++) targets[filter][start + n] = sums[filter][n];
    }
}

FK_EACH_PROCESSOR
void fk_orbit_sums(
    const double *pixels, const fk_orbit *orbits, const double *weights, size_t count, double *const *targets,
    size_t filters, size_t length) {
    size_t start = 0;
    for (; start + narrow <= length; start += narrow) {
        switch (filters) {
        case 1: orbit_sums(pixels, orbits, weights, count, targets, 1, start, narrow); break;
        case 2: orbit_sums(pixels, orbits, weights, count, targets, 2, start, narrow); break;
        case 3: orbit_sums(pixels, orbits, weights, count, targets, 3, start, narrow); break;
        default: orbit_sums(pixels, orbits, weights, count, targets, 4, start, narrow);
        }
    }
    for (; start < length; start++) orbit_sums(pixels, orbits, weights, count, targets, filters, start, 1);
}
