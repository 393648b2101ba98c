/// Generalised Laplacian pyramid with the gain of a regression of each band on PAN's low pass (also MTF-GLP-CBD).
///
/// P_L,b = U(D(G_b ∗ P)), g_b = cov(P_L,b, M_b)/var(P_L,b), F_b = M_b + g_b(P − P_L,b). Where P_L,b is constant, g_b = 0.
public struct GS2GLP: MomentMethod {
    /// The name in the literature.
    public let name = "GS2-GLP"
    /// Its other name.
    public let otherNames = ["MTF-GLP-CBD"]
    /// What it does.
    public let summary = "multi-resolution: PAN's detail is added with each band's gain on PAN's low pass"
    /// Who published it.
    public let source = "Aiazzi et al., PE&RS 72(5), 2006; Alparone et al., IEEE TGRS 45(10), 2007"

    /// The method has no settings.
    public init() {}

    /// Covariance of each band with PAN's low pass, and its variance.
    public func moments(of scene: SharpeningScene) -> MomentPlan { Self.plan(scene) }

    /// Finds the gain of each band.
    public func fit(_ statistics: SceneStatistics) throws(ClassicalError) -> FittedMethod {
        let gains = try Self.gains(statistics)
        return FittedMethod(
            coefficients: [.init(name: "injection gain", values: gains)], ingredients: .lowPassPAN
        ) { $0.injectDetail(gains: gains, offsets: gains.map { _ in 0 }) }
    }

    static func plan(_ scene: SharpeningScene) -> MomentPlan {
        MomentPlan(
            fine: (0..<scene.bands).flatMap { band -> [MomentPlan.Pair] in
                [.init(.lowPass(band: band), .band(band)), .init(.lowPass(band: band), .lowPass(band: band))]
            })
    }

    /// The slope of the regression of each band on PAN's low pass.
    static func gains(_ statistics: SceneStatistics) throws(ClassicalError) -> [Double] {
        try statistics.validate()
        return (0..<statistics.scene.bands).map { band in
            let variance = statistics.variance(.lowPass(band: band))
            return variance > 0 ? statistics.covariance(.lowPass(band: band), .band(band)) / variance : 0
        }
    }
}
