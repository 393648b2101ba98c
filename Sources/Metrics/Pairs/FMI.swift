extension FusionMetrics {
    /// Feature mutual information: in each window of 3 × 3 the features of the sources and of the fused picture are taken as
    /// distributions, whose joint distribution is estimated from their correlation; the mean over windows of
    /// ½·[2·I(A, F)/(H(A) + H(F)) + 2·I(B, F)/(H(B) + H(F))].
    ///
    /// Windows that are equal count as 1, so identical pictures give 1; so do windows that are constant, at whatever levels.
    public struct FMI: FusionMetric {
        /// What is compared.
        public enum Feature: String, Sendable, Hashable, CaseIterable {
            /// The pictures themselves.
            case pixel
            /// Sobel's edges. Quirk: Tang's evaluator prints this as "FMI_pixel", the default argument of its function.
            case edge
            /// Horizontal differences.
            case gradient
            /// The cosine transform of the whole picture.
            case dct
            /// The bands of a discrete Meyer wavelet.
            case wavelet
        }

        /// What is compared.
        public let feature: Feature

        /// The pixels, or another feature.
        public init(_ feature: Feature = .pixel) { self.feature = feature }

        /// What is said of the index.
        public var description: MetricDescription {
            MetricDescription(
                "FMI_\(feature.rawValue)", "feature mutual information", variant: "windows of 3 × 3, mean over sources",
                source: "Haghighat, Razian, AICT 2014", range: -1...1)
        }

        /// The information.
        ///
        /// - Throws: ``MetricError/tooSmall(metric:height:width:minimum:)`` below 3 × 3 pixels.
        public func value(_ pair: FusedPair) throws(MetricError) -> Double {
            try pair.requireSide(3, for: name)
            let features = (pair.sources + [pair.fusedPlane]).map(map)
            return WindowInformation.mean(features[0], features[1], features[2])
        }

        private func map(_ plane: Plane) -> Plane {
            switch feature {
            case .pixel: plane
            case .edge: FeatureMap.edges(plane)
            case .gradient: FeatureMap.gradient(plane)
            case .dct: CosineTransform.apply(plane)
            case .wavelet: FeatureMap.wavelet(plane)
            }
        }
    }
}
