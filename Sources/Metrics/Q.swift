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

    /// The index.
    public func value(_ pair: ImagePair) throws(MetricError) -> Double {
        try pair.requireSide(Self.side, for: name)
        let masked = pair.masked.map {
            Plane(height: pair.reference.height, width: pair.reference.width, values: $0).boxSums(side: Self.side)
        }
        var total = 0.0
        for band in 0..<pair.reference.bands {
            let (truth, fused) = pair.planes(band)
            let s1 = truth.boxSums(side: Self.side)
            let s2 = fused.boxSums(side: Self.side)
            let squares = (truth * truth).boxSums(side: Self.side)
            let fusedSquares = (fused * fused).boxSums(side: Self.side)
            let products = (truth * fused).boxSums(side: Self.side)
            var sum = 0.0
            var count = 0.0
            for place in s1.values.indices where masked.map({ $0.values[place] == 0 }) ?? true {
                sum += Self.index(
                    s1.values[place], s2.values[place], squares.values[place] + fusedSquares.values[place],
                    products.values[place])
                count += 1
            }
            guard count > 0 else { throw .noValidPixels(metric: name) }
            total += sum / count
        }
        return total / Double(pair.reference.bands)
    }

    private static func index(_ s1: Double, _ s2: Double, _ squares: Double, _ products: Double) -> Double {
        let pixels = Double(side * side)
        let product = s1 * s2
        let means = s1 * s1 + s2 * s2
        let spread = pixels * squares - means
        // A spread below the rounding of the sums is that of constant windows.
        if spread <= 1e-14 * pixels * squares { return means == 0 ? 1 : 2 * product / means }
        return means == 0 ? 1 : 4 * (pixels * products - product) * product / (spread * means)
    }
}
