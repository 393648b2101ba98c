import Networks

/// Batches of a loader with the instrument that the settings name, for networks that want to know it.
struct InstrumentedBatches: BatchSource {
    let source: any BatchSource
    /// Gains of the sensor's bands at Nyquist; what everybody assumes where there are none.
    let gains: [Double]

    var batchesPerEpoch: Int { source.batchesPerEpoch }

    func batches(epoch: Int, from first: Int) throws -> () throws -> TrainingBatch? {
        let next = try source.batches(epoch: epoch, from: first)
        return {
            guard var batch = try next() else { return nil }
            let (ratio, bands) = (batch.ratio, batch.images[.ms]?.size(1) ?? 1)
            // Files and simulated scenes follow the field's toolboxes.
            let phase = Double(ratio / 2)
            batch.instrument = Instrument(
                rowPhase: phase, columnPhase: phase,
                gains: gains.count >= bands ? Array(gains.prefix(bands)) : .init(repeating: 0.3, count: bands))
            return batch
        }
    }
}
