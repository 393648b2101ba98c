#pragma once

#include "scan_internal.h"

#include <vector>

namespace fusionkit {

/// Runs scans of equal sizes beside each other, each in so many parts of time. Returns whether there was memory for the
/// parts; none is needed for one.
///
/// Parts beside each other do not know the state that they begin with. So there are two passes. In the first, part 0 is
/// scanned, and every other but the last is scanned from a state of zeros for its last state only; this with what it
/// adds to the state before it, exp(A·Σdt) times that state, is where the next part begins. In the second pass all
/// others are scanned from there. That is nearly twice the work for (parts + 1) / 2 times the speed.
///
/// The result depends on the number of parts, in its rounding, and not on the division of the work.
bool runForward(
    const std::vector<PathScan> &scans, int64_t parts, const ScanKernel &kernel, const Parallel &parallel);

}  // namespace fusionkit
