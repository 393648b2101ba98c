import Foundation
import Sensors

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

    private static let side = 11

    /// The metric has no settings.
    public init() {}

    /// The index.
    public func value(_ pair: ImagePair) throws(MetricError) -> Double {
        try pair.requireSide(Self.side, for: name)
        let exponentials = (-5...5).map { exp(-Double($0 * $0) / (2 * 1.5 * 1.5)) }
        let sum = exponentials.reduce(0, +)
        let taps = exponentials.map { $0 / sum }
        let masked = pair.masked.map {
            Plane(height: pair.reference.height, width: pair.reference.width, values: $0)
                .weightedSums([Double](repeating: 1, count: Self.side))
        }
        let c1 = (0.01 * pair.peak) * (0.01 * pair.peak)
        let c2 = (0.03 * pair.peak) * (0.03 * pair.peak)
        var total = 0.0
        for band in 0..<pair.reference.bands {
            let (truth, fused) = pair.planes(band)
            let m1 = truth.weightedSums(taps).values
            let m2 = fused.weightedSums(taps).values
            let squares = (truth * truth).weightedSums(taps).values
            let fusedSquares = (fused * fused).weightedSums(taps).values
            let products = (truth * fused).weightedSums(taps).values
            var sum = 0.0
            var count = 0.0
            for place in m1.indices where masked.map({ $0.values[place] == 0 }) ?? true {
                let (a, b) = (m1[place], m2[place])
                let variances = (squares[place] - a * a) + (fusedSquares[place] - b * b)
                let covariance = products[place] - a * b
                sum += (2 * a * b + c1) * (2 * covariance + c2) / ((a * a + b * b + c1) * (variances + c2))
                count += 1
            }
            guard count > 0 else { throw .noValidPixels(metric: name) }
            total += sum / count
        }
        return total / Double(pair.reference.bands)
    }
}
