/// Generalised Laplacian pyramid with high-pass modulation: a band is multiplied by what PAN is of its low pass.
///
/// Q_b = (P − m(P))·s(M_b)/s(LPg P) + m(M_b), F_b = M_b·Q_b/(U(D(G_b ∗ Q_b)) + ε). The quotient is bounded by ``Modulation``.
public struct MTFGLPHPM: ClassicalMethod {
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
    public func moments(of scene: SharpeningScene) -> MomentPlan { BandMatch.plan(scene) }

    /// Matches PAN to each band.
    public func fit(_ statistics: SceneStatistics) throws(ClassicalError) -> FittedMethod {
        let match = try BandMatch(statistics)
        let modulation = modulation
        return FittedMethod(
            coefficients: [
                .init(name: "slope of matched PAN", values: match.slopes),
                .init(name: "offset of matched PAN", values: match.offsets),
            ], ingredients: .lowPassPAN
        ) { block in
            block.fuseBands { band, interpolated, pan, lowPass, result in
                let (slope, offset) = (match.slopes[band], match.offsets[band])
                // U(D(G ∗ c)) of a constant c is the filter's sum times c.
                let lowPassOffset = offset * match.filterSums[band]
                let mean = match.means[band]
                for pixel in result.indices {
                    result[pixel] =
                        interpolated[pixel]
                        * modulation(
                            slope * pan[pixel] + offset, over: slope * lowPass[pixel] + lowPassOffset, mean: mean)
                }
            }
        }
    }
}
