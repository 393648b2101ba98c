/// Generalised Laplacian pyramid with the sensor's MTF: PAN matched to each band, its detail added.
///
/// Q_b = (P − m(P))·s(M_b)/s(LPg P) + m(M_b), F_b = M_b + Q_b − U(D(G_b ∗ Q_b)).
public struct MTFGLP: ClassicalMethod {
    /// The name in the literature.
    public let name = "MTF-GLP"
    /// What it does.
    public let summary = "multi-resolution: PAN's detail below the bands' MTF is added, matched in variance"
    /// Who published it.
    public let source = "Aiazzi, Alparone, Baronti, Garzelli, Selva, PE&RS 72(5), 2006"

    /// The method has no settings.
    public init() {}

    /// Mean and variance of bands and PAN, variance of PAN's Gaussian.
    public func moments(of scene: SharpeningScene) -> MomentPlan { BandMatch.plan(scene) }

    /// Matches PAN to each band.
    public func fit(_ statistics: SceneStatistics) throws(ClassicalError) -> FittedMethod {
        let match = try BandMatch(statistics)
        // U(D(G ∗ c)) of a constant c is the filter's sum times c.
        let offsets = zip(match.offsets, match.filterSums).map { $0 * (1 - $1) }
        return FittedMethod(
            coefficients: [.init(name: "injection gain", values: match.slopes)], ingredients: .lowPassPAN
        ) { $0.injectDetail(gains: match.slopes, offsets: offsets) }
    }
}

/// PAN brought to mean and deviation of a band as in the MTF-GLP family: Q_b = a_b·P + c_b with a_b = s(M_b)/s(LPg P) and
/// c_b = m(M_b) − a_b·m(P). Where PAN is constant, so is Q_b.
struct BandMatch: Sendable {
    /// a_b.
    let slopes: [Double]
    /// c_b.
    let offsets: [Double]
    /// m(M_b), which is the mean of Q_b too.
    let means: [Double]
    /// For each band the sum of its MTF filter's taps.
    let filterSums: [Double]

    static func plan(_ scene: SharpeningScene) -> MomentPlan {
        MomentPlan(
            fine: (0..<scene.bands).map { .init(.band($0), .band($0)) }
                + [.init(.pan, .pan), .init(.gaussian, .gaussian)])
    }

    init(_ statistics: SceneStatistics) throws(ClassicalError) {
        try statistics.validate()
        let scene = statistics.scene
        let deviation = statistics.deviation(.gaussian)
        let slopes = (0..<scene.bands).map { deviation > 0 ? statistics.deviation(.band($0)) / deviation : 0 }
        self.slopes = slopes
        means = (0..<scene.bands).map { statistics.mean(.band($0)) }
        offsets = zip(means, slopes).map { $0 - $1 * statistics.mean(.pan) }
        filterSums = scene.filterOfBand.map { scene.filters[$0].sum }
    }
}
