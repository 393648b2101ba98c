import CScan
import Foundation
import Synchronization
import Torch

/// The kernels of the selective scan on this machine.
public enum SelectiveScanLibrary {
    /// The instruction set that the kernels use, such as "avx512": the widest that the machine has, or the one that the
    /// environment variable `FUSIONKIT_SCAN` names, if the machine has it.
    public static var instructionSet: String { String(cString: fk_scan_instruction_set()) }

    /// What scans on the first CUDA device run on: "kernels for sm_90, NVRTC 13.0", or "tensor operations" and why.
    ///
    /// The kernels are compiled by NVRTC, a library of CUDA that is looked for by name; the environment variable
    /// `FUSIONKIT_NVRTC` may give its path. What was compiled is kept in the user's folder for caches. With
    /// `FUSIONKIT_CUDA_SCAN=kernels` in the environment, a scan throws where it would else do without the kernels.
    public static var cuda: String {
        guard Device.hasCUDA else { return "no CUDA device" }
        if let failure = lastFailure.withLock({ $0 }) { return "tensor operations; \(failure)" }
        do {
            return "kernels for \(try CUDAScanDevice.device(0).description)"
        } catch {
            return "tensor operations; \(error)"
        }
    }

    /// Whether scans on the CPU are loops of tensor operations, as in programs that have no kernel: what benchmarks compare
    /// with.
    @TaskLocal package static var usesTensorOperations = false

    /// Whether a scan on a CUDA device must use the kernels.
    static let requiresCUDAKernels = ProcessInfo.processInfo.environment["FUSIONKIT_CUDA_SCAN"] == "kernels"

    /// Why the CUDA kernels were last not used on operands that they are made for.
    static let lastFailure = Mutex<CUDAScanError?>(nil)
}
