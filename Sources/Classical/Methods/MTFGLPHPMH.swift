import Sensors

/// Generalised Laplacian pyramid with high-pass modulation and haze correction.
///
/// h_b is the haze of a band (``Haze``); w = least squares of LPg(P) on [1, M], h_P = w·[1, h] that of PAN; P_L,b = U(D(G_b ∗ P));
/// F_b = (M_b − h_b)(P − h_P)/(P_L,b − h_P + ε) + h_b. The quotient is bounded by ``Modulation``. Where no band has any contrast, w
/// is the shortest of all that explain the mean of PAN.
public struct MTFGLPHPMH: ClassicalMethod {
    /// The name in the literature.
    public let name = "MTF-GLP-HPM-H"
    /// What it does.
    public let summary = "multi-resolution: bands are scaled by PAN over its low pass, the haze taken off"
    /// Who published it.
    public let source = "Lolli et al., IEEE GRSL 14(12), 2017; Garzelli et al., Remote Sensing 10(8), 2018"
    /// How far PAN may change a pixel.
    public let modulation: Modulation
    /// What the numbers of both images are where there is no light.
    public let offset: Double

    /// The method.
    ///
    /// - Parameters:
    ///   - modulation: how far PAN may change a pixel.
    ///   - offset: what the numbers of both images are where there is no light.
    public init(modulation: Modulation = .bounded, offset: Double = 0) {
        self.modulation = modulation
        self.offset = offset
    }

    /// Measures covariances of the bands and of PAN's low pass, then percentiles where four bands need them.
    public func start(on scene: SharpeningScene) throws(ClassicalError) -> FittingStep {
        let bands = (0..<scene.bands).map { Channel.band($0) }
        let plan = MomentPlan(
            fine: MomentPlan.bands(of: scene) + bands.map { .init($0, .gaussian) } + [.init(.pan, .pan)],
            extremes: bands)
        return .pass(
            ScenePass(SceneStatistics(of: scene, plan: plan)) { (statistics) throws(ClassicalError) in
                try statistics.validate()
                return try Haze.step(statistics, offset: offset, usesPercentiles: true) {
                    (haze) throws(ClassicalError) in .fitted(fit(statistics, haze))
                }
            })
    }

    private func fit(_ statistics: SceneStatistics, _ haze: [Double]) -> FittedMethod {
        let bands = haze.indices
        let weights = LeastSquares.weights(
            covariance: statistics.bandCovariances(), target: bands.map { statistics.covariance(.band($0), .gaussian) })
        // The filters' taps do not sum to 1: they keep a part of an offset only.
        let gaussianSum = statistics.scene.gaussian.sum
        let panMean = statistics.mean(.gaussian) + offset * (1 - gaussianSum)
        let means = bands.map { statistics.mean(.band($0)) }
        var panHaze = bands.reduce(panMean) { $0 + weights[$1] * (haze[$1] - means[$1]) }
        if bands.allSatisfy({ statistics.deviation(.band($0)) <= 1e-7 * abs(means[$0]) }) {
            let power = means.reduce(0) { $0 + ($1 - offset) * ($1 - offset) }
            let share = zip(means, haze).reduce(0) { $0 + ($1.0 - offset) * ($1.1 - offset) }
            panHaze = power > 0 ? offset + (panMean - offset) * share / power : offset
        }
        let hazeOfPAN = panHaze
        let lowPassHazes = statistics.scene.filterOfBand.map { filter in
            hazeOfPAN - offset * (1 - statistics.scene.filters[filter].sum)
        }
        let mean = statistics.mean(.pan) - hazeOfPAN
        let modulation = modulation
        return FittedMethod(
            coefficients: [
                .init(name: "haze", values: haze), .init(name: "haze of PAN", values: bands.map { _ in hazeOfPAN }),
            ], ingredients: .lowPassPAN
        ) { block in
            block.fuseBands { band, interpolated, pan, lowPass, result in
                let (haze, lowPassHaze) = (haze[band], lowPassHazes[band])
                for pixel in result.indices {
                    let factor = modulation(pan[pixel] - hazeOfPAN, over: lowPass[pixel] - lowPassHaze, mean: mean)
                    result[pixel] = (interpolated[pixel] - haze) * factor + haze
                }
            }
        }
    }
}
