import Sensors

/// Spectral distortion of the hyperspectral toolbox: 1 − Q2n of the sharpened image on the coarse grid and the
/// hyperspectral image. Best value 0.
///
/// The sharpened image is filtered by MTF filters of gain 0.30 and read at the pixels r·k + s. s is r/2: where coarse
/// samples lie. The toolbox has 3 for every ratio, which is r/2 for its own ratio of 6. Constant blocks as in ``DLambdaK``.
public struct HyperspectralDLambda: NoReferenceMetric {
    /// Short name.
    public let name = "D_lambda_HS"
    /// Full name.
    public let title = "spectral distortion of a hyperspectral image"
    /// A plain number.
    public let unit = ""
    /// Filter and phase.
    public let variant = "Q2n, blocks of 32 × 32 on the coarse grid, MTF gain 0.30, phase ratio/2"
    /// Origin.
    public let source = "Ciotola et al., Hyperspectral Pansharpening, IEEE GRSM 2025 (arXiv 2407.01355)"
    /// Smaller is better.
    public let higherIsBetter = false
    /// 0 to 1.
    public let range = 0.0...1
    /// Q2n on the coarse grid.
    public let statistics = [SceneStatistic.hyperspectralConsistency]

    /// The metric has no settings.
    public init() {}

    /// The distortion.
    public func value(of sums: SceneSums) throws(MetricError) -> MetricValue {
        MetricValue(1 - (try SceneSums.values(sums.hyperspectralConsistency, for: name)[0]))
    }
}

/// Spatial distortion by regression: 1 − R² of PAN explained by all bands. Best value 0.
///
/// R² = 1 − var(P − F·α)/var(P), α the least squares of PAN on the bands without intercept, over all known pixels. Where
/// PAN is constant it is explained: 0. Bands that depend on others add nothing.
public struct DSR: NoReferenceMetric {
    /// Short name.
    public let name = "D_sR"
    /// Full name.
    public let title = "spatial distortion by regression"
    /// A plain number.
    public let unit = ""
    /// Regression.
    public let variant = "all pixels, no intercept"
    /// Origin.
    public let source = "Alparone, Arienzo, Garzelli, Remote Sensing Letters 14(10), 2023; Ciotola et al. 2024"
    /// Smaller is better.
    public let higherIsBetter = false
    /// 0 to infinity.
    public let range = 0...Double.infinity
    /// Regression.
    public let statistics = [SceneStatistic.regression]

    /// The metric has no settings.
    public init() {}

    /// The distortion.
    public func value(of sums: SceneSums) throws(MetricError) -> MetricValue {
        guard let regression = sums.regression, regression.count > 1 else { throw .noValidPixels(metric: name) }
        return MetricValue(regression.unexplained)
    }
}

/// Quality without reference of a hyperspectral image: (1 − D_lambda)(1 − D_sR). Best value 1.
public struct HyperspectralQNR: NoReferenceMetric {
    /// Short name.
    public let name = "QNR_HS"
    /// Full name.
    public let title = "quality with no reference of a hyperspectral image"
    /// A plain number.
    public let unit = ""
    /// Factors.
    public let variant = "(1 − D_lambda_HS)(1 − D_sR)"
    /// Origin.
    public let source = HyperspectralDLambda().source
    /// Larger is better.
    public let higherIsBetter = true
    /// At most 1.
    public let range = -Double.infinity...1
    /// Q2n on the coarse grid, and regression.
    public let statistics = [SceneStatistic.hyperspectralConsistency, .regression]

    /// The metric has no settings.
    public init() {}

    /// The quality.
    public func value(of sums: SceneSums) throws(MetricError) -> MetricValue {
        MetricValue(
            (1 - (try HyperspectralDLambda().value(of: sums).value)) * (1 - (try DSR().value(of: sums).value)))
    }
}

extension SharpenedScene {
    func hyperspectralConsistency(_ work: SceneWork) throws -> Means {
        try Self.means(of: hyperspectralPair(phase: ratio / 2), work)
    }

    /// The hyperspectral image and the sharpened one at the pixels r·k + phase.
    func hyperspectralPair(phase: Int) throws(MetricError) -> PairScene {
        let filter = MTFFilter.taps(gain: 0.30, ratio: ratio)
        let sharp = reprojected(
            (0..<fused.bands).map { _ in filter },
            phases: (0..<fused.bands).map { _ in .init(row: phase, column: phase) })
        return try PairScene(reference: ms, fused: sharp, ratio: Double(ratio), peak: sensor.peak)
    }

    private static func means(of pair: PairScene, _ work: SceneWork) throws -> Means {
        try work.sums(pair, [.levelledBlocks(side: Q2n.side)]).means.first?.value ?? Means(channels: 1)
    }

    /// ``HyperspectralDLambda`` at another phase, to compare with the toolbox.
    package func hyperspectralDLambda(phase: Int) throws -> Double {
        let work = SceneWork(threads: 1, total: 1) { _, _ in }
        return 1 - (try Self.means(of: hyperspectralPair(phase: phase), work).values[0])
    }
}
