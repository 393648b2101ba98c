import Foundation
import Sensors

/// The indices that MMMamba's scripts report (Wang et al. 2025; specification, 10.4), for 8-bit digital numbers. They differ
/// from the toolboxes' in windows, units and constants; use them to compare with the paper's tables only.
///
/// Correlation and structural similarity are ``CC`` and ``SSIM`` with a peak of 255.
public enum MMMambaMetrics {
    /// What keeps the scripts from dividing by zero.
    private static let epsilon = 2.2e-16
    private static let peak = 255.0

    /// Signal-to-noise ratio in dB from one mean squared error over all bands; infinite where that is 10⁻¹⁰ or less.
    ///
    /// - Throws: ``MetricError/shapes(reference:fused:)``, as the others.
    public static func psnr(fused: Image, reference: Image) throws(MetricError) -> Double {
        _ = try pair(fused, reference)
        let error = meanSquare(fused.values, reference.values)
        return error <= 1e-10 ? .infinity : 20 * log10(peak / (error.squareRoot() + epsilon))
    }

    /// Mean over bands of the structural similarity.
    public static func ssim(fused: Image, reference: Image) throws(MetricError) -> Double {
        try SSIM().value(pair(fused, reference))
    }

    /// Mean over bands of Pearson's correlation, which the scripts call SCC.
    public static func correlation(fused: Image, reference: Image) throws(MetricError) -> Double {
        try CC().value(pair(fused, reference))
    }

    /// Mean spectral angle in radians; pixels with a zero spectrum count as π/2.
    public static func spectralAngle(fused: Image, reference: Image) throws(MetricError) -> Double {
        _ = try pair(fused, reference)
        var sum = 0.0
        for pixel in 0..<fused.pixels {
            var (product, a, b) = (0.0, 0.0, 0.0)
            for band in 0..<fused.bands {
                let (x, y) = (fused.values[band * fused.pixels + pixel], reference.values[band * fused.pixels + pixel])
                product += x * y
                a += x * x
                b += y * y
            }
            sum += acos(min(max(product / (a.squareRoot() * b.squareRoot() + epsilon), 0), 1))
        }
        return sum / Double(fused.pixels)
    }

    /// (100 / ratio) · √(mean over bands of MSE / mean²).
    public static func ergas(fused: Image, reference: Image, ratio: Double = 4) throws(MetricError) -> Double {
        _ = try pair(fused, reference)
        let terms = (0..<fused.bands).map { band in
            let truth = reference.band(band).values
            let mean = truth.reduce(0, +) / Double(truth.count)
            return meanSquare(fused.band(band).values, truth) / (mean * mean + epsilon)
        }
        return 100 / ratio * (terms.reduce(0, +) / Double(terms.count)).squareRoot()
    }

    /// Mean over bands of the universal image quality index in windows of 8 × 8.
    public static func quality(fused: Image, reference: Image) throws(MetricError) -> Double {
        _ = try pair(fused, reference)
        return mean(
            try (0..<fused.bands).map { band throws(MetricError) in
                try quality(fused.band(band), reference.band(band), side: 8)
            })
    }

    static func mean(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count) }

    private static func meanSquare(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(a.count)
    }

    private static func pair(_ fused: Image, _ reference: Image) throws(MetricError) -> ImagePair {
        try ImagePair(reference: reference, fused: fused, ratio: 4, peak: peak)
    }

    /// The universal image quality index (Wang, Bovik 2002) of two single bands, mean over the windows at every place inside.
    static func quality(_ a: Image, _ b: Image, side: Int) throws(MetricError) -> Double {
        let pair = try pair(a, b)
        try pair.requireSide(side, for: "Q")
        let (first, second) = pair.planes(0)
        let pixels = Double(side * side)
        func means(_ plane: Plane) -> [Double] { plane.boxSums(side: side).values.map { $0 / pixels } }
        let (m1, m2) = (means(first), means(second))
        let (squares1, squares2) = (means(first * first), means(second * second))
        let products = means(first * second)
        return mean(
            m1.indices.map { place in
                let (x, y) = (m1[place], m2[place])
                let covariance = products[place] - x * y
                let variances = (squares1[place] - x * x) + (squares2[place] - y * y)
                let levels = x * x + y * y
                // A window without level, or without contrast, is judged by the other alone.
                switch (variances > 1e-8, levels > 1e-8) {
                case (true, true): return 4 * x * y * covariance / (levels * variances)
                case (false, true): return 2 * x * y / levels
                case (true, false): return 2 * covariance / variances
                case (false, false): return 1
                }
            })
    }
}
