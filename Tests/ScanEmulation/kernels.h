// Compiles the kernels for the storage SCAN_STORAGE under the names NAME_SCAN and NAME_SUM.
#include "device.h"

namespace {

SCAN_EMULATED_FUNCTIONS

#include "../../Sources/StateSpace/CUDA/selective_scan.cu"

using emulation::ScanKernel;

template <int lanes, bool isConstant>
ScanKernel forwardKernel(bool isFirst) {
    return isFirst ? ScanKernel(scanForward<lanes, 0, isConstant, true>)
                   : ScanKernel(scanForward<lanes, 0, isConstant, false>);
}

template <int lanes, bool isConstant, bool isGated>
ScanKernel backwardKernel(bool isFirst) {
    return isFirst ? ScanKernel(scanBackward<lanes, 0, isConstant, isGated, true>)
                   : ScanKernel(scanBackward<lanes, 0, isConstant, isGated, false>);
}

template <bool isConstant>
ScanKernel kernelFor(const fk_cuda_variant &variant, bool isFirst) {
    if (!variant.is_backward)
        return variant.lanes == 4   ? forwardKernel<4, isConstant>(isFirst)
               : variant.lanes == 8 ? forwardKernel<8, isConstant>(isFirst)
                                    : nullptr;
    if (variant.is_gated)
        return variant.lanes == 4    ? backwardKernel<4, isConstant, true>(isFirst)
               : variant.lanes == 32 ? backwardKernel<32, isConstant, true>(isFirst)
                                     : nullptr;
    return variant.lanes == 4    ? backwardKernel<4, isConstant, false>(isFirst)
           : variant.lanes == 32 ? backwardKernel<32, isConstant, false>(isFirst)
                                 : nullptr;
}

template <bool isBackward>
void chunks(const fk_cuda_scan_parameters &p) {
    scanChunks(p, isBackward);
}

}  // namespace

ScanKernel emulation::NAME_SCAN(const fk_cuda_variant &variant, fk_cuda_kernel kernel) {
    if (kernel == fk_cuda_kernel_chunks) return variant.is_backward ? chunks<true> : chunks<false>;
    const bool isFirst = kernel == fk_cuda_kernel_first;
    return variant.is_constant ? kernelFor<true>(variant, isFirst) : kernelFor<false>(variant, isFirst);
}

void emulation::NAME_SUM(const fk_cuda_sum &sum) { addUp(sum); }
