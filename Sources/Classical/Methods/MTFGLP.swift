/// Generalised Laplacian pyramid with the sensor's MTF: PAN matched to each band, its detail added.
///
/// Q_b = (P − m(P))·s(M_b)/s(LPg P) + m(M_b), F_b = M_b + Q_b − U(D(G_b ∗ Q_b)).
public struct MTFGLP: MomentMethod {
    /// The name in the literature.
    public let name = "MTF-GLP"
    /// What it does.
    public let summary = "multi-resolution: PAN's detail below the bands' MTF is added, matched in variance"
    /// Who published it.
    public let source = "Aiazzi, Alparone, Baronti, Garzelli, Selva, PE&RS 72(5), 2006"

    /// The method has no settings.
    public init() {}

    /// Mean and variance of bands and PAN, variance of PAN's Gaussian.
    public func moments(of scene: SharpeningScene) -> MomentPlan { BandMatch.plan(scene, spread: .gaussian) }

    /// Matches PAN to each band.
    public func fit(_ statistics: SceneStatistics) throws(ClassicalError) -> FittedMethod {
        let match = try BandMatch(statistics, spread: .gaussian)
        // U(D(G ∗ c)) of a constant c is the filter's sum times c.
        let offsets = zip(match.offsets, match.filterSums).map { $0 * (1 - $1) }
        return FittedMethod(
            coefficients: [.init(name: "injection gain", values: match.slopes)], ingredients: .lowPassPAN
        ) { $0.injectDetail(gains: match.slopes, offsets: offsets) }
    }
}
