import Sensors

/// The Brovey transform with haze correction: without the atmosphere's part, bands are scaled by PAN over the combination of
/// bands that best explains it.
///
/// h_b is the haze (``Haze``); w = least squares of LPg(P) on M without intercept; I = Σ w_b(M_b − h_b);
/// P' = (P − m(LPg P))·s(I)/s(LPg P) + m(I); F_b = max(M_b − h_b, 0)·P'/(I + ε) + h_b. The quotient is bounded by
/// ``Modulation``. Where LPg(P) is constant, P' = m(I).
public struct BTH: ClassicalMethod {
    /// The name in the literature.
    public let name = "BT-H"
    /// What it does.
    public let summary = "component substitution: Brovey with fitted weights and the haze taken off"
    /// Who published it.
    public let source = "Lolli, Alparone, Garzelli, Vivone, IEEE GRSL 14(12), 2017"
    /// How far PAN may change a pixel.
    public let modulation: Modulation
    /// What the numbers of both images are where there is no light.
    public let offset: Double
    /// Whether the haze of four bands follows from their first percentiles; their smallest values otherwise.
    public let usesPercentiles: Bool

    /// The method.
    ///
    /// - Parameters:
    ///   - modulation: how far PAN may change a pixel.
    ///   - offset: what the numbers of both images are where there is no light.
    ///   - usesPercentiles: false for the smallest value as haze at four bands too, as in the hyperspectral toolbox.
    public init(modulation: Modulation = .bounded, offset: Double = 0, usesPercentiles: Bool = true) {
        self.modulation = modulation
        self.offset = offset
        self.usesPercentiles = usesPercentiles
    }

    /// Measures covariances of the bands and of PAN's low pass, then percentiles where four bands need them.
    public func start(on scene: SharpeningScene) throws(ClassicalError) -> FittingStep {
        let bands = (0..<scene.bands).map { Channel.band($0) }
        let plan = MomentPlan(
            fine: MomentPlan.bands(of: scene) + (bands + [.gaussian]).map { .init($0, .gaussian) }
                + [.init(.pan, .pan)],
            extremes: bands)
        return .pass(
            ScenePass(SceneStatistics(of: scene, plan: plan)) { (statistics) throws(ClassicalError) in
                try statistics.validate()
                return try Haze.step(statistics, offset: offset, usesPercentiles: usesPercentiles) {
                    (haze) throws(ClassicalError) in .fitted(fit(statistics, haze))
                }
            })
    }

    private func fit(_ statistics: SceneStatistics, _ haze: [Double]) -> FittedMethod {
        let count = haze.count
        let covariances = statistics.bandCovariances()
        let means = (0..<count).map { statistics.mean(.band($0)) }
        // The filter's taps do not sum to 1: it keeps a part of an offset only.
        let gaussianSum = statistics.scene.gaussian.sum
        let panMean = statistics.mean(.gaussian) + offset * (1 - gaussianSum)
        let share = statistics.count > 0 ? (statistics.count - 1) / statistics.count : 0
        let weights = LeastSquares.weights(
            covariance: (0..<count * count).map {
                covariances[$0] * share + (means[$0 / count] - offset) * (means[$0 % count] - offset)
            },
            target: (0..<count).map {
                statistics.covariance(.band($0), .gaussian) * share + (means[$0] - offset) * (panMean - offset)
            })
        let variance = (0..<count * count).reduce(0) {
            $0 + weights[$1 / count] * covariances[$1] * weights[$1 % count]
        }
        let intensityMean = (0..<count).reduce(0) { $0 + weights[$1] * (means[$1] - haze[$1]) }
        let deviation = statistics.deviation(.gaussian)
        let slope = deviation > 0 ? max(variance, 0).squareRoot() / deviation : 0
        let modulation = modulation
        return FittedMethod(
            coefficients: [.init(name: "haze", values: haze), .init(name: "weight in intensity", values: weights)]
        ) { block in
            block.combination(of: weights, less: haze).withUnsafeBufferPointer { intensity in
                block.fuseBands { band, interpolated, pan, _, result in
                    let haze = haze[band]
                    for pixel in result.indices {
                        let factor = modulation(
                            (pan[pixel] - panMean) * slope + intensityMean, over: intensity[pixel],
                            mean: intensityMean)
                        result[pixel] = max(interpolated[pixel] - haze, 0) * factor + haze
                    }
                }
            }
        }
    }
}
