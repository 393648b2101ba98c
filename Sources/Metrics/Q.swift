import Sensors

/// The universal image quality index, mean over 32 × 32 windows at every place inside the image, then over bands.
///
/// Of a window with N pixels, sums s1, s2 and sums of products s11, s22, s12:
/// 4(N·s12 − s1·s2)·s1·s2 / ((N(s11 + s22) − s1² − s2²)(s1² + s2²)); for two constant windows 2·s1·s2/(s1² + s2²), 1 where both
/// are zero. Windows with a masked pixel are left out. Identical images give 1.
public struct Q: ReferenceMetric {
    /// Short name.
    public let name = "Q"
    /// Full name.
    public let title = "universal image quality index"
    /// A plain number.
    public let unit = ""
    /// Window and reduction.
    public let variant = "32 × 32 sliding window, mean over bands"
    /// Origin.
    public let source = "Wang, Bovik, IEEE Signal Processing Letters 9(3), 2002"
    /// Larger is better.
    public let higherIsBetter = true
    /// −1 to 1.
    public let range = -1.0...1

    private static let side = 32

    /// The metric has no settings.
    public init() {}

    /// Sliding windows.
    public func statistics(of scene: PairScene) -> [PairStatistic] { [.windows(side: Self.side, clipsNegative: false)] }

    /// The index.
    public func value(of sums: PairSums) throws(MetricError) -> MetricValue {
        try sums.requireSide(Self.side, for: name)
        return MetricValue(meanOf: try sums.means(.windows(side: Self.side, clipsNegative: false), for: name))
    }

    /// The sums of the index over the windows of a tile, by band.
    ///
    /// - Parameter clipsNegative: whether values below 0 count as 0.
    static func sums(_ tile: PairTile, side: Int, clipsNegative: Bool) -> Means {
        var means = Means(channels: tile.reference.bands)
        guard let area = tile.windows(side: side) else { return means }
        let isKnown = tile.knownWindows(side: side, in: area)
        let windows = (area.rows.count - side + 1) * (area.columns.count - side + 1)
        means.count = Double(isKnown?.count { $0 } ?? windows)
        let pixels = Double(side * side)
        for band in means.sums.indices {
            let (truth, fused) = tile.planes(band, in: area)
            let moments = [
                truth, fused, Plane.combine(truth, fused) { $0 * $0 + $1 * $1 }, truth * fused,
            ].map { $0.boxSums(side: side) }
            means.sums[band] = Plane.sum(moments, where: isKnown) { s1, s2, squares, products in
                let value = index(s1, s2, squares, products, pixels)
                return clipsNegative && value < 0 ? 0 : value
            }
        }
        return means
    }

    @inline(__always)
    private static func index(
        _ s1: Double, _ s2: Double, _ squares: Double, _ products: Double, _ pixels: Double
    ) -> Double {
        let product = s1 * s2
        let means = s1 * s1 + s2 * s2
        let spread = pixels * squares - means
        // A spread below the rounding of the sums is that of constant windows.
        if spread <= 1e-14 * pixels * squares { return means == 0 ? 1 : 2 * product / means }
        return means == 0 ? 1 : 4 * (pixels * products - product) * product / (spread * means)
    }
}
