import Torch

/// Batches whose images other instruments have taken, see ``InstrumentVariation``.
struct VariedBatches: BatchSource {
    let source: any BatchSource
    let variation: InstrumentVariation
    /// Decides, with the epoch and the step, what is drawn.
    let seed: UInt64

    var batchesPerEpoch: Int { source.batchesPerEpoch }

    func batches(epoch: Int, from first: Int) throws -> () throws -> TrainingBatch? {
        let next = try source.batches(epoch: epoch, from: first)
        var step = first
        return {
            guard let batch = try next() else { return nil }
            defer { step += 1 }
            let number = epoch * batchesPerEpoch + step
            return try withTorchErrors {
                withoutGradients { variation(batch, seed: derivedSeed(seed, for: .instrument, number)) }
            }
        }
    }
}
