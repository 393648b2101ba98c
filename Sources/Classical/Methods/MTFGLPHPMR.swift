/// Generalised Laplacian pyramid with high-pass modulation, PAN matched to each band by regression.
///
/// P_L,b = U(D(G_b ∗ P)), g_b = cov(M_b, P_L,b)/var(P_L,b), c_b = m(M_b)/g_b − m(P), F_b = M_b(P + c_b)/(P_L,b + c_b + ε).
/// The quotient is bounded by ``Modulation``. A band that does not depend on PAN (g_b = 0) is only interpolated.
public struct MTFGLPHPMR: MomentMethod {
    /// The name in the literature.
    public let name = "MTF-GLP-HPM-R"
    /// What it does.
    public let summary = "multi-resolution: bands are scaled by PAN over its low pass, matched by regression"
    /// Who published it.
    public let source = "Vivone et al., IEEE GRSM 9(1), 2021"
    /// How far PAN may change a pixel.
    public let modulation: Modulation

    /// The method.
    ///
    /// - Parameter modulation: how far PAN may change a pixel.
    public init(modulation: Modulation = .bounded) { self.modulation = modulation }

    /// Covariance of each band with PAN's low pass, its variance, and all means.
    public func moments(of scene: SharpeningScene) -> MomentPlan {
        var plan = GS2GLP.plan(scene)
        plan.fine.append(.init(.pan, .pan))
        return plan
    }

    /// Finds the gain and the offset of each band.
    public func fit(_ statistics: SceneStatistics) throws(ClassicalError) -> FittedMethod {
        let gains = try GS2GLP.gains(statistics)
        let panMean = statistics.mean(.pan)
        let offsets = gains.enumerated().map { band, gain in statistics.mean(.band(band)) / gain - panMean }
        let modulation = statistics.scene.modulation(modulation)
        return FittedMethod(
            coefficients: [.init(name: "gain", values: gains), .init(name: "offset of PAN", values: offsets)],
            ingredients: .lowPassPAN
        ) { block in
            block.fuseBands { band, interpolated, pan, lowPass, result in
                let (offset, mean) = (offsets[band], panMean + offsets[band])
                for pixel in result.indices {
                    let factor =
                        offset.isFinite
                        ? modulation(pan[pixel] + offset, over: lowPass[pixel] + offset, mean: mean) : 1
                    result[pixel] = interpolated[pixel] * factor
                }
            }
        }
    }
}
