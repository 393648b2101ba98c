import Sensors

/// A block with everything computed that a method reads.
public struct PreparedBlock: Sendable {
    /// The scene it is a part of.
    public let scene: SharpeningScene
    /// The PAN pixels to be sharpened.
    public let region: PixelRegion
    /// The pixels of both images around it.
    let source: SharpeningBlock
    /// M, the multispectral image on the PAN grid, (C, rows, columns), or the mean of its bands.
    let interpolated: Image
    /// P, (sharp bands, rows, columns).
    let pan: Image
    /// P_L for each distinct filter, (filters, rows, columns).
    let lowPass: Image?
    /// LPfilterGauss(P), (1, rows, columns).
    let gaussian: Image?
    /// LPfilter(P).
    let atrous: Image?
    /// The mean of P in squares.
    let box: Image?
    /// ↑↓P.
    let bicubic: Image?
    /// The low pass of P's morphological pyramid.
    let morphological: Image?
    /// The deviation of P in squares.
    let deviation: Image?
    /// M at the PAN pixels r·i + r/2 that lie in the block.
    let coarseInterpolated: Image?
    /// LPfilterPlusDec(P) at these pixels.
    let coarsePAN: Image?
    /// LPfilterGauss(P) at these pixels.
    let coarseGaussian: Image?
    /// Both images at reduced scale, at these pixels.
    let reduced: ReducedScale?
    /// M in a region around the block.
    let wide: SceneWindow?
    let isValid: [Bool]?
    /// Which coarse pixels count.
    let isCoarseValid: [Bool]?

    /// Computes what is asked for.
    public init(_ block: SharpeningBlock, ingredients: Ingredients) {
        let (scene, region) = (block.scene, block.region)
        self.scene = scene
        self.region = region
        source = block
        isValid = block.isValid
        pan = block.pan.samples(of: region)
        let (rows, columns) = (region.rows, region.columns)
        let wide =
            ingredients.isDisjoint(with: [.reducedScale, .wideBands, .guide]) ? nil : block.bands(for: ingredients)
        self.wide = wide
        // The mean of rounded bands is another one.
        let meanDoes = ingredients.contains(.meanBandOnly) && scene.hyperspectral?.roundsInterpolated != true
        interpolated =
            wide?.samples(of: region) ?? scene.interpolate(meanDoes ? block.ms.meanBand : block.ms, to: region)
        func made(_ ingredient: Ingredients, _ image: () -> Image?) -> Image? {
            ingredients.contains(ingredient) ? image() : nil
        }
        lowPass = made(.lowPassPAN) { scene.lowPass.apply(to: block.pan, region: region) }
        gaussian = made(.gaussianPAN) {
            SymmetricFilter.apply([scene.gaussian], to: block.pan, rows: rows, columns: columns)
        }
        atrous = made(.atrousPAN) { scene.atrous.apply(to: block.pan, rows: rows, columns: columns) }
        box = made(.boxPAN) { scene.box.mean(of: block.pan, rows: rows, columns: columns) }
        bicubic = made(.bicubicPAN) { scene.bicubic.apply(to: block.pan, region: region) }
        morphological = made(.morphologicalPAN) { scene.pyramid?.apply(to: block.pan, region: region) }
        deviation = made(.deviationPAN) { scene.deviationBox.deviation(of: block.pan, rows: rows, columns: columns) }
        let (coarse, ratio) = (scene.coarseRegion(of: region), scene.ratio)
        let readsCoarse = !ingredients.isDisjoint(with: [.coarseGrid, .coarseGaussian, .coarseBands])
        coarseInterpolated =
            readsCoarse ? scene.upsampler.applyDecimated(to: block.ms, rows: coarse.rows, columns: coarse.columns) : nil
        coarsePAN = made(.coarseGrid) {
            scene.atrous.apply(to: block.pan, step: ratio, rows: coarse.rows, columns: coarse.columns)
        }
        coarseGaussian = made(.coarseGaussian) {
            SymmetricFilter.apply(
                [scene.gaussian], to: block.pan, step: ratio, rows: coarse.rows, columns: coarse.columns)
        }
        reduced =
            ingredients.contains(.reducedScale)
            ? wide.map { ReducedScale(bands: $0, pan: block.pan, scene: scene, coarse: coarse) } : nil
        isCoarseValid = block.isValid.map { isValid in
            coarse.rows.flatMap { row in
                coarse.columns.map { column in
                    isValid[
                        (row * ratio + ratio / 2 - rows.lowerBound) * columns.count + column * ratio + ratio / 2
                            - columns.lowerBound]
                }
            }
        }
    }
}

extension SharpeningScene {
    /// The coarse positions (i, j) whose PAN pixel (r·i + r/2, r·j + r/2) lies in a region.
    func coarseRegion(of region: PixelRegion) -> PixelRegion {
        func coarse(_ range: Range<Int>) -> Range<Int> {
            Decimation.count(range.lowerBound, step: ratio)..<Decimation.count(range.upperBound, step: ratio)
        }
        return PixelRegion(rows: coarse(region.rows), columns: coarse(region.columns))
    }
}

extension SharpeningBlock {
    /// The interpolated bands around the block.
    fileprivate func bands(for ingredients: Ingredients) -> SceneWindow {
        let wide = scene.bandRegion(for: region, ingredients: ingredients)
        return SceneWindow(
            scene.interpolate(ms, to: wide), region: wide, sceneHeight: scene.panHeight, sceneWidth: scene.panWidth)
    }
}

extension SceneWindow {
    /// The mean of all bands.
    fileprivate var meanBand: SceneWindow {
        SceneWindow(
            Image(bands: 1, height: image.height, width: image.width, values: image.meanOfBands), region: region,
            sceneHeight: sceneHeight, sceneWidth: sceneWidth)
    }
}
