import Foundation

extension FusionMetrics {
    /// Q^AB/F of Xydeas and Petrović: how well strength and direction of edges are preserved, weighted by the sources' strength.
    ///
    /// Identical pictures give 0.975 at most, by the constants of the definition, constant ones too: these have edges at their
    /// frame, beyond which the definition sees zeros. Where the sources are black there is nothing to keep: 1 where the fused
    /// picture has no edge either, else 0.
    public struct Qabf: FusionMetric {
        /// What is said of the index.
        public let description = MetricDescription(
            "Qabf", "edges preserved", variant: "Sobel, zeros beyond the border",
            source: "Xydeas, Petrović, Electron. Lett. 36(4), 2000",
            range: 0...1)

        /// The metric has no settings.
        public init() {}

        /// The share of edges.
        public func value(_ pair: FusedPair) -> Double {
            let fused = Edges(pair.fusedPlane)
            var (kept, total) = (0.0, 0.0)
            for source in pair.sources {
                let edges = Edges(source)
                for pixel in edges.strengths.indices {
                    let strength = edges.strengths[pixel]
                    total += strength
                    guard strength > 0 else { continue }
                    let angle = abs(edges.angles[pixel] - fused.angles[pixel])
                    kept += strength * Self.preservation(from: strength, to: fused.strengths[pixel], angle: angle)
                }
            }
            if total > 0 { return kept / total }
            return fused.strengths.allSatisfy { $0 == 0 } ? 1 : 0
        }

        /// Q = Q_g·Q_α of a pixel.
        private static func preservation(from source: Double, to fused: Double, angle: Double) -> Double {
            // Quirk: where the strengths are equal, the strength takes the place of the ratio 1.
            let ratio = fused > source ? source / fused : fused < source ? fused / source : fused
            // Directions are not wrapped, so this can be negative.
            let agreement = 1 - angle / (.pi / 2)
            let strength = 0.9994 / (1 + exp(-15 * (ratio - 0.5)))
            let orientation = 0.9879 / (1 + exp(-22 * (agreement - 0.8)))
            return strength * orientation
        }

        /// Strength and direction of edges, the direction in −π/2…π/2.
        private struct Edges {
            let strengths: [Double]
            let angles: [Double]

            init(_ plane: Plane) {
                let field = SobelField(plane, edge: .zero)
                strengths = field.magnitudes
                // The authors convolve, which mirrors the kernel: x points left, y down.
                angles = zip(field.horizontal, field.vertical).map { $0 == 0 ? .pi / 2 : atan(-$1 / $0) }
            }
        }
    }
}
