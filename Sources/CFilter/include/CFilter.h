#pragma once
#include <stddef.h>

// The inner loops of filters on rows of doubles, compiled for AVX2 too and chosen when the program starts. Products are
// never fused with sums, so a sum has the same bits on every processor.

/// target[n] = ((rows[0][n]·weights[0] + rows[1][n]·weights[1]) + …), the sum of `count` rows (at least one).
void fk_weighted_sum(
    const double *const *rows, const double *weights, size_t count, double *target, size_t length);

/// target[n·count + p] = phases[p][n]: the outputs of each phase of an interpolation, brought into their order.
void fk_interleave(const double *phases, size_t count, size_t length, double *target);

/// Pixels that share a tap: `terms` of the places a, b, c, d, from the first output's.
typedef struct {
    ptrdiff_t places[4];
    /// 1, 2 or 4.
    int terms;
} fk_orbit;

/// targets[f][n] = Σ over orbits of weights[orbit·filters + f] times the sum of the orbit's pixels at output n, in the order
/// of the orbits; up to four filters.
void fk_orbit_sums(
    const double *pixels, const fk_orbit *orbits, const double *weights, size_t count, double *const *targets,
    size_t filters, size_t length);
