import Foundation

extension FusionMetrics {
    /// Multi-scale structural similarity of the textbook, ½·[MS(A, F) + MS(B, F)], for reports of one's own: no program of
    /// ``MetricProfile`` computes it. What Tang's evaluator calls MS_SSIM is ``MEFSSIM``.
    ///
    /// Five levels, each half the size of the one before; contrast and structure at all of them, luminance at the last.
    /// Identical pictures give 1. Where contrast and structure are negative on the mean of a level the index is 0.
    public struct MSSSIM: FusionMetric {
        /// What is said of the index.
        public let description = MetricDescription(
            "MS_SSIM_wang", "multi-scale structural similarity",
            variant: "5 levels, Gaussian 11 × 11, L = 255, mean over sources",
            source: "Wang, Simoncelli, Bovik, Asilomar 2003", range: 0...1)

        private static let weights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]

        /// The metric has no settings.
        public init() {}

        /// The similarity.
        ///
        /// - Throws: ``MetricError/tooSmall(metric:height:width:minimum:)`` below 176 × 176 pixels.
        public func value(_ pair: FusedPair) throws(MetricError) -> Double {
            try pair.requireSide(176, for: name)
            let similarity = StructuralSimilarity(taps: gaussianTaps(radius: 5, sigma: 1.5), dynamicRange: 255)
            var (sources, fused) = (pair.sources, pair.fusedPlane)
            var products = [1.0, 1.0]
            for (level, weight) in Self.weights.enumerated() {
                for (index, source) in sources.enumerated() {
                    let means = similarity.means(source, fused)
                    let isLast = level == Self.weights.count - 1
                    products[index] *= pow(max(isLast ? means.similarity : means.contrast, 0), weight)
                }
                sources = sources.map(\.halved)
                fused = fused.halved
            }
            return (products[0] + products[1]) / 2
        }
    }
}
