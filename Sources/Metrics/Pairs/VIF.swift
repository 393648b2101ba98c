extension FusionMetrics {
    /// Visual information fidelity, V(A, F) + V(B, F): the share of each source's information that the fused picture transmits,
    /// over all scales of ``VisualInformation``, with noise of variance 2. MMIF-CDDFuse calls it VIFF.
    ///
    /// A source without information, as a constant one, gives V = 1; identical pictures give 2. A fused picture of more contrast
    /// than its sources can have more.
    public struct VIF: FusionMetric {
        /// What is said of the index.
        public let description = MetricDescription(
            "VIF", "visual information fidelity", variant: "pixels, 4 scales, σ_n² = 2, sum over sources",
            source: "Sheikh, Bovik, IEEE TIP 15(2), 2006")

        /// The metric has no settings.
        public init() {}

        /// The fidelity.
        ///
        /// - Throws: ``MetricError/tooSmall(metric:height:width:minimum:)`` below 41 × 41 pixels.
        public func value(_ pair: FusedPair) throws(MetricError) -> Double {
            try pair.requireSide(VisualInformation.minimumSide, for: name)
            return VisualInformation(noise: 2).scales(pair).reduce(0) { sum, scales in
                let transmitted = scales.reduce(0) { $0 + $1.transmitted.reduce(0, +) }
                let available = scales.reduce(0) { $0 + $1.available.reduce(0, +) }
                return sum + (available > 0 ? transmitted / available : 1)
            }
        }
    }

    /// Visual information fidelity for fusion: at each window of a scale the source counts that is weaker in the fused picture;
    /// the shares of the scales are averaged with weights 1, 0, 0.15 and 1. Written from what the program does.
    ///
    /// Pictures without information give 1, as identical ones do.
    public struct VIFF: FusionMetric {
        /// What is said of the index.
        public let description = MetricDescription(
            "VIFF", "visual information fidelity for fusion", variant: "4 scales, σ_n² = 0.005 · 255²",
            source: "Han, Cai, Cao, Xu, Inf. Fusion 14(2), 2013")

        private static let weights = [1, 0, 0.15, 1].map { $0 / 2.15 }

        /// The metric has no settings.
        public init() {}

        /// The fidelity.
        ///
        /// - Throws: ``MetricError/tooSmall(metric:height:width:minimum:)`` below 41 × 41 pixels.
        public func value(_ pair: FusedPair) throws(MetricError) -> Double {
            try pair.requireSide(VisualInformation.minimumSide, for: name)
            let sources = VisualInformation(noise: 0.005 * 255 * 255).scales(pair)
            var result = 0.0
            for (weight, (first, second)) in zip(Self.weights, zip(sources[0], sources[1])) {
                var (transmitted, available) = (0.0, 0.0)
                for place in first.gains.indices {
                    let source = first.gains[place] < second.gains[place] ? first : second
                    transmitted += source.transmitted[place] + 1e-7
                    available += source.available[place] + 1e-7
                }
                result += weight * transmitted / available
            }
            return result
        }
    }
}
