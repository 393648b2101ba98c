#include "scan_internal.h"

#include <cstdlib>
#include <cstring>
#include <iterator>

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
