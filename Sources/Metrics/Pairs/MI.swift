import Foundation

extension FusionMetrics {
    /// Mutual information of the fused picture with both sources, MI(A, F) + MI(B, F), from histograms of 256 levels.
    ///
    /// A constant picture shares nothing: 0. Identical pictures give twice their entropy.
    public struct MI: FusionMetric {
        /// The histograms and the logarithm.
        public enum Histogram: String, Sendable, Hashable, CaseIterable {
            /// Natural logarithm: MMIF-CDDFuse.
            case nats
            /// Bits. Quirk: levels 254 and 255 are one in the joint histogram, but two in those of single pictures: Tang.
            case saturatedBits
            /// Natural logarithm, each picture stretched to its own range before: VIFB.
            case stretchedNats
        }

        /// The histograms and the logarithm.
        public let histogram: Histogram

        /// Natural logarithm, or another way.
        public init(_ histogram: Histogram = .nats) { self.histogram = histogram }

        /// What is said of the index.
        public var description: MetricDescription {
            let variant =
                switch histogram {
                case .nats: "natural logarithm, sum over sources"
                case .saturatedBits: "bits, sum over sources, levels 254 and 255 joint"
                case .stretchedNats: "natural logarithm, sum over sources, stretched"
                }
            return MetricDescription(
                "MI", "mutual information", unit: histogram == .saturatedBits ? "bit" : "nat", variant: variant,
                source: "Qu, Zhang, Yan, Electron. Lett. 38(7), 2002", range: 0...16)
        }

        /// The information in the description's unit.
        public func value(_ pair: FusedPair) -> Double {
            let isStretched = histogram == .stretchedNats
            func levels(_ plane: Plane) -> GreyLevels { GreyLevels(isStretched ? plane.stretched : plane) }
            let fused = levels(pair.fusedPlane)
            let bits = pair.sources.reduce(0) { $0 + information(levels($1), fused) }
            return histogram == .saturatedBits ? bits : bits * log(2)
        }

        /// H(X) + H(F) − H(X, F) in bits.
        private func information(_ source: GreyLevels, _ fused: GreyLevels) -> Double {
            let joint =
                histogram == .saturatedBits
                ? fused.saturated.jointProbabilities(source.saturated) : fused.jointProbabilities(source)
            return entropy(source.probabilities) + entropy(fused.probabilities) - entropy(joint)
        }
    }

    /// Normalised mutual information 2·[MI(A, F)/(H(A) + H(F)) + MI(B, F)/(H(B) + H(F))], which doesn't favour sources of high
    /// entropy. No program of ``MetricProfile`` prints it; this is the definition of Hossny et al.
    ///
    /// Identical pictures give 2. A constant picture shares nothing: 0, also where both are constant.
    public struct NMI: FusionMetric {
        /// What is said of the index.
        public let description = MetricDescription(
            "NMI", "normalised mutual information", variant: "sum over sources",
            source: "Hossny, Nahavandi, Creighton, Electron. Lett. 44(18), 2008", range: 0...2)

        /// The metric has no settings.
        public init() {}

        /// The index.
        public func value(_ pair: FusedPair) -> Double {
            let fused = GreyLevels(pair.fusedPlane)
            let fusedEntropy = entropy(fused.probabilities)
            return pair.sources.reduce(0) { sum, source in
                let levels = GreyLevels(source)
                let entropies = entropy(levels.probabilities) + fusedEntropy
                guard entropies > 0 else { return sum }
                return sum + 2 * (entropies - entropy(fused.jointProbabilities(levels))) / entropies
            }
        }
    }
}
