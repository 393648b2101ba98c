extension FusionMetrics {
    /// Spatial frequency √(RF² + CF²), of the mean squared differences of horizontal and of vertical neighbours of the fused
    /// picture. A constant picture gives 0; an axis of one pixel has no differences and adds nothing.
    public struct SF: FusionMetric {
        /// What the sums of squares are divided by.
        public enum Mean: String, Sendable, Hashable, CaseIterable {
            /// The number of differences: MMIF-CDDFuse, Tang.
            case differences
            /// The number of pixels: VIFB, MFIF-Metrics.
            case pixels
        }

        /// What the sums of squares are divided by.
        public let mean: Mean

        /// A mean over differences, or over pixels.
        public init(_ mean: Mean = .differences) { self.mean = mean }

        /// What is said of the index.
        public var description: MetricDescription {
            MetricDescription(
                "SF", "spatial frequency", unit: "grey level", variant: "mean over \(mean.rawValue)",
                source: "Eskicioglu, Fisher, IEEE Trans. Commun. 43(12), 1995")
        }

        /// The frequency in grey levels.
        public func value(_ pair: FusedPair) -> Double {
            let (height, width, values) = (pair.height, pair.width, pair.fused.values)
            var (horizontal, vertical) = (0.0, 0.0)
            for row in 0..<height {
                for pixel in row * width..<(row + 1) * width - 1 {
                    let difference = values[pixel + 1] - values[pixel]
                    horizontal += difference * difference
                }
            }
            for pixel in 0..<(height - 1) * width {
                let difference = values[pixel + width] - values[pixel]
                vertical += difference * difference
            }
            switch mean {
            case .pixels: return ((horizontal + vertical) / Double(pair.pixels)).squareRoot()
            case .differences:
                return
                    (horizontal / Double(max(1, height * (width - 1)))
                    + vertical / Double(max(1, (height - 1) * width))).squareRoot()
            }
        }
    }
}
