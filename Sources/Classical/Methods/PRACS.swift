import Sensors

/// Partial replacement adaptive component substitution: a mixture of PAN and each band takes the place of the component that
/// bands explain of it, as far as the band's local departure allows.
///
/// N_b = max(0, (M_b − m(M_b))·s(P)/s(M_b) + m(P)); P_l = ↑↓P; I_l = regression of P_l on [1, N]; c_b = corr(I_l, N_b);
/// I_h,b = c_b P + (1 − c_b)N_b; I'_b = regression of ↑↓I_h,b on [1, N]; δ_b = I_h,b − I'_b less its mean;
/// w_b = β·corr(I'_b, M_b)·s(M_b)/mean_k s(M_k); L_b = 1 − |1 − corr(I_l, M_b)·M_b/I'_b|; F_b = M_b + w_b·L_b·δ_b.
///
/// L_b is held between −``limit`` and ``limit``, since I'_b may be almost nothing. A correlation with a constant image is 0.
public struct PRACS: ClassicalMethod {
    /// The name in the literature.
    public let name = "PRACS"
    /// What it does.
    public let summary = "component substitution: partial replacement, weighted by local departures of each band"
    /// Who published it.
    public let source = "Choi, Yu, Kim, IEEE TGRS 49(1), 2011"
    /// β: 0.95 for 11-bit images; 1.95 is used for 8 bits.
    public let beta: Double
    /// The largest size of L_b.
    public let limit: Double

    /// The method.
    ///
    /// - Parameters:
    ///   - beta: β, 0.95 for 11-bit images; 1.95 is used for 8 bits.
    ///   - limit: the largest size of L_b, 10 as in the hyperspectral toolbox; infinite as published.
    public init(beta: Double = 0.95, limit: Double = 10) {
        self.beta = beta
        self.limit = limit
    }

    /// Measures means and deviations, then covariances of the matched bands N.
    public func start(on scene: SharpeningScene) throws(ClassicalError) -> FittingStep {
        let plan = MomentPlan(
            fine: (0..<scene.bands).map { .init(.band($0), .band($0)) } + [.init(.pan, .pan)])
        return .pass(
            ScenePass(SceneStatistics(of: scene, plan: plan)) { (statistics) throws(ClassicalError) in
                try statistics.validate()
                return measure(scene, MatchedBands(statistics))
            })
    }

    private func measure(_ scene: SharpeningScene, _ matched: MatchedBands) -> FittingStep {
        let count = scene.bands
        let places = Places(bands: count)
        let regressors = (0..<count).map(places.matched)
        var pairs = regressors.flatMap { first in regressors.map { (first, $0) } + [(first, places.lowPass)] }
        for band in 0..<count {
            pairs += regressors.flatMap { [($0, places.matchedLowPass(band)), ($0, places.band(band))] }
            pairs.append((places.band(band), places.band(band)))
        }
        pairs.append((places.pan, places.pan))
        let moments = GroupedMoments(
            ingredients: [.bicubicPAN, .wideBands], grid: .fine, table: PairTable(channels: places.count, pairs),
            channels: { block in
                guard let wide = block.wide, let lowPass = block.bicubic else {
                    preconditionFailure("the bands around a block were not prepared")
                }
                let around = SceneWindow(
                    matched.apply(to: wide.image), region: wide.region, sceneHeight: wide.sceneHeight,
                    sceneWidth: wide.sceneWidth)
                let near = around.samples(of: block.region)
                let reduced = scene.bicubic.apply(to: around, region: block.region)
                return [block.pan.values, lowPass.values]
                    + [near, reduced, block.interpolated].flatMap { image in
                        (0..<count).map { image.band($0).values }
                    }
            })
        return .pass(
            ScenePass(moments) { (moments) throws(ClassicalError) in
                try moments.validate()
                return .fitted(
                    fit(moments.group(0), matched, limit: scene.hyperspectral == nil ? limit : min(limit, 10)))
            })
    }

    /// Where each channel of the second pass is.
    private struct Places {
        let bands: Int
        let pan = 0
        let lowPass = 1
        var count: Int { 2 + 3 * bands }
        func matched(_ band: Int) -> Int { 2 + band }
        func matchedLowPass(_ band: Int) -> Int { 2 + bands + band }
        func band(_ band: Int) -> Int { 2 + 2 * bands + band }
    }

