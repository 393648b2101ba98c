import Classical
import Networks
import Torch

/// What makes one brightness of two.
public enum PairFuser {
    /// Without training.
    case classical(any PairMethod)
    /// A network with its weights, on a device.
    case network(any PairFusionNetwork, name: String, device: Device)

    /// A network with the weights of a file.
    ///
    /// - Throws: ``SceneError`` for weights of another task, `TorchError` when the device is not there.
    public init(_ checkpoint: NetworkCheckpoint, device: Device = .cpu) throws {
        guard let network = checkpoint.network as? any PairFusionNetwork else {
            throw SceneError.otherTask(checkpoint, needed: .fuse)
        }
        try withTorchErrors { network.to(device) }
        self = .network(network, name: checkpoint.description.system, device: device)
    }

    /// A network with the weights that come with the library.
    ///
    /// - Throws: ``SceneError`` for a system without weights or of another task, `TorchError` when the device is not there.
    public init(shippedWith system: NetworkSystem, device: Device = .cpu) throws {
        guard let checkpoint = try NetworkCheckpoint(shippedWith: system, for: .fuse) else {
            throw SceneError.noWeights(system, task: .fuse)
        }
        try self.init(checkpoint, device: device)
    }

    /// Whether fused pictures are as bright as what they are made of; those of the authors' networks are stretched, as their
    /// programs do it.
    var keepsBrightness: Bool {
        switch self {
        case .classical: true
        case .network(let network, _, _): network is SalientDetail
        }
    }

    /// The name of the method.
    public var name: String {
        switch self {
        case .classical(let method): method.name
        case .network(_, let name, _): name
        }
    }

    /// Pixels beyond its own part that a part of a large image reads, and over half of which it is blended.
    var context: Int {
        switch self {
        case .classical: 64
        // Its coarsest scale looks further.
        case .network(let network, _, _): network is SalientDetail ? 256 : 64
        }
    }

    /// What parts of an image should begin at multiples of.
    var sizeMultiple: Int {
        switch self {
        case .classical(let method): method.sizeMultiple
        case .network(let network, _, _): network.sizeMultiple
        }
    }

    /// Bytes of memory for each pixel of a part.
    var bytesPerPixel: Int {
        switch self {
        case .classical(let method): method.bytesPerPixel
        case .network(let network, _, _): network.bytesPerPixel
        }
    }

    /// Fuses two images, (H, W) in 0…1; the result, too.
    func fuse(_ first: [Float], _ second: [Float], height: Int, width: Int) throws -> [Float] {
        switch self {
        case .classical(let method):
            return method.fuse(first, second, height: height, width: width).map { min(max($0, 0), 1) }
        case .network(let network, _, let device):
            return try withTorchErrors {
                try withInference {
                    func image(_ values: [Float]) -> Tensor {
                        Tensor(values, shape: [1, 1, height, width]).to(device)
                    }
                    return try network.fuse(image(first), image(second)).clamped(0, 1).array(of: Float.self)
                }
            }
        }
    }
}
