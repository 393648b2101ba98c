import Foundation

extension FusionMetrics {
    /// Q_CB of Chen and Blum: how far the local contrast that the eye sees in each source is preserved, weighted by the sources'
    /// contrast.
    ///
    /// Each picture is stretched to its own range before; constant pictures become black. Where neither a source nor the fused
    /// picture has contrast it is preserved (1), and sources without contrast count alike, so identical pictures give 1.
    public struct QCB: FusionMetric {
        /// What is said of the index.
        public let description = MetricDescription(
            "Q_CB", "perceived contrast preserved", variant: "difference of Gaussians, stretched",
            source: "Chen, Blum, Image Vis. Comput. 27(10), 2009", range: 0...1)

        private static let sensitivity = { @Sendable (r: Double) -> Double in
            let (near, far) = (r / 15.3870, r / 1.3456)
            return exp(-near * near) - 0.7622 * exp(-far * far)
        }

        /// The metric has no settings.
        public init() {}

        /// The contrast preserved.
        public func value(_ pair: FusedPair) -> Double {
            let (sources, fused) = (pair.sources.map(\.stretched), pair.fusedPlane.stretched)
            let eye = ContrastSensitivity(scale: 15, response: Self.sensitivity)
            let (a, b) = (Self.maskedContrast(eye.apply(sources[0])), Self.maskedContrast(eye.apply(sources[1])))
            let f = Self.maskedContrast(eye.apply(fused))
            var sum = 0.0
            for pixel in f.indices {
                let (squareA, squareB) = (a[pixel] * a[pixel], b[pixel] * b[pixel])
                let shareA = squareA + squareB > 0 ? squareA / (squareA + squareB) : 0.5
                sum += shareA * Self.preserved(a[pixel], f[pixel]) + (1 - shareA) * Self.preserved(b[pixel], f[pixel])
            }
            return sum / Double(f.count)
        }

        private static func preserved(_ source: Double, _ fused: Double) -> Double {
            source == fused ? 1 : min(source, fused) / max(source, fused)
        }

        /// P = c³/(c² + 0.0001) of the contrast c = |g₂⊗I/g₄⊗I − 1|; the Gaussians are 31 samples wide, not renormalised, and
        /// see zeros beyond the border.
        private static func maskedContrast(_ plane: Plane) -> [Double] {
            let padded = plane.padded(by: 15, .zero)
            func blurred(_ sigma: Double) -> [Double] {
                let scale = sigma * (2 * Double.pi).squareRoot()
                return padded.weightedSums((-15...15).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) / scale })
                    .values
            }
            return zip(blurred(2), blurred(4)).map { fine, coarse in
                guard coarse != 0 else { return 0 }
                let contrast = abs(fine / coarse - 1)
                return contrast * contrast * contrast / (contrast * contrast + 0.0001)
            }
        }
    }
}
