import Foundation

extension FusedPair {
    /// Σ(X − F)² of both sources.
    var squaredErrors: [Double] {
        sources.map { source in
            zip(source.values, fused.values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
    }
}

extension FusionMetrics {
    /// Mean squared error ½·[mean (A − F)² + mean (B − F)²]. Identical pictures give 0. It favours the mean of the sources.
    public struct MSE: FusionMetric {
        /// The unit of the pictures.
        public enum Scale: String, Sendable, Hashable, CaseIterable {
            /// Grey levels: MMIF-CDDFuse.
            case levels
            /// The pictures divided by 255: Tang.
            case unit
        }

        /// The unit of the pictures.
        public let scale: Scale

        /// In squared grey levels, or of pictures in 0…1.
        public init(_ scale: Scale = .levels) { self.scale = scale }

        /// What is said of the index.
        public var description: MetricDescription {
            MetricDescription(
                "MSE", "mean squared error", unit: scale == .levels ? "grey level²" : "",
                variant: scale == .levels ? "mean over sources" : "mean over sources, pictures in 0…1",
                source: "common definition", higherIsBetter: false, range: 0...(scale == .levels ? 65025 : 1))
        }

        /// The error.
        public func value(_ pair: FusedPair) -> Double {
            let mean = pair.squaredErrors.reduce(0, +) / 2 / Double(pair.pixels)
            return scale == .levels ? mean : mean / (255 * 255)
        }
    }

    /// The root error of VIFB, ½·[e(A) + e(B)] with e(X) = √(Σ(X − F)²)/n. Identical pictures give 0.
    ///
    /// Quirk: the number of pixels is outside the root, so this is smaller than a root mean square by √n.
    public struct RMSE: FusionMetric {
        /// What is said of the index.
        public let description = MetricDescription(
            "RMSE", "root squared error over pixels",
            variant: "VIFB’s √(Σd²)/n, smaller for larger pictures; mean over sources",
            source: "Zhang, Ye, Xiao, CVPR Workshops, 2020", higherIsBetter: false, range: 0...255)

        /// The metric has no settings.
        public init() {}

        /// The error.
        public func value(_ pair: FusedPair) -> Double {
            pair.squaredErrors.reduce(0) { $0 + $1.squareRoot() } / 2 / Double(pair.pixels)
        }
    }

    /// Peak signal-to-noise ratio of the fused picture to its sources. Where it is identical to both it is infinite.
    public struct PSNR: FusionMetric {
        /// Peak and error.
        public enum Ratio: String, Sendable, Hashable, CaseIterable {
            /// 10·log₁₀((max F)²/MSE). Quirk: the peak is the largest value of F; a black F gives −∞: MMIF-CDDFuse.
            case brightest
            /// 20·log₁₀(255/√MSE). Quirk: the error is that of pictures in 0…1, so it is 48.13 dB above the usual: Tang.
            case unitError
            /// 20·log₁₀(255/√RMSE) with the error of ``RMSE``: VIFB.
            case rootError
        }

        /// Peak and error.
        public let ratio: Ratio

        /// The ratio of MMIF-CDDFuse, or another.
        public init(_ ratio: Ratio = .brightest) { self.ratio = ratio }

        /// What is said of the index.
        public var description: MetricDescription {
            let variant =
                switch ratio {
                case .brightest: "peak is the largest value"
                case .unitError: "peak 255, error of pictures in 0…1"
                case .rootError: "peak 255, error √(Σd²)/n"
                }
            return MetricDescription(
                "PSNR", "peak signal-to-noise ratio", unit: "dB", variant: variant, source: "common definition",
                range: -Double.infinity...Double.infinity)
        }

        /// The ratio in dB.
        public func value(_ pair: FusedPair) -> Double {
            switch ratio {
            case .brightest:
                let error = MSE().value(pair)
                let peak = pair.fused.values.max() ?? 0
                return error > 0 ? 10 * log10(peak * peak / error) : .infinity
            case .unitError: return 20 * log10(255 / MSE(.unit).value(pair).squareRoot())
            case .rootError: return 20 * log10(255 / RMSE().value(pair).squareRoot())
            }
        }
    }
}
