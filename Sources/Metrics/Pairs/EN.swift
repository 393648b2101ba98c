extension FusionMetrics {
    /// Entropy of the fused picture, −Σ p·log₂ p over its 256 grey levels. Larger is said to be better; noise raises it, too.
    ///
    /// A constant picture gives 0.
    public struct EN: FusionMetric {
        /// What is said of the index.
        public let description = MetricDescription(
            "EN", "entropy", unit: "bit", variant: "256 levels", source: "Roberts, van Aardt, Ahmed, JARS 2, 2008",
            range: 0...8)

        /// The metric has no settings.
        public init() {}

        /// The entropy in bits.
        public func value(_ pair: FusedPair) -> Double { entropy(GreyLevels(pair.fusedPlane).probabilities) }
    }
}
