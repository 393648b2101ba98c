/// Additive wavelet luminance proportional: PAN's wavelet planes are added to each band in proportion to its share of the
/// intensity, which keeps the spectral angle.
///
/// I = mean_b M_b, Q_b = (P − m(P))·s(M_b)/s(↑↓P) + m(M_b), F_b = M_b + M_b/(I + ε)·(Q_b − LPa(Q_b)). The factor
/// (I + Q_b − LPa(Q_b))/I that this multiplies M_b by is bounded by ``Modulation``. Where PAN is constant, F = M.
public struct AWLP: MomentMethod {
    /// The name in the literature.
    public let name = "AWLP"
    /// What it does.
    public let summary = "multi-resolution: PAN's à-trous wavelet planes are added in proportion to each band"
    /// Who published it.
    public let source = "Otazu, González-Audícana, Fors, Núñez, IEEE TGRS 43(10), 2005; Vivone et al., TGRS 57(6), 2019"
    /// How far PAN may change a pixel.
    public let modulation: Modulation

    /// The method.
    ///
    /// - Parameter modulation: how far PAN may change a pixel.
    public init(modulation: Modulation = .bounded) { self.modulation = modulation }

    /// Mean and variance of bands, intensity and PAN, variance of PAN at the coarse resolution.
    public func moments(of scene: SharpeningScene) -> MomentPlan {
        var plan = BandMatch.plan(scene, spread: .bicubic)
        plan.fine.append(.init(.intensity, .intensity))
        return plan
    }

    /// Matches PAN to each band.
    public func fit(_ statistics: SceneStatistics) throws(ClassicalError) -> FittedMethod {
        let gains = try BandMatch(statistics, spread: .bicubic).slopes
        let mean = statistics.mean(.intensity)
        let modulation = modulation
        return FittedMethod(coefficients: [.init(name: "injection gain", values: gains)], ingredients: .atrousPAN) {
            block in
            block.interpolated.meanOfBands.withUnsafeBufferPointer { intensity in
                block.fuseBands(lowPass: block.atrous) { band, interpolated, pan, lowPass, result in
                    let gain = gains[band]
                    for pixel in result.indices {
                        let detail = gain * (pan[pixel] - lowPass[pixel])
                        result[pixel] =
                            interpolated[pixel]
                            * modulation(intensity[pixel] + detail, over: intensity[pixel], mean: mean)
                    }
                }
            }
        }
    }
}
