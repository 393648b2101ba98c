import Torch

/// Some samples as tensors.
public struct TrainingBatch {
    /// Each (B, C, H, W) in 0…1 of the peak, on the CPU.
    public var images: [ImageRole: Tensor]
    /// Which samples these are.
    public var indices: [Int]
    /// What a network for any sensor is told of them; nil for the others.
    public var instrument: Instrument?

    /// A batch.
    public init(images: [ImageRole: Tensor], indices: [Int], instrument: Instrument? = nil) {
        (self.images, self.indices, self.instrument) = (images, indices, instrument)
    }

    /// Sharp pixels along one coarse pixel; 1 for pairs of pictures.
    var ratio: Int {
        guard let coarse = images[.ms], let sharp = images[.pan] ?? images[.reference] else { return 1 }
        return max(1, sharp.size(3) / coarse.size(3))
    }
}

/// Where batches come from: the same ones for the same epoch, whenever they are asked for.
public protocol BatchSource {
    /// Batches of an epoch, all of one size.
    var batchesPerEpoch: Int { get }

    /// The batches of an epoch from one on.
    ///
    /// - Parameters:
    ///   - epoch: from 0.
    ///   - first: how many are left out.
    /// - Returns: what gives the next one, nil at the end.
    func batches(epoch: Int, from first: Int) throws -> () throws -> TrainingBatch?
}
