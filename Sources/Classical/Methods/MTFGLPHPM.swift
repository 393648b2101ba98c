/// Generalised Laplacian pyramid with high-pass modulation: a band is multiplied by what PAN is of its low pass.
///
/// Q_b = (P − m(P))·s(M_b)/s(LPg P) + m(M_b), F_b = M_b·Q_b/(U(D(G_b ∗ Q_b)) + ε). The quotient is bounded by ``Modulation``.
public struct MTFGLPHPM: MomentMethod {
    /// The name in the literature.
    public let name = "MTF-GLP-HPM"
    /// What it does.
    public let summary = "multi-resolution: bands are scaled by PAN over its low pass, each band matched"
    /// Who published it.
    public let source = "Vivone, Restaino, Dalla Mura, Licciardi, Chanussot, IEEE GRSL 11(5), 2014"
    /// How far PAN may change a pixel.
    public let modulation: Modulation

    /// The method.
    ///
    /// - Parameter modulation: how far PAN may change a pixel.
    public init(modulation: Modulation = .bounded) { self.modulation = modulation }

    /// Mean and variance of bands and PAN, variance of PAN's Gaussian.
    public func moments(of scene: SharpeningScene) -> MomentPlan { BandMatch.plan(scene, spread: .gaussian) }

    /// Matches PAN to each band.
    public func fit(_ statistics: SceneStatistics) throws(ClassicalError) -> FittedMethod {
        let match = try BandMatch(statistics, spread: .gaussian)
        let modulation = statistics.scene.modulation(modulation)
        return FittedMethod(coefficients: match.coefficients, ingredients: .lowPassPAN) { block in
            block.modulate(match, sums: match.filterSums, by: modulation)
        }
    }
}
