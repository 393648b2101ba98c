/// Generalised Laplacian pyramid with gains estimated at full scale.
///
/// P_L,b = U(D(G_b ∗ P)), g_b = cov(M_b, P)/cov(P_L,b, P), F_b = M_b + g_b(P − P_L,b). Where PAN is constant, g_b = 0.
public struct MTFGLPFS: MomentMethod {
    /// The name in the literature.
    public let name = "MTF-GLP-FS"
    /// What it does.
    public let summary =
        "multi-resolution: PAN's detail is added with gains estimated at full scale"
    /// Who published it.
    public let source = "Vivone, Restaino, Chanussot, IEEE TIP 27(7), 2018"

    /// The method has no settings.
    public init() {}

    /// Covariances of each band, of PAN's low pass and of PAN with PAN.
    public func moments(of scene: SharpeningScene) -> MomentPlan {
        MomentPlan(
            fine: (0..<scene.bands).flatMap { band -> [MomentPlan.Pair] in
                [.init(.band(band), .pan), .init(.lowPass(band: band), .pan)]
            } + [.init(.pan, .pan)])
    }

    /// Finds the gain of each band.
    public func fit(_ statistics: SceneStatistics) throws(ClassicalError) -> FittedMethod {
        try statistics.validate()
        let gains = (0..<statistics.scene.bands).map { band in
            let lowPass = statistics.covariance(.lowPass(band: band), .pan)
            return lowPass > 0 && statistics.variance(.pan) > 0 ? statistics.covariance(.band(band), .pan) / lowPass : 0
        }
        return FittedMethod(
            coefficients: [.init(name: "injection gain", values: gains)], ingredients: .lowPassPAN
        ) { $0.injectDetail(gains: gains, offsets: gains.map { _ in 0 }) }
    }
}
