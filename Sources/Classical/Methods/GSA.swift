/// Gram-Schmidt adaptive: the intensity that PAN replaces is the combination of bands that best explains PAN.
///
/// α = least squares of LPfilterPlusDec(P) on the multispectral bands with intercept, on the coarse grid;
/// I = Σ α_b(M_b − m(M_b)); g_b = cov(I, M_b)/var(I); F_b = M_b + g_b(P − m(P) − I). PAN is not matched in variance, and the
/// mean of each band is kept. Where I or PAN is constant, F = M.
public struct GSA: ClassicalMethod {
    /// The name in the literature.
    public let name = "GSA"
    /// What it does.
    public let summary = "component substitution: a combination of bands fitted to PAN is replaced by PAN"
    /// Who published it.
    public let source = "Aiazzi, Baronti, Selva, IEEE TGRS 45(10), 2007"

    /// The method has no settings.
    public init() {}

    /// All covariances of the bands, and on the coarse grid those with PAN too.
    public func moments(of scene: SharpeningScene) -> MomentPlan {
        let bands = (0..<scene.bands).flatMap { a in
            (a..<scene.bands).map { b in MomentPlan.Pair(.band(a), .band(b)) }
        }
        return MomentPlan(
            fine: bands + [.init(.pan, .pan)],
            coarse: bands + (0..<scene.bands).map { .init(.band($0), .pan) })
    }

    /// Finds the weights of the bands and the gain of each.
    public func fit(_ statistics: SceneStatistics) throws(ClassicalError) -> FittedMethod {
        try statistics.validate()
        let count = statistics.scene.bands
        func square(_ covariance: (Channel, Channel) -> Double) -> [Double] {
            (0..<count * count).map {
                covariance(.band(min($0 / count, $0 % count)), .band(max($0 / count, $0 % count)))
            }
        }
        let weights = LeastSquares.weights(
            covariance: square(statistics.coarseCovariance),
            target: (0..<count).map { statistics.coarseCovariance(.band($0), .pan) })
        let fine = square(statistics.covariance)
        let withIntensity = (0..<count).map { band in
            (0..<count).reduce(0) { $0 + fine[band * count + $1] * weights[$1] }
        }
        let variance = zip(weights, withIntensity).reduce(0) { $0 + $1.0 * $1.1 }
        let isConstant = !(variance > 0) || statistics.variance(.pan) == 0
        let gains = withIntensity.map { isConstant ? 0 : $0 / variance }
        let panMean = statistics.mean(.pan)
        let means = (0..<count).map { statistics.mean(.band($0)) }
        return FittedMethod(
            coefficients: [.init(name: "weight in intensity", values: weights), .init(name: "gain", values: gains)]
        ) { block in
            let detail = Self.detail(of: block, weights: weights, means: means, panMean: panMean)
            return block.fuseBands { band, interpolated, _, _, result in
                let gain = gains[band]
                for pixel in result.indices { result[pixel] = interpolated[pixel] + gain * detail[pixel] }
            }
        }
    }

    /// P − m(P) − Σ α_b(M_b − m(M_b)).
    private static func detail(
        of block: PreparedBlock, weights: [Double], means: [Double], panMean: Double
    ) -> [Double] {
        var detail = block.pan.values.map { $0 - panMean }
        let pixels = detail.count
        detail.withUnsafeMutableBufferPointer { detail in
            block.interpolated.values.withUnsafeBufferPointer { interpolated in
                for (band, weight) in weights.enumerated() {
                    let mean = means[band]
                    for pixel in 0..<pixels { detail[pixel] -= weight * (interpolated[band * pixels + pixel] - mean) }
                }
            }
        }
        return detail
    }
}
