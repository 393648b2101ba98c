/// An image of a scene whose mean or covariance a method needs.
public enum Channel: Sendable, Hashable {
    /// A band of the interpolated multispectral image.
    case band(Int)
    /// The mean of all its bands.
    case intensity
    /// PAN, the mean of several sharp bands; on the coarse grid `LPfilterPlusDec` of PAN, where the plan does not ask for ``gaussian`` there.
    case pan
    /// PAN with the MTF of a band.
    case lowPass(band: Int)
    /// PAN with the Gaussian of gain 0.3.
    case gaussian
    /// PAN with the "à trous" filter.
    case atrous
    /// PAN reduced and enlarged by cubic convolution.
    case bicubic
    /// The standard deviation of PAN in squares of 51 × 51 pixels.
    case localDeviation
}

/// The covariances that a method needs of a scene.
public struct MomentPlan: Sendable {
    /// Two channels.
    public struct Pair: Sendable, Hashable {
        let first: Channel
        let second: Channel

        /// A pair of channels, the same one for its variance.
        public init(_ first: Channel, _ second: Channel) {
            self.first = first
            self.second = second
        }
    }

    /// Pairs over all PAN pixels.
    public var fine: [Pair]
    /// Pairs over the pixels of the coarse grid.
    public var coarse: [Pair]

    /// Channels whose smallest and largest value over all PAN pixels are wanted.
    public var extremes: [Channel]

    /// A plan; an empty one for methods that need no statistics.
    public init(fine: [Pair] = [], coarse: [Pair] = [], extremes: [Channel] = []) {
        self.fine = fine
        self.coarse = coarse
        self.extremes = extremes
    }

    /// All pairs of bands of a scene.
    static func bands(of scene: SharpeningScene) -> [Pair] {
        (0..<scene.bands).flatMap { a in (a..<scene.bands).map { b in Pair(.band(a), .band(b)) } }
    }

    /// What has to be computed of a block to measure it.
    public var ingredients: Ingredients {
        var result: Ingredients = []
        for channel in fine.flatMap({ [$0.first, $0.second] }) + extremes {
            switch channel {
            case .lowPass: result.insert(.lowPassPAN)
            case .gaussian: result.insert(.gaussianPAN)
            case .atrous: result.insert(.atrousPAN)
            case .bicubic: result.insert(.bicubicPAN)
            case .localDeviation: result.insert(.deviationPAN)
            case .band, .intensity, .pan: break
            }
        }
        guard !coarse.isEmpty else { return readsBands ? result : result.union(.meanBandOnly) }
        let readsGaussian = coarse.contains { $0.first == .gaussian || $0.second == .gaussian }
        return result.union(readsGaussian ? .coarseGaussian : .coarseGrid)
    }

    /// Whether a band by itself is read at fine pixels.
    private var readsBands: Bool {
        (fine.flatMap { [$0.first, $0.second] } + extremes).contains { channel in
            if case .band = channel { true } else { false }
        }
    }

    /// Whether no pass over the scene is needed.
    public var isEmpty: Bool { fine.isEmpty && coarse.isEmpty && extremes.isEmpty }
}
