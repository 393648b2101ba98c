/// Generalised Laplacian pyramid with gains of its own in each of five segments.
///
/// P_L,b = U(D(G_b ∗ P)); the segments are those of ``CGSA``; in each, g_b = cov(P_L,b, M_b)/var(P_L,b); F_b = M_b + g_b(P − P_L,b). In
/// a segment where P_L,b is constant, g_b = 0.
public struct CGS2GLP: ClassicalMethod {
    /// The name in the literature.
    public let name = "C-GS2-GLP"
    /// What it does.
    public let summary = "multi-resolution: PAN's detail is added with gains for each of five segments"
    /// Who published it.
    public let source = "Restaino, Dalla Mura, Vivone, Chanussot, IEEE TGRS 55(2), 2017"

    /// The method has no settings.
    public init() {}

    /// Measures the bands, finds segments, then measures covariances in each.
    public func start(on scene: SharpeningScene) throws(ClassicalError) -> FittingStep {
        let bands = (0..<scene.bands).map { Channel.band($0) }
        let plan = MomentPlan(fine: bands.map { .init($0, $0) } + [.init(.pan, .pan)], extremes: bands)
        return .pass(
            ScenePass(SceneStatistics(of: scene, plan: plan)) { (statistics) throws(ClassicalError) in
                try statistics.validate()
                let isConstant = statistics.variance(.pan) == 0
                return Segmentation.step(statistics) { (segments) throws(ClassicalError) in
                    measureGains(scene, segments, isConstant: isConstant)
                }
            })
    }

    private func measureGains(_ scene: SharpeningScene, _ segments: Segmentation, isConstant: Bool) -> FittingStep {
        let count = scene.bands
        let lowPass = (0..<count).map { count + scene.filterOfBand[$0] }
        let moments = GroupedMoments(
            ingredients: .lowPassPAN, grid: .fine,
            table: PairTable(
                channels: count + scene.filters.count,
                (0..<count).flatMap { [($0, lowPass[$0]), (lowPass[$0], lowPass[$0])] }),
            groups: Segmentation.count,
            channels: { block in
                (0..<count).map { block.interpolated.band($0).values }
                    + scene.filters.indices.map { block.lowPass?.band($0).values ?? [] }
            }, labels: segments.labels)
        return .pass(
            ScenePass(moments) { (moments) throws(ClassicalError) in
                let gains = (0..<Segmentation.count).map { segment -> [Double] in
                    let group = moments.group(segment)
                    return (0..<count).map { band in
                        let variance = isConstant ? 0 : group.variance(lowPass[band])
                        return variance > 0 ? group.covariance(band, lowPass[band]) / variance : 0
                    }
                }
                return .fitted(
                    FittedMethod(
                        coefficients: gains.enumerated().map { .init(name: "gain in segment \($0 + 1)", values: $1) },
                        ingredients: .lowPassPAN
                    ) { $0.injectDetail(labels: segments.labels($0), gains: gains) })
            })
    }
}
