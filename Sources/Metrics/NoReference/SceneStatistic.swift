import Sensors

/// Something that is summed over a sharpened scene; several indices may follow from one.
public enum SceneStatistic: Hashable, Sendable, CaseIterable {
    /// Relations of bands to each other and to PAN in blocks of 32 × 32.
    case blocks
    /// Q2n of the multispectral image and the degraded sharpened one.
    case spectralConsistency
    /// Relations of details of bands to those of PAN.
    case details
    /// Indices of the sharpened image brought to the multispectral grid, with that.
    case reprojection
    /// Local correlation of bands with PAN.
    case correlation
    /// Q2n of the sharpened image on the multispectral grid, as the hyperspectral toolbox has it.
    case hyperspectralConsistency
    /// Sums for the regression of PAN on the bands.
    case regression
}

/// The sums over a sharpened scene from which the indices without reference follow.
public struct SceneSums: Sendable {
    let bands: Int
    let height: Int
    let width: Int
    var blocks: BlockRelations?
    var spectralConsistency: Means?
    /// The mean of each band of Q of details, of the sharpened and of the multispectral image.
    var details: (sharp: Means, coarse: Means)?
    var reprojection: Reprojected?
    var correlation: Means?
    var hyperspectralConsistency: Means?
    var regression: RegressionSums?

    func requireSide(_ minimum: Int, for metric: String) throws(MetricError) {
        guard min(height, width) >= minimum else {
            throw .tooSmall(metric: metric, height: height, width: width, minimum: minimum)
        }
    }

    /// The means of a statistic.
    static func values(_ means: Means?, for metric: String) throws(MetricError) -> [Double] {
        guard let means, means.count > 0 else { throw .noValidPixels(metric: metric) }
        return means.values
    }
}

extension SharpenedScene {
    /// The indices of the scene; what several indices need is summed once, in few passes over the images.
    ///
    /// - Parameters:
    ///   - metrics: which indices.
    ///   - threads: tiles in work at once; see ``bytesPerThread(bands:ratio:)``.
    ///   - progress: called with pixels done and in all, from any thread; an error ends the work.
    /// - Returns: the values in the order of the indices; an index that such a scene has no value of gives an error.
    /// - Throws: what the readers and `progress` throw.
    public func measure(
        _ metrics: [any NoReferenceMetric], threads: Int = 1,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws -> [Result<MetricValue, MetricError>] {
        let sums = try sums(Set(metrics.flatMap(\.statistics)), threads: threads, progress: progress)
        return metrics.map { metric in Result { () throws(MetricError) in try metric.value(of: sums) } }
    }

    func sums(
        _ statistics: Set<SceneStatistic>, threads: Int, progress: @escaping @Sendable (Int, Int) throws -> Void
    ) throws -> SceneSums {
        let (fine, coarse) = (fused.height * fused.width, ms.height * ms.width)
        let work = SceneWork(
            threads: threads, total: statistics.reduce(0) { $0 + $1.pixels(fine: fine, coarse: coarse) },
            progress: progress)
        var sums = SceneSums(bands: fused.bands, height: fused.height, width: fused.width)
        let fineStatistics = statistics.intersection([.blocks, .spectralConsistency, .details])
        if !fineStatistics.isEmpty {
            let fine = try fineSums(fineStatistics, work)
            (sums.blocks, sums.spectralConsistency) = (fine.blocks, fine.spectralConsistency)
            sums.details = try fine.details.map { (sharp: $0, coarse: try coarseDetails(work)) }
        }
        for statistic in SceneStatistic.allCases where statistics.contains(statistic) {
            switch statistic {
            case .blocks, .spectralConsistency, .details: continue
            case .reprojection: sums.reprojection = try reprojection(work)
            case .correlation: sums.correlation = try correlation(work)
            case .hyperspectralConsistency: sums.hyperspectralConsistency = try hyperspectralConsistency(work)
            case .regression: sums.regression = try regression(work)
            }
        }
        return sums
    }

    /// Bytes that a thread needs at most, for images of so many bands.
    public static func bytesPerThread(bands: Int, ratio: Int) -> Int {
        let side = SceneTiles.side(bands: bands) + 2 * (PairTile.margin + MTFFilter.radius) + 8 * ratio
        // Sharpened and interpolated image, each once as read and once as filtered, with a copy.
        return 8 * side * side * (6 * bands + 16)
    }
}

extension SceneStatistic {
    /// Pixels that are worked through, to show progress by.
    func pixels(fine: Int, coarse: Int) -> Int {
        switch self {
        case .blocks, .spectralConsistency, .correlation, .regression: fine
        case .details: fine + coarse
        case .reprojection: 2 * coarse
        case .hyperspectralConsistency: coarse
        }
    }
}

/// How the passes over a scene are done, and how far they are.
struct SceneWork: Sendable {
    let threads: Int
    let progress: @Sendable (Int) throws -> Void

    init(threads: Int, total: Int, progress: @escaping @Sendable (Int, Int) throws -> Void) {
        self.threads = threads
        let counter = Counter()
        self.progress = { try progress(counter.add($0), total) }
    }

    /// The sums over a pair, as a part of this work.
    func sums(_ pair: PairScene, _ statistics: Set<PairStatistic>) throws -> PairSums {
        // A pair tells how many pixels are done in all, the work counts those that were added.
        let last = Counter()
        let progress = progress
        return try pair.sums(statistics, threads: threads) { done, _ in
            let before = last.raise(to: done)
            if done > before { try progress(done - before) }
        }
    }
}
