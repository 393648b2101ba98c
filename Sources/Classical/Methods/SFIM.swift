/// Smoothing-filter-based intensity modulation: a band is multiplied by what PAN is of its mean in a square.
///
/// Q_b = (P − m(P))·s(M_b)/s(P) + m(M_b), F_b = M_b·Q_b/(box(Q_b) + ε), with the square of ``HPF``. The quotient is bounded by
/// ``Modulation``.
public struct SFIM: MomentMethod {
    /// The name in the literature.
    public let name = "SFIM"
    /// What it does.
    public let summary = "multi-resolution: bands are scaled by PAN over its mean in a square, each band matched"
    /// Who published it.
    public let source = "Liu, International Journal of Remote Sensing 21(18), 2000"
    /// How far PAN may change a pixel.
    public let modulation: Modulation

    /// The method.
    ///
    /// - Parameter modulation: how far PAN may change a pixel.
    public init(modulation: Modulation = .bounded) { self.modulation = modulation }

    /// Mean and variance of bands and PAN.
    public func moments(of scene: SharpeningScene) -> MomentPlan { BandMatch.plan(scene, spread: .pan) }

    /// Matches PAN to each band.
    public func fit(_ statistics: SceneStatistics) throws(ClassicalError) -> FittedMethod {
        let match = try BandMatch(statistics, spread: .pan)
        let modulation = modulation
        return FittedMethod(coefficients: match.coefficients, ingredients: .boxPAN) { block in
            block.modulate(match, lowPass: block.box, sums: match.means.map { _ in 1 }, by: modulation)
        }
    }
}
