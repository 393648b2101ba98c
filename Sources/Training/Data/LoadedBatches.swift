import Datasets
import Torch

/// The batches of a loader as tensors.
struct LoadedBatches: BatchSource {
    let loader: SampleLoader

    var batchesPerEpoch: Int { loader.batchesPerEpoch }

    func batches(epoch: Int, from first: Int) -> () throws -> TrainingBatch? {
        let batches = loader.batches(epoch: epoch, from: first)
        return {
            guard let batch = try batches.next() else { return nil }
            return try withTorchErrors { TrainingBatch(batch) }
        }
    }
}

extension TrainingBatch {
    /// The samples of a batch as tensors.
    init(_ batch: Batch) {
        self.init(images: batch.images.mapValues { Tensor($0.values, shape: $0.shape) }, indices: batch.indices)
    }
}
