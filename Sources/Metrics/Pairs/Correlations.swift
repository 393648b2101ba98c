extension FusionMetrics {
    /// Correlation ½·[r(A, F) + r(B, F)] over all pixels. NaN where a source or the fused picture is constant, for which no
    /// correlation is defined, as for ``Metrics/CC`` of bands.
    public struct CC: FusionMetric {
        /// What is said of the index.
        public let description = MetricDescription(
            "CC", "correlation coefficient", variant: "mean over sources",
            source: "Deshmukh, Bhosale, Int. J. Image Process. 4(5), 2010", range: -1...1)

        /// The metric has no settings.
        public init() {}

        /// The coefficient.
        public func value(_ pair: FusedPair) -> Double {
            pair.sources.reduce(0) { $0 + (correlation($1, pair.fusedPlane) ?? .nan) } / 2
        }
    }

    /// Sum of the correlations of differences r(F − B, A) + r(F − A, B): what the fused picture has beyond one source should be
    /// the other. The coefficient of a constant difference, as of identical pictures, counts as 0.
    public struct SCD: FusionMetric {
        /// What is said of the index.
        public let description = MetricDescription(
            "SCD", "sum of correlations of differences", variant: "sum over sources",
            source: "Aslantas, Bendes, AEÜ Int. J. Electron. Commun. 69(12), 2015", range: -2...2)

        /// The metric has no settings.
        public init() {}

        /// The sum.
        public func value(_ pair: FusedPair) -> Double {
            let (first, second, fused) = (Plane(pair.first), Plane(pair.second), pair.fusedPlane)
            return (correlation(fused - second, first) ?? 0) + (correlation(fused - first, second) ?? 0)
        }
    }
}
