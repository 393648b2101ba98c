import Foundation

/// The model behind ``FusionMetrics/VIF`` and ``FusionMetrics/VIFF``, in the domain of pixels: what a picture transmits of
/// a source, F = g·X + noise of variance v in each window, seen through an eye with noise of variance σ_n².
///
/// Scale s = 1…4 has a Gaussian window of N = 17, 9, 5, 3 pixels and σ = N/5. From the second scale on the pictures are filtered
/// by that window and every second pixel is taken.
struct VisualInformation {
    static let minimumSide = 41
    private static let windows = [17, 9, 5, 3]
    private static let tiny = 1e-10

    /// The information at each window of a scale.
    struct Scale {
        /// How strongly the source is in the picture.
        var gains: [Double]
        /// log₁₀(1 + g²σ_X²/(v + σ_n²)).
        var transmitted: [Double]
        /// log₁₀(1 + σ_X²/σ_n²).
        var available: [Double]
    }

    /// Variance of the eye's noise.
    let noise: Double

    /// The scales from fine to coarse, of each source.
    func scales(_ pair: FusedPair) -> [[Scale]] {
        var (sources, fused) = (pair.sources.map(\.shifted), pair.fusedPlane.shifted)
        var result = sources.map { _ in [Scale]() }
        for (number, side) in Self.windows.enumerated() {
            let taps = gaussianTaps(radius: side / 2, sigma: Double(side) / 5)
            if number > 0 {
                sources = sources.map { $0.weightedSums(taps).decimated }
                fused = fused.weightedSums(taps).decimated
            }
            let fusedMean = fused.weightedSums(taps).values
            let fusedSquares = (fused * fused).weightedSums(taps).values
            for (index, source) in sources.enumerated() {
                result[index].append(
                    scale(
                        mean: source.weightedSums(taps).values, squares: (source * source).weightedSums(taps).values,
                        fusedMean: fusedMean, fusedSquares: fusedSquares,
                        products: (source * fused).weightedSums(taps).values))
            }
        }
        return result
    }

    private func scale(
        mean: [Double], squares: [Double], fusedMean: [Double], fusedSquares: [Double], products: [Double]
    ) -> Scale {
        let zeros = [Double](repeating: 0, count: mean.count)
        var result = Scale(gains: zeros, transmitted: zeros, available: zeros)
        for place in mean.indices {
            var variance = max(squares[place] - mean[place] * mean[place], 0)
            let fusedVariance = max(fusedSquares[place] - fusedMean[place] * fusedMean[place], 0)
            let covariance = products[place] - mean[place] * fusedMean[place]
            var gain = covariance / (variance + Self.tiny)
            var rest = fusedVariance - gain * covariance
            if variance < Self.tiny { (gain, rest, variance) = (0, fusedVariance, 0) }
            if fusedVariance < Self.tiny { (gain, rest) = (0, 0) }
            if gain < 0 { (gain, rest) = (0, fusedVariance) }
            rest = max(rest, Self.tiny)
            result.gains[place] = gain
            result.transmitted[place] = log10(1 + gain * gain * variance / (rest + noise))
            result.available[place] = log10(1 + variance / noise)
        }
        return result
    }
}
