#pragma once

#include "CScan.h"

namespace fusionkit {

constexpr int64_t mostStates = 256;

/// What one instruction set offers. `items` is the number of independent pieces of work (batch × vectors of channels);
/// `forward` computes the pieces [begin, end).
struct ScanKernel {
    const char *name;
    bool (*isAvailable)();
    int64_t (*items)(const fk_scan_arguments &arguments);
    void (*forward)(const fk_scan_arguments &arguments, int64_t begin, int64_t end);
};

extern const ScanKernel plainKernel;
#if defined(__x86_64__)
extern const ScanKernel avx2Kernel;
extern const ScanKernel avx512Kernel;
#endif

/// The value of the environment variable FUSIONKIT_SCAN when it was first asked for, or null.
const char *forcedName();

/// The kernel of that name if this machine can run it, else null.
const ScanKernel *findKernel(const char *name);

}  // namespace fusionkit
