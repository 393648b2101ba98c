/// Makes batches of the samples of a source, ahead of who needs them.
///
/// What a batch holds follows from the seed, the epoch and its step alone: not from the number of workers, nor from what
/// was read before, nor from where in the epoch reading began. So an interrupted epoch goes on exactly, and several
/// processes that each take a part make the same batch together as one alone.
///
///     let loader = try SampleLoader(source, augmentation: .geometric, batchSize: 8, seed: 1, workers: 2)
///     let batches = loader.batches(epoch: 3, from: 120)
///     while let batch = try batches.next() { … }
public final class SampleLoader: Sendable {
    /// Where samples come from.
    public let source: any SampleSource
    /// What is changed about them at random; nothing when nil.
    public let augmentation: Augmentation?
    /// Threads that read ahead; with 0 the consumer's own thread reads.
    public let workers: Int
    /// Decides the order of samples and everything random about them.
    public let seed: UInt64
    private let plan: EpochPlan
    private let part: (index: Int, of: Int)

    /// Prepares loading; nothing is read yet.
    ///
    /// - Parameters:
    ///   - augmentation: what is changed at random about each sample; nothing when nil.
    ///   - batchSize: samples of a batch, of all parts together; a multiple of the number of parts.
    ///   - shuffles: whether each epoch has an order of its own; else it is that of the source.
    ///   - workers: threads that read ahead, up to two batches each.
    ///   - dropsLast: whether samples that make no complete batch are left out of an epoch.
    ///   - part: which part of each batch is made, of how many: process k of n takes samples k·B/n ..< (k + 1)·B/n. Where
    ///     samples are left over for an incomplete batch, parts of it may differ in size and be empty.
    /// - Throws: ``DatasetError`` with `empty` or `setting`.
    public init(
        _ source: any SampleSource, augmentation: Augmentation? = nil, batchSize: Int, seed: UInt64,
        shuffles: Bool = true, workers: Int = 1, dropsLast: Bool = false, part: (index: Int, of: Int) = (0, 1)
    ) throws(DatasetError) {
        func fail(_ setting: String, _ problem: String, _ remedy: String) -> DatasetError {
            DatasetError(.setting, setting, problem, remedy: remedy)
        }
        guard workers >= 0 else { throw fail("workers", "\(workers) threads can't read.", "Give 0 or more.") }
        guard part.of >= 1, (0..<part.of).contains(part.index) else {
            throw fail("part", "there is no part \(part.index) of \(part.of).", "Give 0 to one less than the number.")
        }
        guard batchSize >= 1, batchSize.isMultiple(of: part.of) else {
            throw fail(
                "batch size", "\(batchSize) samples can't be shared among \(part.of) equally.",
                "Give a multiple of \(part.of).")
        }
        guard source.count > 0 else {
            throw DatasetError(.empty, "samples", "the source has none.", remedy: "Give a source with samples.")
        }
        let plan = EpochPlan(of: source, batchSize: batchSize, shuffles: shuffles, dropsLast: dropsLast, seed: seed)
        guard plan.batchCount > 0 else {
            throw fail(
                "batch size", "\(source.count) samples make no batch of \(batchSize).",
                "Make batches smaller, or keep incomplete ones.")
        }
        try augmentation?.check(ratio: source.ratio)
        (self.source, self.augmentation, self.workers, self.seed) = (source, augmentation, workers, seed)
        (self.plan, self.part) = (plan, part)
    }

    /// Batches of an epoch.
    public var batchesPerEpoch: Int { plan.batchCount }

    /// The batches of an epoch from a step on.
    ///
    /// Workers begin at once; they hold two batches each at most.
    /// - Parameters:
    ///   - epoch: from 0.
    ///   - step: the first batch wanted, 0 for the whole epoch; from ``batchesPerEpoch`` on there is none.
    public func batches(epoch: Int, from step: Int = 0) -> SampleBatches {
        precondition(step >= 0, "a step of \(step)")
        let parts = plan.batches(epoch: epoch).map { batch in
            let share = batch.count * part.index / part.of..<batch.count * (part.index + 1) / part.of
            return Array(batch[share])
        }
        let maker = BatchMaker(source: source, augmentation: augmentation, seed: seed, epoch: epoch, plan: parts)
        return SampleBatches(maker, from: step, workers: workers)
    }
}
