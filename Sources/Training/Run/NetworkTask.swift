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
            case .pansharpen, .hypersharpen: network is ConsistentDetail || network is any SharpeningNetwork
            case .upscale: network is any UpscalingNetwork
            case .fuse: network is any PairFusionNetwork
            }
        guard fits else { throw .outOfRange(key: "task", value: task.rawValue, allowed: "one of the system's tasks") }
        self.network = network
        self.task = task
    }

    /// Whether the network takes images of any sensor, whatever its bands and ratio.
    var takesAnySensor: Bool { network is ConsistentDetail }

    /// Sharp pixels along one coarse pixel; 1 for pairs, nil where any will do.
    var ratio: Int? {
        if takesAnySensor { return nil }
        return (network as? any SharpeningNetwork)?.ratio ?? (network as? any UpscalingNetwork)?.ratio ?? 1
    }

    /// Bands of the coarse image; 1 for pairs, nil where any will do.
    var bands: Int? {
        if takesAnySensor { return nil }
        return (network as? any SharpeningNetwork)?.msBands ?? (network as? any UpscalingNetwork)?.msBands ?? 1
    }

    /// Bands of the sharp image.
    var sharpBands: Int { (network as? any SharpeningNetwork)?.panBands ?? 1 }

    /// What the network makes of a batch: (B, C, H, W), not clamped.
    ///
    /// - Parameter instrument: of the multispectral images; nil where the network needs none.
    /// - Throws: ``TrainingError`` where an image is missing, and what the network throws.
    func callAsFunction(_ images: [ImageRole: Tensor], instrument: Instrument? = nil) throws -> Tensor {
        func image(_ role: ImageRole) throws -> Tensor {
            guard let image = images[role] else {
                throw TrainingError(
                    .data, "the task '\(task.rawValue)' needs the image '\(role.rawValue)', which the data don't have.",
                    remedy: "Choose other data, or another task.")
            }
            return image
        }
        switch network {
        case let network as ConsistentDetail:
            let (ms, pan) = (try image(.ms), try image(.pan))
            guard let instrument else { preconditionFailure("batches for any sensor say what took them") }
            let grid = CoarseGrid(
                rows: .init(pixels: pan.size(2), samples: ms.size(2), phase: instrument.rowPhase),
                columns: .init(pixels: pan.size(3), samples: ms.size(3), phase: instrument.columnPhase),
                ratio: pan.size(3) / ms.size(3), gains: instrument.gains, device: ms.device)
            return try network(ms: ms, pan: pan, grid: grid, statistics: instrument.statistics)
        case let network as any PairFusionNetwork: return try network.fuse(image(.first), image(.second))
        case let network as any UpscalingNetwork where task == .upscale: return try network.upscale(image(.ms))
        case let network as any SharpeningNetwork: return try network.sharpen(ms: image(.ms), pan: image(.pan))
        default: preconditionFailure("init lets no other network in")
        }
    }
}
