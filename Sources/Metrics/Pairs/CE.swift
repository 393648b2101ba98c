import Foundation

extension FusionMetrics {
    /// Cross entropy ½·[KL(A‖F) + KL(B‖F)] of the histograms, over levels that occur in both. Smaller is better.
    ///
    /// Identical pictures give 0, and so do pictures without a level in common. It can be negative, since levels that don't occur
    /// in the fused picture are left out.
    public struct CE: FusionMetric {
        /// What is said of the index.
        public let description = MetricDescription(
            "CE", "cross entropy", unit: "bit", variant: "256 levels, mean over sources",
            source: "Bulanon, Burks, Alchanatis, Biosyst. Eng. 103(1), 2009", higherIsBetter: false,
            range: -Double.infinity...Double.infinity)

        /// The metric has no settings.
        public init() {}

        /// The cross entropy in bits.
        public func value(_ pair: FusedPair) -> Double {
            let fused = GreyLevels(pair.fusedPlane).probabilities
            return pair.sources.reduce(0) { sum, source in
                zip(GreyLevels(source).probabilities, fused).reduce(sum) { sum, pair in
                    pair.0 > 0 && pair.1 > 0 ? sum + pair.0 * log2(pair.0 / pair.1) : sum
                }
            } / 2
        }
    }
}
