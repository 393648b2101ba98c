import Sensors

/// The moments of one block of a scene.
public struct BlockStatistics: Sendable {
    let fine: Moments
    let coarse: Moments
}

/// Means and covariances of a scene.
///
/// ``measure(_:)`` is pure and may run for several blocks at once; ``merge(_:)`` has to be called with the results in the
/// order of ``SharpeningScene/statisticsBlocks``. So the numbers have the same bits for any number of threads.
public struct SceneStatistics: Sendable {
    /// The scene.
    public let scene: SharpeningScene
    /// What has to be computed of each block.
    public let ingredients: Ingredients
    private let fineLayout: Layout
    private let coarseLayout: Layout
    private var fine: Moments
    private var coarse: Moments

    /// The channels of a plan and the pairs by place; bands that share a filter share a channel.
    private struct Layout: Sendable {
        var channels: [Channel] = []
        var pairs: [Moments.Pair] = []
        var places: [MomentPlan.Pair: Int] = [:]

        init(_ requested: [MomentPlan.Pair], scene: SharpeningScene) {
            var indices: [Channel: Int] = [:]
            for pair in requested.map({ Self.canonical($0, scene) }) where places[pair] == nil {
                for channel in [pair.first, pair.second] where indices[channel] == nil {
                    indices[channel] = channels.count
                    channels.append(channel)
                }
                places[pair] = pairs.count
                pairs.append(.init(first: indices[pair.first] ?? 0, second: indices[pair.second] ?? 0))
            }
        }

        static func canonical(_ channel: Channel, _ scene: SharpeningScene) -> Channel {
            guard case .lowPass(let band) = channel else { return channel }
            return .lowPass(band: scene.filterOfBand.firstIndex(of: scene.filterOfBand[band]) ?? band)
        }

        static func canonical(_ pair: MomentPlan.Pair, _ scene: SharpeningScene) -> MomentPlan.Pair {
            .init(canonical(pair.first, scene), canonical(pair.second, scene))
        }
    }

    /// Statistics without pixels.
    public init(of scene: SharpeningScene, plan: MomentPlan) {
        self.scene = scene
        ingredients = plan.ingredients
        fineLayout = Layout(plan.fine, scene: scene)
        coarseLayout = Layout(plan.coarse, scene: scene)
        fine = Moments(channels: fineLayout.channels.count, pairs: fineLayout.pairs)
        coarse = Moments(channels: coarseLayout.channels.count, pairs: coarseLayout.pairs)
    }

    /// The moments of one block.
    public func measure(_ block: SharpeningBlock) -> BlockStatistics {
        measure(PreparedBlock(block, ingredients: ingredients))
    }

    /// The moments of one block that is prepared with ``ingredients``.
    package func measure(_ block: PreparedBlock) -> BlockStatistics {
        BlockStatistics(
            fine: Moments(
                of: fineLayout.channels.map { Self.valid(block.fineSamples(of: $0), block.isValid) },
                pairs: fineLayout.pairs),
            coarse: Moments(
                of: coarseLayout.channels.map { Self.valid(block.coarseSamples(of: $0), block.isCoarseValid) },
                pairs: coarseLayout.pairs))
    }

    /// Adds a block.
    public mutating func merge(_ block: BlockStatistics) {
        fine.merge(block.fine)
        coarse.merge(block.coarse)
    }

    private static func valid(_ samples: [Double], _ isValid: [Bool]?) -> [Double] {
        guard let isValid else { return samples }
        return zip(samples, isValid).compactMap { $1 ? $0 : nil }
    }

    /// Checks that there are pixels and that their moments are finite.
    func validate() throws(ClassicalError) {
        for (layout, moments) in [(fineLayout, fine), (coarseLayout, coarse)] where !layout.pairs.isEmpty {
            guard moments.count > 0 else { throw .noValidPixels }
            guard moments.means.allSatisfy(\.isFinite),
                layout.pairs.indices.allSatisfy({ moments.covariance($0).isFinite })
            else { throw .notFinite }
        }
    }

    /// The mean of a channel that occurs in the plan's fine pairs.
    func mean(_ channel: Channel) -> Double {
        let channel = Layout.canonical(channel, scene)
        guard let index = fineLayout.channels.firstIndex(of: channel) else {
            preconditionFailure("the mean of \(channel) was not planned")
        }
        return fine.means[index]
    }

    /// The covariance over all PAN pixels of a planned pair.
    func covariance(_ first: Channel, _ second: Channel) -> Double {
        guard let index = fineLayout.places[Layout.canonical(.init(first, second), scene)] else {
            preconditionFailure("the covariance of \(first) and \(second) was not planned")
        }
        return fine.covariance(index)
    }

    /// The covariances of all bands of the scene, row by row; pairs of bands are planned with ``MomentPlan/bands(of:)``.
    func bandCovariances() -> [Double] {
        let count = scene.bands
        return (0..<count * count).map {
            covariance(.band(min($0 / count, $0 % count)), .band(max($0 / count, $0 % count)))
        }
    }

    /// The covariance over the coarse grid of a planned pair.
    func coarseCovariance(_ first: Channel, _ second: Channel) -> Double {
        guard let index = coarseLayout.places[.init(first, second)] else {
            preconditionFailure("the coarse covariance of \(first) and \(second) was not planned")
        }
        return coarse.covariance(index)
    }

    /// The variance over all PAN pixels of a channel whose variance is planned.
    ///
    /// A deviation below 1e-8 of the mean is that of a constant image (the interpolator ripples by 1e-9) and counts as 0.
    func variance(_ channel: Channel) -> Double {
        let (variance, mean) = (covariance(channel, channel), mean(channel))
        return variance > 1e-16 * mean * mean ? variance : 0
    }

    /// The standard deviation over all PAN pixels of a channel whose variance is planned.
    func deviation(_ channel: Channel) -> Double { variance(channel).squareRoot() }
}

extension PreparedBlock {
    fileprivate func fineSamples(of channel: Channel) -> [Double] {
        let samples: [Double]? =
            switch channel {
            case .band(let band): interpolated.band(band).values
            case .intensity: interpolated.meanOfBands
            case .pan: pan.values
            case .lowPass(let band): lowPass?.band(scene.filterOfBand[band]).values
            case .gaussian: gaussian?.values
            }
        guard let samples else { preconditionFailure("\(channel) was not prepared") }
        return samples
    }

    fileprivate func coarseSamples(of channel: Channel) -> [Double] {
        let samples: [Double]? =
            switch channel {
            case .band(let band): coarseInterpolated?.band(band).values
            case .pan: coarsePAN?.values
            case .intensity, .lowPass, .gaussian: nil
            }
        guard let samples else { preconditionFailure("\(channel) was not prepared on the coarse grid") }
        return samples
    }
}

extension Image {
    /// The mean of all bands at each pixel.
    var meanOfBands: [Double] {
        var result = [Double](repeating: 0, count: pixels)
        result.withUnsafeMutableBufferPointer { result in
            values.withUnsafeBufferPointer { values in
                for band in 0..<bands {
                    for pixel in 0..<pixels { result[pixel] += values[band * pixels + pixel] }
                }
                for pixel in 0..<pixels { result[pixel] /= Double(bands) }
            }
        }
        return result
    }
}
