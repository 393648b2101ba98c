extension FusionMetrics {
    /// Edge intensity: the mean of Sobel's magnitude of the fused picture, its border repeated. A constant picture gives 0.
    public struct EI: FusionMetric {
        /// What is said of the index.
        public let description = MetricDescription(
            "EI", "edge intensity", unit: "grey level", variant: "Sobel, replicated border",
            source: "Rajalingam, Priya, Int. J. Eng. Sci. Invent. 2, 2018")

        /// The metric has no settings.
        public init() {}

        /// The intensity in grey levels.
        public func value(_ pair: FusedPair) -> Double {
            let magnitudes = SobelField(pair.fusedPlane, edge: .replicate).magnitudes
            return magnitudes.reduce(0, +) / Double(magnitudes.count)
        }
    }
}
