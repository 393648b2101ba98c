/// Which samples make which batch of an epoch.
///
/// Samples of different groups never share a batch: a batch is complete when enough of its group have come by in the
/// order of the epoch. What is left over comes in the end, group by group, unless it is dropped.
struct EpochPlan: Sendable {
    let count: Int
    let batchSize: Int
    let shuffles: Bool
    let dropsLast: Bool
    let seed: UInt64
    /// The group of each sample; empty where there is one only.
    private let groups: [Int]
    /// Batches of every epoch.
    let batchCount: Int

    init(of source: some SampleSource, batchSize: Int, shuffles: Bool, dropsLast: Bool, seed: UInt64) {
        (count, self.batchSize, self.shuffles) = (source.count, batchSize, shuffles)
        (self.dropsLast, self.seed) = (dropsLast, seed)
        let groups = (0..<source.count).map { source.group(of: $0) }
        var sizes: [Int: Int] = [:]
        for group in groups { sizes[group, default: 0] += 1 }
        self.groups = sizes.count > 1 ? groups : []
        batchCount = sizes.values.reduce(0) { sum, size in
            sum + (dropsLast ? size / batchSize : (size + batchSize - 1) / batchSize)
        }
    }

    /// The order of an epoch has random numbers of its own: no sample has this index.
    private static let orderIndex = -1

    /// The indices of the samples of each batch.
    func batches(epoch: Int) -> [[Int]] {
        var random = SampleRandom(seed: seed, epoch: epoch, index: Self.orderIndex)
        let order = shuffles ? random.permutation(of: count) : Array(0..<count)
        var batches: [[Int]] = []
        batches.reserveCapacity(batchCount)
        var begun: [Int: [Int]] = [:]
        for index in order {
            let group = groups.isEmpty ? 0 : groups[index]
            begun[group, default: []].append(index)
            guard let batch = begun[group], batch.count == batchSize else { continue }
            batches.append(batch)
            begun[group] = []
        }
        guard !dropsLast else { return batches }
        return batches + begun.sorted { $0.key < $1.key }.map(\.value).filter { !$0.isEmpty }
    }
}
