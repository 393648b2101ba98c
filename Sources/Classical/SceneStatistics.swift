import Sensors

/// Means, covariances and extremes of a scene.
public struct SceneStatistics: SceneMeasurement {
    /// What a block contributes.
    struct Part: Sendable {
        let fine: Moments
        let coarse: Moments
        let extremes: [ClosedRange<Double>?]
    }

    /// The scene.
    public let scene: SharpeningScene
    /// What has to be computed of each block.
    public let ingredients: Ingredients
    private let fineLayout: Layout
    private let coarseLayout: Layout
    private var fine: Moments
    private var coarse: Moments
    private let extremeChannels: [Channel]
    private var extremes: [ClosedRange<Double>?]

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
        extremeChannels = plan.extremes
        extremes = plan.extremes.map { _ in nil }
    }

    func measure(_ block: PreparedBlock) -> Part {
        Part(
            fine: Moments(
                of: fineLayout.channels.map { Self.valid(block.fineSamples(of: $0), block.isValid) },
                pairs: fineLayout.pairs),
            coarse: Moments(
                of: coarseLayout.channels.map { Self.valid(block.coarseSamples(of: $0), block.isCoarseValid) },
                pairs: coarseLayout.pairs),
            extremes: extremeChannels.map { Self.extremes(Self.valid(block.fineSamples(of: $0), block.isValid)) })
    }

    mutating func merge(_ part: Part) {
        fine.merge(part.fine)
        coarse.merge(part.coarse)
        for (index, other) in part.extremes.enumerated() {
            guard let other else { continue }
            guard let known = extremes[index] else {
                extremes[index] = other
                continue
            }
            extremes[index] =
                min(known.lowerBound, other.lowerBound)...max(known.upperBound, other.upperBound)
        }
    }

    /// The smallest and the largest value; nil where there is none, or none that is a number.
    private static func extremes(_ values: [Double]) -> ClosedRange<Double>? {
        values.withUnsafeBufferPointer { values in
            var (smallest, largest) = (Double.infinity, -Double.infinity)
            for value in values {
                smallest = value < smallest ? value : smallest
                largest = value > largest ? value : largest
            }
            return smallest <= largest ? smallest...largest : nil
        }
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

    /// The number of PAN pixels that count.
    var count: Double { fine.count }

    /// The smallest and the largest value of a channel whose extremes are planned.
    func extremes(_ channel: Channel) -> ClosedRange<Double> {
        guard let index = extremeChannels.firstIndex(of: channel) else {
            preconditionFailure("the extremes of \(channel) were not planned")
        }
        return extremes[index] ?? 0...0
    }

    /// The mean on the coarse grid of a channel that occurs in the plan's coarse pairs.
    func coarseMean(_ channel: Channel) -> Double {
        guard let index = coarseLayout.channels.firstIndex(of: channel) else {
            preconditionFailure("the coarse mean of \(channel) was not planned")
        }
        return coarse.means[index]
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

    /// The covariances over the coarse grid of all bands, row by row.
    func coarseBandCovariances() -> [Double] {
        let count = scene.bands
        return (0..<count * count).map {
            coarseCovariance(.band(min($0 / count, $0 % count)), .band(max($0 / count, $0 % count)))
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
