/// The Brovey transform: every band is multiplied by what PAN, matched to the intensity, is of the intensity.
///
/// I = mean_b M_b, P' = (P − m(P))·s(I)/s(P) + m(I), F_b = M_b·P'/(I + ε). The quotient is bounded by ``Modulation``.
public struct Brovey: MomentMethod {
    /// The name in the literature.
    public let name = "Brovey"
    /// What it does.
    public let summary =
        "component substitution: bands are scaled by PAN over their mean, which keeps the spectral angle"
    /// Who published it.
    public let source = "Gillespie, Kahle, Walker, Remote Sensing of Environment 22, 1987"
    /// How far PAN may change a pixel.
    public let modulation: Modulation

    /// The method.
    ///
    /// - Parameter modulation: how far PAN may change a pixel.
    public init(modulation: Modulation = .bounded) { self.modulation = modulation }

    /// Mean and variance of intensity and PAN.
    public func moments(of scene: SharpeningScene) -> MomentPlan { IntensityMatch.plan }

    /// Matches PAN to the intensity.
    public func fit(_ statistics: SceneStatistics) throws(ClassicalError) -> FittedMethod {
        let match = try IntensityMatch(statistics)
        let modulation = modulation
        return FittedMethod { block in
            let intensity = block.interpolated.meanOfBands
            let factors = [Double](unsafeUninitializedCapacity: intensity.count) { factors, count in
                intensity.withUnsafeBufferPointer { intensity in
                    block.pan.values.withUnsafeBufferPointer { pan in
                        let factors = UnsafeMutableBufferPointer(rebasing: factors[..<intensity.count])
                        modulation.write(to: factors, mean: match.intensityMean) { (match(pan[$0]), intensity[$0]) }
                    }
                }
                count = intensity.count
            }
            return factors.withUnsafeBufferPointer { factors in
                block.fuseBands { _, interpolated, _, _, result in
                    for pixel in result.indices { result[pixel] = interpolated[pixel] * factors[pixel] }
                }
            }
        }
    }
}
