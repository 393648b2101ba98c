/// An image of a scene whose mean or covariance a method needs.
public enum Channel: Sendable, Hashable {
    /// A band of the interpolated multispectral image.
    case band(Int)
    /// The mean of all its bands.
    case intensity
    /// PAN; on the coarse grid `LPfilterPlusDec` of PAN.
    case pan
    /// PAN with the MTF of a band.
    case lowPass(band: Int)
    /// PAN with the Gaussian of gain 0.3.
    case gaussian
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

    /// A plan; an empty one for methods that need no statistics.
    public init(fine: [Pair] = [], coarse: [Pair] = []) {
        self.fine = fine
        self.coarse = coarse
    }

    /// All pairs of bands of a scene.
    static func bands(of scene: SharpeningScene) -> [Pair] {
        (0..<scene.bands).flatMap { a in (a..<scene.bands).map { b in Pair(.band(a), .band(b)) } }
    }

    /// What has to be computed of a block to measure it.
    public var ingredients: Ingredients {
        var result: Ingredients = coarse.isEmpty ? [] : .coarseGrid
        for channel in fine.flatMap({ [$0.first, $0.second] }) {
            switch channel {
            case .lowPass: result.insert(.lowPassPAN)
            case .gaussian: result.insert(.gaussianPAN)
            case .band, .intensity, .pan: break
            }
        }
        return result
    }

    /// Whether no pass over the scene is needed.
    public var isEmpty: Bool { fine.isEmpty && coarse.isEmpty }
}
