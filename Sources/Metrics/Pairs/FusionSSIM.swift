extension FusionMetrics {
    /// Structural similarity of the fused picture with its sources. Identical pictures, constant ones too, give the largest
    /// value.
    public struct SSIM: FusionMetric {
        /// Window, border, constants and reduction.
        public enum Window: String, Sendable, Hashable, CaseIterable {
            /// 7 × 7, sample covariance, windows inside the picture, SSIM(A, F) + SSIM(B, F): scikit-image's defaults in
            /// MMIF-CDDFuse. Quirk: the dynamic range is 2, its default for floats, although the values reach 255.
            case scikitImage
            /// Gaussian 11 × 11 (σ 1.5), replicated border, ½·[SSIM(A, F) + SSIM(B, F)]: MATLAB's `ssim` in Tang's evaluator.
            /// Quirk: the dynamic range is 1, its default for doubles.
            case matlab
            /// Gaussian 11 × 11 (σ 1.5), windows inside the picture, dynamic range 255, SSIM(A, F) + SSIM(B, F): VIFB, as in
            /// the paper of Wang et al. Take this one for reports of one's own.
            case textbook
        }

        /// Window, border, constants and reduction.
        public let window: Window

        /// The windows of MMIF-CDDFuse, or others.
        public init(_ window: Window = .scikitImage) { self.window = window }

        /// What is said of the index.
        public var description: MetricDescription {
            let variant =
                switch window {
                case .scikitImage: "7 × 7, dynamic range 2, sum over sources"
                case .matlab: "Gaussian 11 × 11, dynamic range 1, mean over sources"
                case .textbook: "Gaussian 11 × 11, dynamic range 255, sum over sources"
                }
            let best: Double = window == .matlab ? 1 : 2
            return MetricDescription(
                "SSIM", "structural similarity", variant: variant,
                source: "Wang, Bovik, Sheikh, Simoncelli, IEEE TIP 13(4), 2004", range: -best...best)
        }

        /// The similarity.
        ///
        /// - Throws: ``MetricError/tooSmall(metric:height:width:minimum:)`` when no window lies inside.
        public func value(_ pair: FusedPair) throws(MetricError) -> Double {
            let gaussian = gaussianTaps(radius: 5, sigma: 1.5)
            let similarity: StructuralSimilarity
            let margin: Int
            switch window {
            case .scikitImage:
                try pair.requireSide(7, for: name)
                similarity = StructuralSimilarity(
                    taps: [Double](repeating: 1.0 / 7, count: 7), dynamicRange: 2, varianceScale: 49.0 / 48)
                margin = 0
            case .matlab:
                similarity = StructuralSimilarity(taps: gaussian, dynamicRange: 1)
                margin = 5
            case .textbook:
                try pair.requireSide(11, for: name)
                similarity = StructuralSimilarity(taps: gaussian, dynamicRange: 255)
                margin = 0
            }
            let fused = pair.fusedPlane.padded(by: margin, .replicate)
            let sum = pair.sources.reduce(0) {
                $0 + similarity.means($1.padded(by: margin, .replicate), fused).similarity
            }
            return window == .matlab ? sum / 2 : sum
        }
    }
}
