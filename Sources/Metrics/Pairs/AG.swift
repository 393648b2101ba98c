extension FusionMetrics {
    /// Average gradient of the fused picture: the mean of √((g_x² + g_y²)/2). A constant picture gives 0.
    public struct AG: FusionMetric {
        /// How the gradient is taken, and by what the sum is divided.
        public enum Gradient: String, Sendable, Hashable, CaseIterable {
            /// Central differences, one-sided at the border; mean over all H·W pixels: MMIF-CDDFuse.
            case central
            /// Quirk: the same sum divided by (H − 1)(W − 1): Tang, VIFB.
            case inner
            /// Differences with the next pixel, the last row and column repeated; mean over all pixels: MFIF-Metrics.
            case forward
        }

        /// How the gradient is taken.
        public let gradient: Gradient

        /// Central differences, or others.
        public init(_ gradient: Gradient = .central) { self.gradient = gradient }

        /// What is said of the index.
        public var description: MetricDescription {
            let variant =
                switch gradient {
                case .central: "central differences, mean over pixels"
                case .inner: "central differences, sum / ((H − 1)(W − 1))"
                case .forward: "forward differences"
                }
            return MetricDescription(
                "AG", "average gradient", unit: "grey level", variant: variant,
                source: "Cui, Feng, Xu, Li, Chen, Opt. Commun. 341, 2015")
        }

        /// The gradient in grey levels.
        public func value(_ pair: FusedPair) throws(MetricError) -> Double {
            try pair.requireSide(2, for: name)
            let (height, width, values) = (pair.height, pair.width, pair.fused.values)
            /// The two places whose difference is the slope at a place of an axis, and their distance.
            func neighbours(_ index: Int, _ count: Int) -> (Int, Int, Double) {
                if gradient == .forward { return (index, min(index + 1, count - 1), 1) }
                let (low, high) = (max(index - 1, 0), min(index + 1, count - 1))
                return (low, high, Double(high - low))
            }
            let columns = (0..<width).map { neighbours($0, width) }
            var sum = 0.0
            for row in 0..<height {
                let (upper, lower, rowDistance) = neighbours(row, height)
                for column in 0..<width {
                    let (left, right, distance) = columns[column]
                    let x = (values[row * width + right] - values[row * width + left]) / distance
                    let y = (values[lower * width + column] - values[upper * width + column]) / rowDistance
                    sum += ((x * x + y * y) / 2).squareRoot()
                }
            }
            return sum / Double(gradient == .inner ? (height - 1) * (width - 1) : height * width)
        }
    }
}
