extension FusionMetrics {
    /// Standard deviation of the fused picture. A constant picture gives 0.
    ///
    /// The spreadsheets of Tang et al. from 2021 and 2022 (SD of 8 to 11) computed it in bytes, which saturate; their values
    /// can't be compared with these.
    public struct SD: FusionMetric {
        /// Over what the deviation is taken.
        public enum Reduction: String, Sendable, Hashable, CaseIterable {
            /// √(Σ(F − m)²/n) over all pixels.
            case pixels
            /// Quirk: the mean over columns of each column's √(Σ(F − m)²/(H − 1)); MFIF-Metrics. A single row gives 0.
            case columns
        }

        /// Over what the deviation is taken.
        public let reduction: Reduction

        /// A deviation over all pixels, as most programs have it, or another.
        public init(_ reduction: Reduction = .pixels) { self.reduction = reduction }

        /// What is said of the index.
        public var description: MetricDescription {
            MetricDescription(
                "SD", "standard deviation", unit: "grey level",
                variant: reduction == .pixels ? "all pixels" : "mean over columns",
                source: "Rao, Meas. Sci. Technol. 8(4), 1997", range: 0...255)
        }

        /// The deviation in grey levels.
        public func value(_ pair: FusedPair) -> Double {
            let values = pair.fused.values
            switch reduction {
            case .pixels:
                let mean = pair.fusedPlane.mean
                let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
                return (squares / Double(values.count)).squareRoot()
            case .columns:
                guard pair.height > 1 else { return 0 }
                var total = 0.0
                for column in 0..<pair.width {
                    let samples = stride(from: column, to: values.count, by: pair.width)
                    let mean = samples.reduce(0) { $0 + values[$1] } / Double(pair.height)
                    let squares = samples.reduce(0) { $0 + (values[$1] - mean) * (values[$1] - mean) }
                    total += (squares / Double(pair.height - 1)).squareRoot()
                }
                return total / Double(pair.width)
            }
        }
    }
}
