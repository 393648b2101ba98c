/// Gram-Schmidt: the mean of the bands is replaced by PAN, each band following with its own gain.
///
/// I = mean_b M_b less its mean, P' = (P − m(P))·s(I)/s(P), g_b = cov(I, M_b)/var(I), F_b = M_b + g_b(P' − I). The mean of
/// each band is kept. Where I or PAN is constant, F = M.
public struct GS: MomentMethod {
    /// The name in the literature.
    public let name = "GS"
    /// What it does.
    public let summary = "component substitution: the mean of the bands is replaced by PAN, with a gain for each band"
    /// Who published it.
    public let source = "Laben, Brower, US patent 6,011,875, 2000"

    /// The method has no settings.
    public init() {}

    /// Covariance of each band with the intensity, variances of intensity and PAN.
    public func moments(of scene: SharpeningScene) -> MomentPlan {
        MomentPlan(
            fine: (0..<scene.bands).flatMap { band -> [MomentPlan.Pair] in
                [.init(.intensity, .band(band))]
            } + IntensityMatch.plan.fine)
    }

    /// Finds the gain of each band and matches PAN to the intensity.
    public func fit(_ statistics: SceneStatistics) throws(ClassicalError) -> FittedMethod {
        let match = try IntensityMatch(statistics)
        let variance = statistics.variance(.intensity)
        let isConstant = variance == 0 || statistics.variance(.pan) == 0
        let gains = (0..<statistics.scene.bands).map { band in
            isConstant ? 0 : statistics.covariance(.intensity, .band(band)) / variance
        }
        return FittedMethod(coefficients: [.init(name: "gain", values: gains)]) { block in
            let detail = zip(block.pan.values, block.interpolated.meanOfBands).map { match($0) - $1 }
            return block.add(detail, gains: gains)
        }
    }
}
