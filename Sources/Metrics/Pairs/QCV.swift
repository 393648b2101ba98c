import Foundation
import Sensors

/// A model of the eye's sensitivity to contrast, applied in the frequency domain.
struct ContrastSensitivity {
    /// Frequencies of the transform per cycle of the model.
    let scale: Double
    /// The response at radial frequency r.
    let response: (Double) -> Double

    /// The plane as the eye sees it.
    func apply(_ plane: Plane) -> Plane {
        let (height, width) = (plane.height, plane.width)
        var spectrum = FourierSpectrum(plane.values, height: height, width: width)
        let columns = (0..<width).map { Double(FourierSpectrum.frequency($0, count: width)) / scale }
        for row in 0..<height {
            let v = Double(FourierSpectrum.frequency(row, count: height)) / scale
            for (column, u) in columns.enumerated() {
                let factor = response((u * u + v * v).squareRoot())
                spectrum.real[row * width + column] *= factor
                spectrum.imaginary[row * width + column] *= factor
            }
        }
        return Plane(height: height, width: width, values: spectrum.inverse().real)
    }
}

extension FusionMetrics {
    /// Q_CV of Chen and Varshney: the difference of the fused picture to each source as the eye sees it, squared, in blocks of
    /// 16 × 16 pixels weighted by the source's edges. Smaller is better.
    ///
    /// Each picture is stretched to its own range before; constant pictures become black. Identical pictures give 0. Where no
    /// source has an edge all blocks count alike.
    public struct QCV: FusionMetric {
        /// What is said of the index.
        public let description = MetricDescription(
            "Q_CV", "perceived difference weighted by edges", variant: "blocks of 16 × 16, stretched",
            source: "Chen, Varshney, Inf. Fusion 8(2), 2007", higherIsBetter: false)

        private static let block = 16

        /// The metric has no settings.
        public init() {}

        /// The difference.
        public func value(_ pair: FusedPair) -> Double {
            let (sources, fused) = (pair.sources.map(\.stretched), pair.fusedPlane.stretched)
            let sensitivity = ContrastSensitivity(scale: 4) { r in
                2.6 * (0.0192 + 0.144 * r) * exp(-pow(0.144 * r, 1.1))
            }
            var (weighted, weights, plain, blocks) = (0.0, 0.0, 0.0, 0.0)
            for source in sources {
                let difference = sensitivity.apply(source - fused)
                let edges = SobelField(source, edge: .zero).magnitudes
                let saliency = Self.blockSums(edges.map { ($0 * $0) * ($0 * $0) * $0 }, like: source)
                let errors = Self.blockSums(difference.values.map { $0 * $0 }, like: source)
                for (weight, error) in zip(saliency, errors) {
                    // Blocks cut by the border are divided by the pixels of whole ones, too.
                    let mean = error / Double(Self.block * Self.block)
                    weighted += weight * mean
                    weights += weight
                    plain += mean
                    blocks += 1
                }
            }
            return weights > 0 ? weighted / weights : plain / blocks
        }

        private static func blockSums(_ values: [Double], like plane: Plane) -> [Double] {
            let columns = (plane.width + block - 1) / block
            var sums = [Double](repeating: 0, count: (plane.height + block - 1) / block * columns)
            for row in 0..<plane.height {
                let first = row / block * columns
                for column in 0..<plane.width { sums[first + column / block] += values[row * plane.width + column] }
            }
            return sums
        }
    }
}
