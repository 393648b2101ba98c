import Sensors

/// Pairs of channels by their places, and where each is in a list of covariances.
struct PairTable: Sendable {
    let channels: Int
    let pairs: [Moments.Pair]
    private let places: [Int: Int]

    /// A table of some pairs; those given twice count once.
    init(channels: Int, _ requested: [(Int, Int)]) {
        self.channels = channels
        var pairs: [Moments.Pair] = []
        var places: [Int: Int] = [:]
        for (first, second) in requested {
            let (low, high) = (min(first, second), max(first, second))
            if places[low * channels + high] != nil { continue }
            places[low * channels + high] = pairs.count
            pairs.append(.init(first: low, second: high))
        }
        self.pairs = pairs
        self.places = places
    }

    func place(_ first: Int, _ second: Int) -> Int {
        guard let place = places[min(first, second) * channels + max(first, second)] else {
            preconditionFailure("the covariance of channels \(first) and \(second) was not planned")
        }
        return place
    }
}

/// Means and covariances of a group of pixels.
struct GroupMoments: Sendable {
    let table: PairTable
    var moments: Moments

    var count: Double { moments.count }
    func mean(_ channel: Int) -> Double { moments.means[channel] }
    func covariance(_ first: Int, _ second: Int) -> Double { moments.covariance(table.place(first, second)) }

    /// The covariance matrix of some channels, row by row.
    func covariances(_ channels: Range<Int>) -> [Double] {
        channels.flatMap { row in channels.map { covariance(row, $0) } }
    }

    /// The mean of the product of two channels, not centred.
    func product(_ first: Int, _ second: Int) -> Double {
        guard count > 0 else { return 0 }
        return covariance(first, second) * (count - 1) / count + mean(first) * mean(second)
    }

    /// The variance of a channel; 0 where the deviation is below 1e-8 of the mean, as in ``SceneStatistics``.
    func variance(_ channel: Int) -> Double {
        let (variance, mean) = (covariance(channel, channel), mean(channel))
        return variance > 1e-16 * mean * mean ? variance : 0
    }
}

/// Means and covariances of channels that a method makes from each block, of all pixels or of groups of pixels.
struct GroupedMoments: SceneMeasurement {
    /// Where the pixels lie.
    enum Grid: Sendable {
        /// PAN's.
        case fine
        /// The PAN pixels r·i + r/2.
        case coarse
    }

    /// What a block contributes to the groups that it has pixels of.
    struct Part: Sendable {
        let groups: [(group: Int, moments: Moments)]
    }

    let ingredients: Ingredients
    private let grid: Grid
    private let table: PairTable
    private let channels: @Sendable (PreparedBlock) -> [[Double]]
    private let labels: (@Sendable (PreparedBlock) -> [Int32])?
    private var groups: [Moments]

    /// No pixels yet.
    ///
    /// - Parameters:
    ///   - groups: how many groups there are.
    ///   - channels: the samples of a block's pixels, one array a channel.
    ///   - labels: the group of each pixel of a block; one group when nil.
    init(
        ingredients: Ingredients, grid: Grid, table: PairTable, groups: Int = 1,
        channels: @escaping @Sendable (PreparedBlock) -> [[Double]],
        labels: (@Sendable (PreparedBlock) -> [Int32])? = nil
    ) {
        self.ingredients = ingredients
        self.grid = grid
        self.table = table
        self.channels = channels
        self.labels = labels
        self.groups = [Moments](repeating: Moments(channels: table.channels, pairs: table.pairs), count: groups)
    }

    func measure(_ block: PreparedBlock) -> Part {
        let samples = channels(block)
        let isValid = grid == .fine ? block.isValid : block.isCoarseValid
        guard labels != nil || isValid != nil else {
            return Part(groups: [(0, Moments(of: samples, pairs: table.pairs))])
        }
        let count = samples.first?.count ?? 0
        let labels = labels?(block) ?? [Int32](repeating: 0, count: count)
        // The pixels of each group, one group after another.
        var ends = [Int](repeating: 0, count: groups.count)
        for pixel in 0..<count where isValid?[pixel] ?? true { ends[Int(labels[pixel])] += 1 }
        let sizes = ends
        var end = 0
        for group in ends.indices {
            (ends[group], end) = (end, end + ends[group])
        }
        var order = [Int](repeating: 0, count: end)
        for pixel in 0..<count where isValid?[pixel] ?? true {
            order[ends[Int(labels[pixel])]] = pixel
            ends[Int(labels[pixel])] += 1
        }
        return Part(
            groups: sizes.indices.filter { sizes[$0] > 0 }.map { group in
                let pixels = order[ends[group] - sizes[group]..<ends[group]]
                let own = samples.map { channel in
                    channel.withUnsafeBufferPointer { channel in pixels.map { channel[$0] } }
                }
                return (group, Moments(of: own, pairs: table.pairs))
            })
    }

    mutating func merge(_ part: Part) {
        for (group, moments) in part.groups { groups[group].merge(moments) }
    }

    /// The moments of a group.
    func group(_ index: Int) -> GroupMoments { GroupMoments(table: table, moments: groups[index]) }

    /// The moments of all pixels.
    func all() -> GroupMoments {
        var total = group(0)
        for other in groups.dropFirst() { total.moments.merge(other) }
        return total
    }

    /// Checks that there are pixels and that their moments are finite.
    func validate() throws(ClassicalError) {
        let total = all()
        guard total.count > 0 else { throw .noValidPixels }
        guard total.moments.means.allSatisfy(\.isFinite),
            table.pairs.indices.allSatisfy({ total.moments.covariance($0).isFinite })
        else { throw .notFinite }
    }
}