    private func fit(_ moments: GroupMoments, _ matched: MatchedBands, limit: Double) -> FittedMethod {
        let count = matched.slopes.count
        let places = Places(bands: count)
        let gram = moments.covariances(places.matched(0)..<places.matched(count))
        func withMatched(_ channel: Int) -> [Double] {
            (0..<count).map { moments.covariance(places.matched($0), channel) }
        }
        func dot(_ first: [Double], _ second: [Double]) -> Double { zip(first, second).reduce(0) { $0 + $1.0 * $1.1 } }
        func variance(_ weights: [Double]) -> Double {
            dot(weights, (0..<count).map { row in dot(weights, Array(gram[row * count..<(row + 1) * count])) })
        }
        func correlation(_ covariance: Double, _ first: Double, _ second: Double) -> Double {
            first > 0 && second > 0 ? covariance / (first * second).squareRoot() : 0
        }
        let lowWeights = LeastSquares.weights(covariance: gram, target: withMatched(places.lowPass))
        let lowVariance = variance(lowWeights)
        var bands: [PartialReplacement] = []
        let spread = matched.deviations.reduce(0, +) / Double(count)
        let shares = (0..<count).map { band in
            correlation(
                dot(lowWeights, withMatched(places.matched(band))), lowVariance,
                moments.variance(places.matched(band)))
        }
        let weightsOfBands = LeastSquares.weights(
            covariance: gram,
            targets: (0..<count).map { band in
                zip(withMatched(places.lowPass), withMatched(places.matchedLowPass(band))).map {
                    shares[band] * $0 + (1 - shares[band]) * $1
                }
            })
        for band in 0..<count {
            let own = withMatched(places.band(band))
            let (share, weights) = (shares[band], weightsOfBands[band])
            let mean = share * moments.mean(places.lowPass) + (1 - share) * moments.mean(places.matchedLowPass(band))
            let bandVariance = moments.variance(places.band(band))
            bands.append(
                PartialReplacement(
                    share: share, weights: weights,
                    intercept: mean - dot(weights, (0..<count).map { moments.mean(places.matched($0)) }),
                    detailMean: share * moments.mean(places.pan)
                        + (1 - share) * moments.mean(places.matched(band)) - mean,
                    gain: spread > 0
                        ? beta * correlation(dot(weights, own), variance(weights), bandVariance)
                            * matched.deviations[band] / spread : 0,
                    correlation: correlation(dot(lowWeights, own), lowVariance, bandVariance)))
        }
        let replacements = bands
        return FittedMethod(
            coefficients: [
                .init(name: "share of PAN", values: bands.map(\.share)),
                .init(name: "weight of the detail", values: bands.map(\.gain)),
            ]
        ) { block in
            let near = matched.apply(to: block.interpolated)
            return near.values.withUnsafeBufferPointer { near in
                block.fuseBands { band, interpolated, pan, _, result in
                    replacements[band].fuse(
                        interpolated: interpolated, pan: pan, matched: near, band: band, limit: limit, result: result)
                }
            }
        }
    }
}

/// The coefficients of one band.
private struct PartialReplacement: Sendable {
    /// c_b.
    let share: Double
    /// Of I'_b on N.
    let weights: [Double]
    let intercept: Double
    /// m(I_h,b − I'_b).
    let detailMean: Double
    /// w_b.
    let gain: Double
    /// corr(I_l, M_b).
    let correlation: Double

    func fuse(
        interpolated: UnsafeBufferPointer<Double>, pan: UnsafeBufferPointer<Double>,
        matched: UnsafeBufferPointer<Double>, band: Int, limit: Double, result: UnsafeMutableBufferPointer<Double>
    ) {
        let pixels = result.count
        for pixel in 0..<pixels { result[pixel] = intercept }
        for (other, weight) in weights.enumerated() {
            for pixel in 0..<pixels { result[pixel] += weight * matched[other * pixels + pixel] }
        }
        for pixel in 0..<pixels {
            let component = result[pixel]
            let detail = share * pan[pixel] + (1 - share) * matched[band * pixels + pixel] - component - detailMean
            // 0/0, a black pixel whose component is black too, departs from nothing.
            let quotient = component == 0 ? 0 : interpolated[pixel] / component
            let local = min(max(1 - abs(1 - correlation * quotient), -limit), limit)
            result[pixel] = interpolated[pixel] + gain * local * detail
        }
    }
}
