import Foundation

/// The balance of Petrović and Xydeas as Shreyamsha Kumar computes it: of the weighted gradients of both sources, what the
/// fused picture transfers, what it loses, and what artefacts it adds; the three add up to 1.
struct GradientBalance: Sendable, Equatable {
    /// QABF: transferred.
    var transfer = 0.0
    /// LABF: lost.
    var loss = 0.0
    /// N^AB/F as Kumar modified it: each source's share of artefacts weighted by that source.
    var artifacts = 0.0
    /// N^AB/F as Petrović has it: both shares weighted by both sources.
    var originalArtifacts = 0.0

    /// Pictures without pixels of weight do not exist: flat ones have a small weight everywhere.
    init(first: Plane, second: Plane, fused: Plane) {
        let (a, b, f) = (Gradients(first), Gradients(second), Gradients(fused))
        var total = 0.0
        for pixel in f.strengths.indices {
            let (weightA, weightB) = (Self.weight(a.strengths[pixel]), Self.weight(b.strengths[pixel]))
            let (keptA, keptB) = (Self.preservation(a, f, pixel), Self.preservation(b, f, pixel))
            total += weightA + weightB
            transfer += keptA * weightA + keptB * weightB
            let missing = (1 - keptA) * weightA + (1 - keptB) * weightB
            if f.strengths[pixel] > max(a.strengths[pixel], b.strengths[pixel]) {
                artifacts += missing
                originalArtifacts += (2 - keptA - keptB) * (weightA + weightB)
            } else {
                loss += missing
            }
        }
        transfer /= total
        loss /= total
        artifacts /= total
        originalArtifacts /= total
    }

    /// Gradients below 2 grey levels hardly count.
    private static func weight(_ strength: Double) -> Double { strength >= 2 ? pow(strength, 1.5) : 0.001 }

    private static func preservation(_ source: Gradients, _ fused: Gradients, _ pixel: Int) -> Double {
        let (g, f) = (source.strengths[pixel], fused.strengths[pixel])
        let ratio = g == 0 || f == 0 ? 0 : min(g, f) / max(g, f)
        let difference = abs(source.angles[pixel] - fused.angles[pixel])
        let agreement = abs(difference - .pi / 2) * 2 / .pi
        let strength = 0.9999 / (1 + exp(-19 * (ratio - 0.5)))
        let orientation = 0.9995 / (1 + exp(-22 * (agreement - 0.5)))
        return (strength * orientation).squareRoot()
    }

    /// Sobel's gradients divided by 8, the border mirrored.
    private struct Gradients {
        let strengths: [Double]
        /// −π/2…π/2, 0 where there is no gradient. The authors' "vertical" edge is the derivative to the right.
        let angles: [Double]

        init(_ plane: Plane) {
            let field = SobelField(plane, edge: .mirror, scale: 1.0 / 8)
            strengths = field.magnitudes
            angles = zip(field.horizontal, field.vertical).map { right, down in
                if down != 0 { return atan(right / down) }
                return right == 0 ? 0 : right > 0 ? .pi / 2 : -.pi / 2
            }
        }
    }
}

extension FusionMetrics {
    /// N^AB/F: the share of the sources' gradients at pixels where the fused picture's gradient is stronger than both. Smaller
    /// is better; identical pictures and constant ones give 0.
    public struct Nabf: FusionMetric {
        /// Which part of the balance, and of which pictures.
        public enum Part: String, Sendable, Hashable, CaseIterable {
            /// Artefacts as Kumar modified them: the function of Tang's evaluator with the right order of arguments.
            case artifacts
            /// Quirk: what Tang's evaluator prints. It hands (A, B, F) to a function of (F, A, B), so that the first source
            /// is judged as the result of fusing the second with the fused picture.
            case asRun
            /// Artefacts as Petrović has them.
            case petrovic
            /// L^AB/F: what is lost.
            case loss
            /// Q^AB/F with the weights of this balance: what is transferred.
            case transfer
        }

        /// Which part of the balance.
        public let part: Part

        /// The artefacts, or another part.
        public init(_ part: Part = .artifacts) { self.part = part }

        /// What is said of the index.
        public var description: MetricDescription {
            let (name, title) =
                switch part {
                case .artifacts: ("N^AB/F", "fusion artefacts")
                case .asRun: ("Nabf_asrun", "fusion artefacts, arguments as Tang's evaluator passes them")
                case .petrovic: ("NABF_petrovic", "fusion artefacts without Kumar's modification")
                case .loss: ("LABF", "loss of fusion")
                case .transfer: ("QABF_transfer", "transfer of gradients")
                }
            return MetricDescription(
                name, title, variant: "Sobel / 8, mirrored border, exponent 1.5",
                source: "Petrović, Xydeas, ICCV 2005; Shreyamsha Kumar, Signal Image Video Process. 7(6), 2013",
                higherIsBetter: part == .transfer, range: 0...(part == .petrovic ? Double.infinity : 1))
        }

        /// The share.
        ///
        /// - Throws: ``MetricError/tooSmall(metric:height:width:minimum:)`` below 2 × 2 pixels, which can't be mirrored.
        public func value(_ pair: FusedPair) throws(MetricError) -> Double {
            try pair.requireSide(2, for: name)
            let (first, second, fused) = (Plane(pair.first), Plane(pair.second), pair.fusedPlane)
            if part == .asRun { return GradientBalance(first: second, second: fused, fused: first).artifacts }
            let balance = GradientBalance(first: first, second: second, fused: fused)
            switch part {
            case .artifacts, .asRun: return balance.artifacts
            case .petrovic: return balance.originalArtifacts
            case .loss: return balance.loss
            case .transfer: return balance.transfer
            }
        }
    }
}
