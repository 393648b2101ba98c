import Foundation

/// Structural similarity, mean over the places where a Gaussian window of 11 × 11 (σ 1.5) lies inside, then over bands.
///
/// K1 = 0.01, K2 = 0.03, population moments, no reduction of the image before. Windows with a masked pixel are left out.
/// Identical images give 1.
public struct SSIM: ReferenceMetric {
    /// Short name.
    public let name = "SSIM"
    /// Full name.
    public let title = "structural similarity"
    /// A plain number.
    public let unit = ""
    /// Window and reduction.
    public let variant = "Gaussian 11 × 11, σ 1.5, mean over bands"
    /// Origin.
    public let source = "Wang, Bovik, Sheikh, Simoncelli, IEEE TIP 13(4), 2004"
    /// Larger is better.
    public let higherIsBetter = true
    /// −1 to 1.
    public let range = -1.0...1

    static let side = 11

    /// The metric has no settings.
    public init() {}

    /// Sliding windows.
    public func statistics(of scene: PairScene) -> [PairStatistic] { [.similarity] }

    /// The index.
    public func value(of sums: PairSums) throws(MetricError) -> MetricValue {
        try sums.requireSide(Self.side, for: name)
        return MetricValue(meanOf: try sums.means(.similarity, for: name))
    }

    private static let taps = gaussianTaps(radius: 5, sigma: 1.5)

    /// The sums of the index over the windows of a tile, by band.
    static func sums(_ tile: PairTile, peak: Double) -> Means {
        var means = Means(channels: tile.reference.bands)
        guard let area = tile.windows(side: side) else { return means }
        let isKnown = tile.knownWindows(side: side, in: area)
        let windows = (area.rows.count - side + 1) * (area.columns.count - side + 1)
        means.count = Double(isKnown?.count { $0 } ?? windows)
        let constants = (first: (0.01 * peak) * (0.01 * peak), second: (0.03 * peak) * (0.03 * peak))
        for band in means.sums.indices {
            let (truth, fused) = tile.planes(band, in: area)
            let moments = [
                truth, fused, Plane.combine(truth, fused) { $0 * $0 + $1 * $1 }, truth * fused,
            ].map { $0.weightedSums(taps) }
            means.sums[band] = Plane.sum(moments, where: isKnown) { a, b, squares, product in
                let (variances, covariance) = (squares - a * a - b * b, product - a * b)
                return (2 * a * b + constants.first) * (2 * covariance + constants.second)
                    / ((a * a + b * b + constants.first) * (variances + constants.second))
            }
        }
        return means
    }
}
