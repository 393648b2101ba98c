/// Makes the batches of an epoch, on any thread and in any order.
struct BatchMaker: Sendable {
    let source: any SampleSource
    let augmentation: Augmentation?
    let seed: UInt64
    let epoch: Int
    /// The samples of each batch.
    let plan: [[Int]]

    /// Makes a batch.
    ///
    /// - Parameter isStopped: asked between samples.
    /// - Returns: nil when stopped.
    func batch(_ step: Int, isStopped: () -> Bool) throws -> Batch? {
        let indices = plan[step]
        var samples: [Sample] = []
        samples.reserveCapacity(indices.count)
        for index in indices {
            if isStopped() { return nil }
            var random = SampleRandom(seed: seed, epoch: epoch, index: index)
            var sample = try source.sample(index, random: &random)
            try augmentation?.apply(to: &sample, ratio: source.ratio, random: &random)
            samples.append(sample)
        }
        return try Batch(samples, indices: indices)
    }
}
