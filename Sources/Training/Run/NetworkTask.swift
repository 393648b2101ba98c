import Networks
import Torch

/// A network at the work that it is trained for.
struct NetworkTask {
    let network: any FusionNetwork
    let task: FusionTask

    /// - Throws: `ConfigurationError` where the network is not for the task.
    init(_ network: any FusionNetwork, task: FusionTask) throws(ConfigurationError) {
        let fits =
            switch task {
            case .pansharpen, .hypersharpen: network is any SharpeningNetwork
            case .upscale: network is any UpscalingNetwork
            case .fuse: network is any PairFusionNetwork
            }
        guard fits else { throw .outOfRange(key: "task", value: task.rawValue, allowed: "one of the system's tasks") }
        self.network = network
        self.task = task
    }

    /// Sharp pixels along one coarse pixel; 1 for pairs.
    var ratio: Int {
        (network as? any SharpeningNetwork)?.ratio ?? (network as? any UpscalingNetwork)?.ratio ?? 1
    }

    /// Bands of the coarse image; 1 for pairs.
    var bands: Int {
        (network as? any SharpeningNetwork)?.msBands ?? (network as? any UpscalingNetwork)?.msBands ?? 1
    }

    /// Bands of the sharp image.
    var sharpBands: Int { (network as? any SharpeningNetwork)?.panBands ?? 1 }

    /// What the network makes of a batch: (B, C, H, W), not clamped.
    ///
    /// - Throws: ``TrainingError`` where an image is missing, and what the network throws.
    func callAsFunction(_ images: [ImageRole: Tensor]) throws -> Tensor {
        func image(_ role: ImageRole) throws -> Tensor {
            guard let image = images[role] else {
                throw TrainingError(
                    .data, "the task '\(task.rawValue)' needs the image '\(role.rawValue)', which the data don't have.",
                    remedy: "Choose other data, or another task.")
            }
            return image
        }
        switch network {
        case let network as any PairFusionNetwork: return try network.fuse(image(.first), image(.second))
        case let network as any UpscalingNetwork where task == .upscale: return try network.upscale(image(.ms))
        case let network as any SharpeningNetwork: return try network.sharpen(ms: image(.ms), pan: image(.pan))
        default: preconditionFailure("init lets no other network in")
        }
    }
}
