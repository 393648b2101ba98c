import Sensors

/// High-pass modulation with a filter that is estimated from the two images.
///
/// PSF is the filter that makes PAN what a combination of bands is (``BlindFilter``).
/// Q_b = (P − m(P))·s(M_b)/s(P) + m(M_b), F_b = M_b·Q_b/(U(D(PSF ∗ Q_b)) + ε). The quotient is bounded by ``Modulation``.
///
/// The filter is found from the whole scene up to 2048 × 2048 pixels (fewer with more than eight bands), and from the square
/// of that size in the middle of larger ones: it is a property of the two instruments, not of the place.
public struct FEHPM: ClassicalMethod {
    /// The name in the literature.
    public let name = "FE-HPM"
    /// What it does.
    public let summary = "multi-resolution: bands are scaled by PAN over a low pass whose filter is estimated"
    /// Who published it.
    public let source = "Vivone et al., IEEE TGRS 53(4), 2015"
    /// How far PAN may change a pixel.
    public let modulation: Modulation

    /// The method.
    ///
    /// - Parameter modulation: how far PAN may change a pixel.
    public init(modulation: Modulation = .bounded) { self.modulation = modulation }

    /// The part of a scene that the filter is found from.
    private static func window(of scene: SharpeningScene) -> PixelRegion {
        let mostSamples = Double(9 << 22)
        let side = min(2048, Int((mostSamples / Double(scene.bands + 1)).squareRoot()))
        func middle(_ length: Int) -> Range<Int> {
            let count = min(length, side)
            return (length - count) / 2..<(length - count) / 2 + count
        }
        return PixelRegion(rows: middle(scene.panHeight), columns: middle(scene.panWidth))
    }

    /// Measures bands and PAN, and keeps the pixels that the filter is found from.
    public func start(on scene: SharpeningScene) throws(ClassicalError) -> FittingStep {
        let statistics = SceneStatistics(of: scene, plan: BandMatch.plan(scene, spread: .pan))
        let crop = SceneCrop(region: Self.window(of: scene))
        return .pass(
            ScenePass(MeasurementPair(first: statistics, second: crop)) { (measured) throws(ClassicalError) in
                let match = try BandMatch(measured.first, spread: .pan)
                let (bands, pan) = measured.second.filled()
                let filter = BlindFilter.estimate(
                    pan: pan, bands: bands, isValid: measured.second.isValid, ratio: scene.ratio)
                return .fitted(fitted(scene, match, filter))
            })
    }

    private func fitted(_ scene: SharpeningScene, _ match: BandMatch, _ filter: TapFilter) -> FittedMethod {
        let modulation = modulation
        let upsampler = Upsampler(ratio: scene.ratio, border: scene.border)
        let (height, width) = (
            Decimation.count(scene.panHeight, step: scene.ratio), Decimation.count(scene.panWidth, step: scene.ratio)
        )
        return FittedMethod(coefficients: match.coefficients, ingredients: .widePAN) { block in
            let coarse = upsampler.coarseRegion(for: block.region, height: height, width: width)
            let reduced = filter.apply(
                to: block.source.pan, step: scene.ratio, rows: coarse.rows, columns: coarse.columns)
            let lowPass = upsampler.apply(
                to: SceneWindow(reduced, region: coarse, sceneHeight: height, sceneWidth: width),
                region: block.region)
            return block.modulate(match, lowPass: lowPass, sums: match.means.map { _ in 1 }, by: modulation)
        }
    }
}
