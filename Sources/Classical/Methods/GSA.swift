/// Gram-Schmidt adaptive: the intensity that PAN replaces is the combination of bands that best explains PAN.
///
/// α = least squares of LPfilterPlusDec(P) on the multispectral bands with intercept, on the coarse grid;
/// I = Σ α_b(M_b − m(M_b)); g_b = cov(I, M_b)/var(I); F_b = M_b + g_b(P − m(P) − I). PAN is not matched in variance, and the
/// mean of each band is kept. Where I or PAN is constant, F = M.
public struct GSA: MomentMethod {
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
        let bands = MomentPlan.bands(of: scene)
        return MomentPlan(
            fine: bands + [.init(.pan, .pan)],
            coarse: bands + (0..<scene.bands).map { .init(.band($0), .pan) })
    }

    /// Finds the weights of the bands and the gain of each.
    public func fit(_ statistics: SceneStatistics) throws(ClassicalError) -> FittedMethod {
        try statistics.validate()
        let count = statistics.scene.bands
        let weights = LeastSquares.weights(
            covariance: statistics.coarseBandCovariances(),
            target: (0..<count).map { statistics.coarseCovariance(.band($0), .pan) })
        let fine = statistics.bandCovariances()
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
            let detail = zip(block.pan.values, block.combination(of: weights, less: means)).map { $0 - panMean - $1 }
            return block.add(detail, gains: gains)
        }
    }
}
