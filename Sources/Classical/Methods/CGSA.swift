import Sensors

/// Gram-Schmidt adaptive with gains of its own in each of five segments.
///
/// α = least squares of D(LPg(P)) on the multispectral bands with intercept, on the coarse grid; P_L = Σ α_b M_b + α_0; the
/// segments are those of k-means on M_b/max(M_b) (``KMeans``); in each, g_b = cov(P_L, M_b)/var(P_L); F_b = M_b + g_b(P − P_L). In
/// a segment where P_L is constant, g_b = 0. The means of bands are not restored.
public struct CGSA: ClassicalMethod {
    /// The name in the literature.
    public let name = "C-GSA"
    /// What it does.
    public let summary = "component substitution: GSA with gains for each of five segments"
    /// Who published it.
    public let source = "Restaino, Dalla Mura, Vivone, Chanussot, IEEE TGRS 55(2), 2017"

    /// The method has no settings.
    public init() {}

    /// Measures covariances on the coarse grid, finds segments, then measures covariances in each.
    public func start(on scene: SharpeningScene) throws(ClassicalError) -> FittingStep {
        let bands = (0..<scene.bands).map { Channel.band($0) }
        let plan = MomentPlan(
            fine: bands.map { .init($0, $0) } + [.init(.pan, .pan)],
            coarse: MomentPlan.bands(of: scene) + bands.map { .init($0, .gaussian) }, extremes: bands)
        return .pass(
            ScenePass(SceneStatistics(of: scene, plan: plan)) { (statistics) throws(ClassicalError) in
                try statistics.validate()
                let weights = LeastSquares.weights(
                    covariance: statistics.coarseBandCovariances(),
                    target: bands.map { statistics.coarseCovariance($0, .gaussian) })
                let intercept = zip(bands, weights).reduce(statistics.coarseMean(.gaussian)) {
                    $0 - $1.1 * statistics.coarseMean($1.0)
                }
                let isConstant = statistics.variance(.pan) == 0
                return Segmentation.step(statistics) { (segments) throws(ClassicalError) in
                    measureGains(scene, segments, weights: weights, intercept: intercept, isConstant: isConstant)
                }
            })
    }

    private func measureGains(
        _ scene: SharpeningScene, _ segments: Segmentation, weights: [Double], intercept: Double, isConstant: Bool
    ) -> FittingStep {
        let count = scene.bands
        @Sendable func intensity(_ block: PreparedBlock) -> Image {
            let values = block.combination(of: weights, less: weights.map { _ in 0 }).map { $0 + intercept }
            return Image(bands: 1, height: block.pan.height, width: block.pan.width, values: values)
        }
        let moments = GroupedMoments(
            ingredients: [], grid: .fine, table: PairTable(channels: count + 1, (0...count).map { (count, $0) }),
            groups: Segmentation.count,
            channels: { block in (0..<count).map { block.interpolated.band($0).values } + [intensity(block).values] },
            labels: segments.labels)
        return .pass(
            ScenePass(moments) { (moments) throws(ClassicalError) in
                let gains = (0..<Segmentation.count).map { segment -> [Double] in
                    let group = moments.group(segment)
                    let variance = isConstant ? 0 : group.variance(count)
                    return (0..<count).map { variance > 0 ? group.covariance(count, $0) / variance : 0 }
                }
                return .fitted(
                    FittedMethod(
                        coefficients: [.init(name: "weight in intensity", values: weights)]
                            + gains.enumerated().map { .init(name: "gain in segment \($0 + 1)", values: $1) }
                    ) { block in
                        block.injectDetail(labels: segments.labels(block), gains: gains, lowPass: intensity(block))
                    })
            })
    }
}
