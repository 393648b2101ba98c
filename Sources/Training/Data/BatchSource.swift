import Torch

/// Some samples as tensors.
public struct TrainingBatch {
    /// Each (B, C, H, W) in 0…1 of the peak, on the CPU.
    public var images: [ImageRole: Tensor]
    /// Which samples these are.
    public var indices: [Int]

    /// A batch.
    public init(images: [ImageRole: Tensor], indices: [Int]) {
        self.images = images
        self.indices = indices
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
