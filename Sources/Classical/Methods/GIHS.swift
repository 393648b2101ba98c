/// Generalised intensity-hue-saturation: what PAN, matched to the intensity, has more than it is added to every band.
///
/// I = mean_b M_b, P' = (P − m(P))·s(I)/s(P) + m(I), F_b = M_b + P' − I.
public struct GIHS: MomentMethod {
    /// The name in the literature.
    public let name = "GIHS"
    /// What it is called with three bands.
    public let otherNames = ["IHS"]
    /// What it does.
    public let summary = "component substitution: the mean of the bands is replaced by PAN"
    /// Who published it.
    public let source = "Tu, Su, Shyu, Huang, Information Fusion 2(3), 2001"

    /// The method has no settings.
    public init() {}

    /// Mean and variance of intensity and PAN.
    public func moments(of scene: SharpeningScene) -> MomentPlan { IntensityMatch.plan }

    /// Matches PAN to the intensity.
    public func fit(_ statistics: SceneStatistics) throws(ClassicalError) -> FittedMethod {
        let match = try IntensityMatch(statistics)
        return FittedMethod { block in
            let intensity = block.interpolated.meanOfBands
            return block.fuseBands { _, interpolated, pan, _, result in
                for pixel in result.indices {
                    result[pixel] = interpolated[pixel] + (match(pan[pixel]) - intensity[pixel])
                }
            }
        }
    }
}

/// PAN brought to mean and deviation of the intensity I = mean_b M_b: P' = (P − m(P))·s(I)/s(P) + m(I).
///
/// A constant PAN becomes the mean of the intensity.
struct IntensityMatch: Sendable {
    static let plan = MomentPlan(fine: [.init(.intensity, .intensity), .init(.pan, .pan)])

    private let panMean: Double
    /// m(I), which is the mean of P' too.
    let intensityMean: Double
    private let slope: Double

    init(_ statistics: SceneStatistics) throws(ClassicalError) {
        try statistics.validate()
        panMean = statistics.mean(.pan)
        intensityMean = statistics.mean(.intensity)
        let deviation = statistics.deviation(.pan)
        slope = deviation > 0 ? statistics.deviation(.intensity) / deviation : 0
    }

    func callAsFunction(_ pan: Double) -> Double { (pan - panMean) * slope + intensityMean }
}
