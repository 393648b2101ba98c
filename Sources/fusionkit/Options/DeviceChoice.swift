import ArgumentParser
import FusionKit

/// Where networks are computed.
enum DeviceChoice: String, ExpressibleByArgument, CaseIterable {
    case auto, cpu, cuda

    /// The device; a CUDA device only where there is one.
    func device() throws -> Device {
        switch self {
        case .cpu: return .cpu
        case .auto: return Device.hasCUDA ? .cuda(0) : .cpu
        case .cuda:
            guard Device.hasCUDA else {
                throw Failure(
                    .usage, "--device cuda: this machine, or its libtorch, has no CUDA device. Use --device cpu.")
            }
            return .cuda(0)
        }
    }
}
