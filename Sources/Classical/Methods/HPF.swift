/// High-pass filtering: what PAN, matched to each band, has more than its mean in a square is added.
///
/// Q_b = (P − m(P))·s(M_b)/s(P) + m(M_b), F_b = M_b + Q_b − box(Q_b). The square has the side r, or r + 1 where r is even;
/// border: replicate. Where PAN is constant, F = M.
public struct HPF: MomentMethod {
    /// The name in the literature.
    public let name = "HPF"
    /// What it does.
    public let summary = "multi-resolution: PAN less its mean in a square is added, matched in variance"
    /// Who published it.
    public let source = "Chavez, Sides, Anderson, PE&RS 57(3), 1991"

    /// The method has no settings.
    public init() {}

    /// Mean and variance of bands and PAN.
    public func moments(of scene: SharpeningScene) -> MomentPlan { BandMatch.plan(scene, spread: .pan) }

    /// Matches PAN to each band.
    public func fit(_ statistics: SceneStatistics) throws(ClassicalError) -> FittedMethod {
        let gains = try BandMatch(statistics, spread: .pan).slopes
        return FittedMethod(coefficients: [.init(name: "injection gain", values: gains)], ingredients: .boxPAN) {
            $0.injectDetail(gains: gains, offsets: gains.map { _ in 0 }, lowPass: $0.box)
        }
    }
}
