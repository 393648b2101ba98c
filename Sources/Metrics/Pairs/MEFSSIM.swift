import Foundation

extension FusionMetrics {
    /// The index of Ma et al. for the fusion of exposures, with the two sources as the sequence: each patch of the fused picture
    /// is compared with a patch made of the sources' structures, as strong as the stronger one. Tang's evaluator prints it as
    /// "MS_SSIM". Three levels.
    ///
    /// Identical pictures give 1, and so do constant ones, which have no structure to lose.
    public struct MEFSSIM: FusionMetric {
        /// What is said of the index.
        public let description = MetricDescription(
            "MS-SSIM", "multi-scale structural similarity for fusion", variant: "Ma et al., 3 levels, 11 × 11",
            source: "Ma, Zeng, Wang, IEEE TIP 24(11), 2015", range: -1...1)

        private static let weights = [0.0448, 0.2856, 0.3001].map { $0 / 0.6305 }

        /// The metric has no settings.
        public init() {}

        /// The similarity.
        ///
        /// - Throws: ``MetricError/tooSmall(metric:height:width:minimum:)`` below 44 × 44 pixels.
        public func value(_ pair: FusedPair) throws(MetricError) -> Double {
            try pair.requireSide(44, for: name)
            var (sources, fused) = (pair.sources.map(\.shifted), pair.fusedPlane.shifted)
            var product = 1.0
            for weight in Self.weights {
                // A negative mean has no power; it counts as 0.
                product *= pow(max(Self.level(sources[0], sources[1], fused), 0), weight)
                sources = sources.map(\.halved)
                fused = fused.halved
            }
            return product
        }

        /// The mean over all patches of one level.
        ///
        /// With d_k = A_k − mean(A_k), the reference patch is ρ = s·Σ a_k·d_k with a_k = ω_k/c_k and a factor s that gives it
        /// the norm of the stronger patch. So norms follow from plain moments of the patches, and its weighted variance and
        /// covariance with F from weighted moments: no patch is ever made.
        private static func level(_ first: Plane, _ second: Plane, _ fused: Plane) -> Double {
            let ones = [Double](repeating: 1, count: side)
            let plain = PatchMoments(first, second, taps: ones, total: Double(side * side))
            let taps = gaussianTaps(radius: side / 2, sigma: 1.5)
            let weighted = PatchMoments(first, second, taps: taps, total: 1)
            let withFirst = PatchMoments(first, fused, taps: taps, total: 1)
            let withSecond = PatchMoments(second, fused, taps: taps, total: 1)
            let constant = (0.03 * 255) * (0.03 * 255)
            var sum = 0.0
            for place in plain.covariances.indices {
                let (varianceA, varianceB) = (plain.firstVariances[place], plain.secondVariances[place])
                let covariance = plain.covariances[place]
                let (a, b) = factors(varianceA, varianceB, covariance)
                let variance =
                    a * a * weighted.firstVariances[place] + b * b * weighted.secondVariances[place]
                    + 2 * a * b * weighted.covariances[place]
                let common = a * withFirst.covariances[place] + b * withSecond.covariances[place]
                sum += (2 * common + constant) / (variance + withFirst.secondVariances[place] + constant)
            }
            return sum / Double(plain.covariances.count)
        }

        private static let side = 11

        /// s·a_1 and s·a_2 of a place, from the plain moments of the patches.
        private static func factors(
            _ varianceA: Double, _ varianceB: Double, _ covariance: Double
        ) -> (Double, Double) {
            let count = Double(side * side)
            let tiny = Double.ulpOfOne
            let (normA, normB) = ((count * varianceA).squareRoot(), (count * varianceB).squareRoot())
            let together = (count * max(varianceA + varianceB + 2 * covariance, 0)).squareRoot()
            let consistency = min(max((together + tiny) / (normA + normB + tiny), tiny), 1 - tiny)
            let exponent = min(tan(.pi * consistency / 2), 10)
            let (strengthA, strengthB) = (normA + 0.001, normB + 0.001)
            let weightA = pow(strengthA / Double(side), exponent) + tiny
            let weightB = pow(strengthB / Double(side), exponent) + tiny
            let a = weightA / (weightA + weightB) / strengthA
            let b = weightB / (weightA + weightB) / strengthB
            let squares = count * (a * a * varianceA + b * b * varianceB + 2 * a * b * covariance)
            guard squares > 0 else { return (a, b) }
            let scale = max(strengthA, strengthB) / squares.squareRoot()
            return (a * scale, b * scale)
        }
    }
}

/// Variances of two planes and their covariance in windows.
private struct PatchMoments {
    let firstVariances: [Double]
    let secondVariances: [Double]
    let covariances: [Double]

    /// - Parameter total: the sum of the window's weights. With taps of 1 the sums of 8-bit levels, and of their means of 4 and 16,
    ///   are exact, so flat patches have a variance of exactly 0.
    init(_ a: Plane, _ b: Plane, taps: [Double], total: Double) {
        let (sumsA, sumsB) = (a.weightedSums(taps).values, b.weightedSums(taps).values)
        func moments(_ products: Plane, _ first: [Double], _ second: [Double]) -> [Double] {
            let sums = products.weightedSums(taps).values
            return sums.indices.map { (sums[$0] * total - first[$0] * second[$0]) / (total * total) }
        }
        firstVariances = moments(a * a, sumsA, sumsA).map { max($0, 0) }
        secondVariances = moments(b * b, sumsB, sumsB).map { max($0, 0) }
        covariances = moments(a * b, sumsA, sumsB)
    }
}
