import Sensors

/// Band-dependent spatial detail with a regression of its own for each of 30 classes of texture.
///
/// Features of a PAN pixel: the standard deviation in 51 × 51 pixels divided by its maximum, and P/max(P). The pixels
/// (r·i + r/2, r·j + r/2) are clustered (``KMeans``; of large scenes every n-th); each pixel belongs to the nearest centre. In each
/// cluster γ_k = least squares of A_k − A'_k on [A'_1 … A'_B, 1, p] (``ReducedScale``); F_k = M_k + [M_1 … M_B, 1, P]·γ_k. Once a
/// cluster has a negative gain of PAN, it takes the gains of all pixels together, and so do later ones as long as a
/// negative gain is among those kept. The ratio has to be 4.
///
/// A cluster needs ten pixels for each of its B + 2 unknowns: small scenes have fewer clusters.
public struct CBDSD: ClassicalMethod {
    /// The name in the literature.
    public let name = "C-BDSD"
    /// What it does.
    public let summary = "component substitution: BDSD with a regression for each of 30 classes of texture; ratio 4"
    /// Who published it.
    public let source = "Garzelli, IEEE GRSL 12(6), 2015"

    private static let mostClusters = 30

    /// The method has no settings.
    public init() {}

    /// Measures the features' maxima, clusters pixels, then measures products in each cluster.
    ///
    /// - Throws: ``ClassicalError/methodRatio(method:ratio:allowed:)`` unless the ratio is 4.
    public func start(on scene: SharpeningScene) throws(ClassicalError) -> FittingStep {
        guard scene.ratio == 4 else {
            throw .methodRatio(method: name, ratio: scene.ratio, allowed: "the ratio 4")
        }
        let plan = MomentPlan(
            fine: (0..<scene.bands).map { .init(.band($0), .band($0)) } + [.init(.pan, .pan)],
            extremes: [.localDeviation, .pan])
        return .pass(
            ScenePass(SceneStatistics(of: scene, plan: plan)) { (statistics) throws(ClassicalError) in
                try statistics.validate()
                let scales = [Channel.localDeviation, .pan].map { channel -> Double in
                    let largest = statistics.extremes(channel).upperBound
                    return largest == 0 ? 1 : largest
                }
                return cluster(scene, scales: scales, pixels: statistics.count / 16)
            })
    }

    private func cluster(_ scene: SharpeningScene, scales: [Double], pixels: Double) -> FittingStep {
        let clusters = min(max(Int(pixels / Double(10 * (scene.bands + 2))), 1), Self.mostClusters)
        let sample = PixelSample(of: scene, first: 2, step: 4, features: 2, ingredients: .deviationPAN) { block in
            zip([block.deviation, block.pan], scales).map { image, scale in image?.values.map { $0 / scale } ?? [] }
        }
        return .pass(
            ScenePass(sample) { (sample) throws(ClassicalError) in
                measure(scene, KMeans(sample.valid(), features: 2, clusters: clusters), scales: scales)
            })
    }

    private func measure(_ scene: SharpeningScene, _ centres: KMeans, scales: [Double]) -> FittingStep {
        @Sendable func labels(_ block: PreparedBlock) -> [Int32] {
            guard let deviation = block.deviation else { preconditionFailure("the deviation was not prepared") }
            return deviation.values.withUnsafeBufferPointer { deviation in
                block.pan.values.withUnsafeBufferPointer { pan in
                    centres.labels([deviation, pan], scales: scales, pixels: pan.count)
                }
            }
        }
        let moments = DetailRegression.moments(of: scene, groups: centres.clusters, ingredients: .deviationPAN) {
            block in
            let all = labels(block)
            let (coarse, width) = (scene.coarseRegion(of: block.region), block.region.columns.count)
            return coarse.rows.flatMap { row in
                coarse.columns.map { column in
                    all[
                        (4 * row + 2 - block.region.rows.lowerBound) * width + 4 * column + 2
                            - block.region.columns.lowerBound]
                }
            }
        }
        return .pass(
            ScenePass(moments) { (moments) throws(ClassicalError) in
                try moments.validate()
                let whole = DetailRegression(withIntercept: moments.all(), bands: scene.bands)
                var kept: [DetailRegression] = []
                for cluster in 0..<centres.clusters {
                    let own = DetailRegression(withIntercept: moments.group(cluster), bands: scene.bands)
                    let hasNegative = (kept + [own]).contains { $0.panGains.contains { $0 < 0 } }
                    kept.append(hasNegative ? whole : own)
                }
                let groups = kept
                return .fitted(
                    FittedMethod(
                        coefficients: [.init(name: "gain of PAN of all pixels", values: whole.panGains)],
                        ingredients: .deviationPAN
                    ) { DetailRegression.fuse($0, groups: groups, labels: labels($0)) })
            })
    }
}
