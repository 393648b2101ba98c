/// The batches of an epoch, one after the other; made by ``SampleLoader/batches(epoch:from:)``.
///
/// One thread takes them. When the last reference goes, the worker threads end.
public final class SampleBatches {
    private let maker: BatchMaker
    private let queue: BatchQueue?
    private var failure: (any Error)?
    /// The step of the batch that comes next; that of the first batch of an epoch is 0.
    public private(set) var step: Int

    init(_ maker: BatchMaker, from step: Int, workers: Int) {
        (self.maker, self.step) = (maker, step)
        queue = workers > 0 ? BatchQueue(maker, from: step, workers: workers) : nil
    }

    deinit { queue?.stop() }

    /// The next batch; nil after the last one.
    ///
    /// - Throws: what the source threw for the first sample that failed, after all batches before it; again and again when
    ///   asked again.
    public func next() throws -> Batch? {
        if let failure { throw failure }
        guard step < maker.plan.count else { return nil }
        do {
            let batch = try queue?.take(step) ?? maker.batch(step) { false }
            step += 1
            return batch
        } catch {
            failure = error
            throw error
        }
    }
}
