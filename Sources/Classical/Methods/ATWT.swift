/// Additive wavelets: what PAN, matched to each band, has more than its "à trous" low pass is added.
///
/// Q_b = (P − m(P))·s(M_b)/s(LPa P) + m(M_b), F_b = M_b + Q_b − LPa(Q_b). Where PAN is constant, F = M.
public struct ATWT: MomentMethod {
    /// The name in the literature.
    public let name = "ATWT"
    /// What it does.
    public let summary = "multi-resolution: PAN's à-trous wavelet planes are added, matched in variance"
    /// Who published it.
    public let source = "Núñez, Otazu, Fors, Prades, Palà, Arbiol, IEEE TGRS 37(3), 1999"

    /// The method has no settings.
    public init() {}

    /// Mean and variance of bands and PAN, variance of PAN's low pass.
    public func moments(of scene: SharpeningScene) -> MomentPlan { BandMatch.plan(scene, spread: .atrous) }

    /// Matches PAN to each band.
    public func fit(_ statistics: SceneStatistics) throws(ClassicalError) -> FittedMethod {
        let gains = try BandMatch(statistics, spread: .atrous).slopes
        return FittedMethod(coefficients: [.init(name: "injection gain", values: gains)], ingredients: .atrousPAN) {
            $0.injectDetail(gains: gains, offsets: gains.map { _ in 0 }, lowPass: $0.atrous)
        }
    }
}
