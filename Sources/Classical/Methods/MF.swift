/// Morphological filters: a band is multiplied by what PAN is of the low pass of its half-gradient pyramid.
///
/// Q_b = (P − m(P))·s(M_b)/s(P) + m(M_b), F_b = M_b·Q_b/(Q_L,b + ε), Q_L,b the low pass of
/// `MorphologicalPyramid`. The quotient is bounded by ``Modulation``. Ratios that are powers of two.
public struct MF: MomentMethod {
    /// The name in the literature.
    public let name = "MF"
    /// What it does.
    public let summary = "multi-resolution: bands are scaled by PAN over a morphological low pass, each band matched"
    /// Who published it.
    public let source = "Restaino, Vivone, Dalla Mura, Chanussot, IEEE TIP 25(6), 2016"
    /// How far PAN may change a pixel.
    public let modulation: Modulation

    /// The method.
    ///
    /// - Parameter modulation: how far PAN may change a pixel.
    public init(modulation: Modulation = .bounded) { self.modulation = modulation }

    /// Measures the moments.
    ///
    /// - Throws: ``ClassicalError/methodRatio(method:ratio:allowed:)`` unless the ratio is a power of two.
    public func start(on scene: SharpeningScene) throws(ClassicalError) -> FittingStep {
        guard scene.pyramid != nil else {
            throw .methodRatio(method: name, ratio: scene.ratio, allowed: "ratios that are powers of two")
        }
        return .pass(
            ScenePass(SceneStatistics(of: scene, plan: moments(of: scene))) { (statistics) throws(ClassicalError) in
                .fitted(try fit(statistics))
            })
    }

    /// Mean and variance of bands and PAN.
    public func moments(of scene: SharpeningScene) -> MomentPlan { BandMatch.plan(scene, spread: .pan) }

    /// Matches PAN to each band.
    public func fit(_ statistics: SceneStatistics) throws(ClassicalError) -> FittedMethod {
        let match = try BandMatch(statistics, spread: .pan)
        let modulation = statistics.scene.modulation(modulation)
        return FittedMethod(coefficients: match.coefficients, ingredients: .morphologicalPAN) { block in
            // Dilation, erosion, means and enlargement of a·P + c are a times those of P, plus c.
            block.modulate(match, lowPass: block.morphological, sums: match.means.map { _ in 1 }, by: modulation)
        }
    }
}
