#include "scan_paths.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <vector>

namespace fusionkit {
namespace {

const ScanKernel *const kernels[] = {
    &plainKernel,
#if defined(__x86_64__)
    &avx2Kernel,
    &avx512Kernel,
#endif
};

const ScanKernel *availableKernel(int32_t index) {
    for (const ScanKernel *kernel : kernels)
        if (kernel->isAvailable() && index-- == 0) return kernel;
    return nullptr;
}

const ScanKernel *chooseKernel() {
    if (const ScanKernel *kernel = forcedName() ? findKernel(forcedName()) : nullptr) return kernel;
    const ScanKernel *best = &plainKernel;
    for (int32_t index = 0; const ScanKernel *kernel = availableKernel(index); ++index) best = kernel;
    return best;
}

/// Several paths at once. Returns whether there is memory for that.
bool forwardSideBySide(
    const fk_scan_arguments &arguments, const ScanKernel &kernel, int64_t items, const Parallel &parallel) {
    PathSums y;
    if (!y.prepare(arguments, arguments.y, arguments.y_strides)) return false;
    std::vector<PathScan> scans;
    for (int64_t path = 0; path < pathCount(arguments); ++path) {
        scans.push_back(pathScan(arguments, path));
        scans.back().adds = false;
        y.give(path, scans.back().arguments.y, scans.back().arguments.y_strides);
    }
    parallel(items * pathCount(arguments), [&](int64_t begin, int64_t end) {
        while (begin < end) {
            const int64_t path = begin / items, next = std::min(end, (path + 1) * items);
            kernel.forward(scans[path], begin - path * items, next - path * items);
            begin = next;
        }
    });
    y.add(parallel);
    return true;
}

}  // namespace

const ScanKernel &standardKernel() {
    static const ScanKernel *const kernel = chooseKernel();
    return *kernel;
}

const char *forcedName() {
    static const char *const name = std::getenv("FUSIONKIT_SCAN");
    return name;
}

const ScanKernel *findKernel(const char *name) {
    for (const ScanKernel *kernel : kernels)
        if (std::strcmp(kernel->name, name) == 0 && kernel->isAvailable()) return kernel;
    return nullptr;
}

const ScanKernel &kernelFor(const fk_scan_arguments &arguments) {
    return arguments.instruction_set ? *findKernel(arguments.instruction_set) : standardKernel();
}

}  // namespace fusionkit

using namespace fusionkit;

const char *fk_scan_instruction_set(void) { return standardKernel().name; }

const char *fk_scan_instruction_set_at(int32_t index) {
    const ScanKernel *kernel = index < 0 ? nullptr : availableKernel(index);
    return kernel ? kernel->name : nullptr;
}

int32_t fk_scan_forward(
    const fk_scan_arguments *arguments, fk_scan_parallel_for parallel, void *context, char *message, size_t capacity) {
    if (int32_t violations = fk_scan_check(arguments, message, capacity)) return violations;
    const ScanKernel &kernel = kernelFor(*arguments);
    const Parallel loop{parallel, context};
    const int64_t paths = pathCount(*arguments), items = kernel.items(pathScan(*arguments, 0));
    if (paths > 1 && arguments->threads > items && forwardSideBySide(*arguments, kernel, items, loop)) return 0;
    for (int64_t path = 0; path < paths; ++path) {
        const PathScan scan = pathScan(*arguments, path);
        loop(items, [&](int64_t begin, int64_t end) { kernel.forward(scan, begin, end); });
    }
    return 0;
}
