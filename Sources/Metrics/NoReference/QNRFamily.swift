import Sensors

/// Spectral distortion: how much relations between bands differ from those of the multispectral image. Best value 0.
///
/// The mean over pairs of bands of |Q(F_i, F_j) − Q(M_i, M_j)|, Q the mean universal quality index of blocks of 32 × 32,
/// M the multispectral image on PAN's grid. An image of one band has no such relation: 0. Blocks with an unknown pixel,
/// and what is left beyond the last whole block, do not count.
public struct DLambda: NoReferenceMetric {
    /// Short name.
    public let name = "D_lambda"
    /// Full name.
    public let title = "spectral distortion"
    /// A plain number.
    public let unit = ""
    /// Blocks and exponent.
    public let variant = "blocks of 32 × 32, p = 1"
    /// Origin.
    public let source = "Alparone et al., PE&RS 74(2), 2008"
    /// Smaller is better.
    public let higherIsBetter = false
    /// 0 to 2.
    public let range = 0.0...2
    /// Blocks.
    public let statistics = [SceneStatistic.blocks]

    /// The metric has no settings.
    public init() {}

    /// The distortion; of a band, the mean over the pairs that it is in.
    public func value(of sums: SceneSums) throws(MetricError) -> MetricValue {
        try sums.requireSide(Q2n.side, for: name)
        guard let blocks = sums.blocks else { throw .noValidPixels(metric: name) }
        let relations = try blocks.ofBands(for: name)
        let distances = zip(relations.sharp, relations.coarse).map { abs($0 - $1) }
        guard blocks.bands > 1 else { return MetricValue(0, bands: [0]) }
        var bands = [Double](repeating: 0, count: blocks.bands)
        var pair = 0
        for first in 0..<blocks.bands {
            for second in first + 1..<max(first + 1, blocks.bands) {
                bands[first] += distances[pair] / Double(blocks.bands - 1)
                bands[second] += distances[pair] / Double(blocks.bands - 1)
                pair += 1
            }
        }
        return MetricValue(distances.reduce(0, +) / Double(distances.count), bands: bands)
    }
}

/// Spatial distortion: how much relations of bands to PAN differ from those of the multispectral image to PAN of its
/// resolution. Best value 0.
///
/// The mean over bands of |Q(F_b, P) − Q(M_b, P_L)|, P_L PAN reduced by the ratio and interpolated again. Blocks as in
/// ``DLambda``.
public struct DS: NoReferenceMetric {
    /// Short name.
    public let name = "D_S"
    /// Full name.
    public let title = "spatial distortion"
    /// A plain number.
    public let unit = ""
    /// Blocks and exponent.
    public let variant = "blocks of 32 × 32, q = 1"
    /// Origin.
    public let source = "Alparone et al., PE&RS 74(2), 2008"
    /// Smaller is better.
    public let higherIsBetter = false
    /// 0 to 2.
    public let range = 0.0...2
    /// Blocks.
    public let statistics = [SceneStatistic.blocks]

    /// The metric has no settings.
    public init() {}

    /// The distortion.
    public func value(of sums: SceneSums) throws(MetricError) -> MetricValue {
        try sums.requireSide(Q2n.side, for: name)
        guard let blocks = sums.blocks else { throw .noValidPixels(metric: name) }
        let relations = try blocks.toPAN(for: name)
        return MetricValue(meanOf: zip(relations.sharp, relations.coarse).map { abs($0 - $1) })
    }
}

/// Quality without reference: (1 − D_lambda)(1 − D_S). Best value 1.
public struct QNR: NoReferenceMetric {
    /// Short name.
    public let name = "QNR"
    /// Full name.
    public let title = "quality with no reference"
    /// A plain number.
    public let unit = ""
    /// Exponents.
    public let variant = "(1 − D_lambda)(1 − D_S), blocks of 32 × 32"
    /// Origin.
    public let source = "Alparone et al., PE&RS 74(2), 2008"
    /// Larger is better.
    public let higherIsBetter = true
    /// At most 1.
    public let range = -1.0...1
    /// Blocks.
    public let statistics = [SceneStatistic.blocks]

    /// The metric has no settings.
    public init() {}

    /// The quality.
    public func value(of sums: SceneSums) throws(MetricError) -> MetricValue {
        MetricValue((1 - (try DLambda().value(of: sums).value)) * (1 - (try DS().value(of: sums).value)))
    }
}

/// Spectral distortion by consistency: 1 − Q2n of the multispectral image on PAN's grid and the sharpened image filtered
/// by the MTF of its bands. Best value 0.
///
/// Blocks with a pixel whose filter reaches an unknown one do not count. Where both images are constant in a block their
/// levels are compared, 2·x·y/(|x|² + |y|²): the taps of the filters add up to a little less than 1, and Q2n alone would take
/// that for a block without anything in common.
public struct DLambdaK: NoReferenceMetric {
    /// Short name.
    public let name = "D_lambda_K"
    /// Full name.
    public let title = "spectral distortion of Khan's protocol"
    /// A plain number.
    public let unit = ""
    /// Blocks.
    public let variant = "Q2n, blocks of 32 × 32 on PAN's grid"
    /// Origin.
    public let source = "Khan, Alparone, Chanussot, IEEE TGRS 47(11), 2009"
    /// Smaller is better.
    public let higherIsBetter = false
    /// 0 to 1.
    public let range = 0.0...1
    /// Q2n of the degraded image.
    public let statistics = [SceneStatistic.spectralConsistency]

    /// The metric has no settings.
    public init() {}

    /// The distortion.
    public func value(of sums: SceneSums) throws(MetricError) -> MetricValue {
        try sums.requireSide(Q2n.side / 2, for: name)
        return MetricValue(1 - (try SceneSums.values(sums.spectralConsistency, for: name)[0]))
    }
}

/// Hybrid quality without reference: (1 − D_lambda_K)(1 − D_S). Best value 1.
public struct HQNR: NoReferenceMetric {
    /// Short name.
    public let name = "HQNR"
    /// Full name.
    public let title = "hybrid quality with no reference"
    /// A plain number.
    public let unit = ""
    /// Factors.
    public let variant = "(1 − D_lambda_K)(1 − D_S), blocks of 32 × 32"
    /// Origin.
    public let source = "Aiazzi, Alparone, Baronti, Garzelli, Santurri, SPIE 9244, 2014"
    /// Larger is better.
    public let higherIsBetter = true
    /// At most 1.
    public let range = -1.0...1
    /// Q2n of the degraded image, and blocks.
    public let statistics = [SceneStatistic.spectralConsistency, .blocks]

    /// The metric has no settings.
    public init() {}

    /// The quality.
    public func value(of sums: SceneSums) throws(MetricError) -> MetricValue {
        MetricValue((1 - (try DLambdaK().value(of: sums).value)) * (1 - (try DS().value(of: sums).value)))
    }
}
