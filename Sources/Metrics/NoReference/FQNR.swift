import Sensors

/// Spatial distortion by details: how much the details of bands relate to those of PAN otherwise than in the multispectral
/// image. Best value 0.
///
/// The mean over bands of |Q(F_b − G_b∗F_b, P − I∗P) − Q(M_b − G_b∗M_b, P' − I∗P')|. G_b is the band's MTF filter, I a low
/// pass with a sharp edge (23 taps), P' PAN filtered by its own MTF and decimated, M the multispectral image. Q is the
/// universal quality index in sliding windows that lie inside, 32 × 32 pixels wide and 32/r on the coarse grid, with 0 for
/// values below 0. Windows with an unknown pixel, or one that a filter reaches from there, do not count. Two images without
/// details are equal: Q = 1.
public struct DSF: NoReferenceMetric {
    /// Short name.
    public let name = "D_S_F"
    /// Full name.
    public let title = "spatial distortion of details"
    /// A plain number.
    public let unit = ""
    /// Windows.
    public let variant = "sliding windows of 32 × 32 and 32/ratio, negative values 0"
    /// Origin.
    public let source =
        "Khan, Alparone, Chanussot, IEEE TGRS 47(11), 2009; Arienzo et al., IEEE GRSM 10(3), 2022"
    /// Smaller is better.
    public let higherIsBetter = false
    /// 0 to 1.
    public let range = 0.0...1
    /// Details.
    public let statistics = [SceneStatistic.details]

    static let side = 32
    static func coarseSide(ratio: Int) -> Int { max(2, Int((Double(side) / Double(ratio)).rounded())) }

    /// The metric has no settings.
    public init() {}

    /// The distortion.
    public func value(of sums: SceneSums) throws(MetricError) -> MetricValue {
        try sums.requireSide(Self.side, for: name)
        let sharp = try SceneSums.values(sums.details?.sharp, for: name)
        let coarse = try SceneSums.values(sums.details?.coarse, for: name)
        return MetricValue(meanOf: zip(sharp, coarse).map { abs($0 - $1) })
    }
}

/// Filter-based quality without reference: (1 − D_lambda_K)(1 − D_S_F). Best value 1.
public struct FQNR: NoReferenceMetric {
    /// Short name.
    public let name = "FQNR"
    /// Full name.
    public let title = "filter-based quality with no reference"
    /// A plain number.
    public let unit = ""
    /// Factors.
    public let variant = "(1 − D_lambda_K)(1 − D_S_F)"
    /// Origin.
    public let source = DSF().source
    /// Larger is better.
    public let higherIsBetter = true
    /// 0 to 1.
    public let range = 0.0...1
    /// Q2n of the degraded image, and details.
    public let statistics = [SceneStatistic.spectralConsistency, .details]

    /// The metric has no settings.
    public init() {}

    /// The quality.
    public func value(of sums: SceneSums) throws(MetricError) -> MetricValue {
        MetricValue((1 - (try DLambdaK().value(of: sums).value)) * (1 - (try DSF().value(of: sums).value)))
    }
}
