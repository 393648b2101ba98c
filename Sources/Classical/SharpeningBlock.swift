import Sensors

/// What a method reads of a block besides PAN and the interpolated multispectral image.
public struct Ingredients: OptionSet, Sendable, Hashable {
    /// One bit an ingredient.
    public let rawValue: Int

    /// A set of ingredients.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// PAN with each band's MTF, P_L,b = U(D(G_b ∗ P)).
    public static let lowPassPAN = Ingredients(rawValue: 1)
    /// PAN with the Gaussian of gain 0.3 (`LPfilterGauss`).
    public static let gaussianPAN = Ingredients(rawValue: 2)
    /// Both images on the coarse grid: `LPfilterPlusDec` of PAN, and the multispectral image at the same places.
    public static let coarseGrid = Ingredients(rawValue: 4)
}

/// A part of a scene to be sharpened, with the pixels around it that the filters reach.
public struct SharpeningBlock: Sendable {
    /// The scene it is a part of.
    public let scene: SharpeningScene
    /// The PAN pixels to be sharpened.
    public let region: PixelRegion
    /// PAN, one band: at least ``SharpeningScene/panRegion(for:ingredients:)``.
    public let pan: SceneWindow
    /// The multispectral image: at least ``SharpeningScene/msRegion(for:)``.
    public let ms: SceneWindow
    /// Which pixels of ``region`` count in statistics, row by row; all of them when nil. Pixels that do not count must
    /// hold finite values all the same, since filters reach over them.
    public let isValid: [Bool]?

    /// A block.
    public init(
        scene: SharpeningScene, region: PixelRegion, pan: SceneWindow, ms: SceneWindow, isValid: [Bool]? = nil
    ) {
        precondition(
            pan.sceneHeight == scene.panHeight && pan.sceneWidth == scene.panWidth && ms.sceneHeight == scene.msHeight
                && ms.sceneWidth == scene.msWidth && ms.image.bands == scene.bands && pan.image.bands == 1,
            "windows of another scene")
        precondition(isValid.map { $0.count == region.pixels } ?? true, "a mask of another size than the block")
        self.scene = scene
        self.region = region
        self.pan = pan
        self.ms = ms
        self.isValid = isValid
    }
}

/// A block with everything computed that a method reads.
public struct PreparedBlock: Sendable {
    /// The scene it is a part of.
    public let scene: SharpeningScene
    /// The PAN pixels to be sharpened.
    public let region: PixelRegion
    /// M, the multispectral image on the PAN grid, (C, rows, columns).
    package var interpolated: Image
    /// P, (1, rows, columns).
    let pan: Image
    /// P_L for each distinct filter, (filters, rows, columns).
    let lowPass: Image?
    /// LPfilterGauss(P), (1, rows, columns).
    let gaussian: Image?
    /// M at the PAN pixels r·i + r/2 that lie in the block.
    package var coarseInterpolated: Image?
    /// LPfilterPlusDec(P) at these pixels.
    let coarsePAN: Image?
    let isValid: [Bool]?
    /// Which coarse pixels count.
    let isCoarseValid: [Bool]?

    /// Computes what is asked for.
    public init(_ block: SharpeningBlock, ingredients: Ingredients) {
        let (scene, region) = (block.scene, block.region)
        self.scene = scene
        self.region = region
        isValid = block.isValid
        pan = block.pan.samples(of: region)
        interpolated = scene.upsampler.apply(to: block.ms, region: region)
        lowPass = ingredients.contains(.lowPassPAN) ? scene.lowPass.apply(to: block.pan, region: region) : nil
        gaussian =
            ingredients.contains(.gaussianPAN)
            ? SymmetricFilter.apply(
                [MTFFilter.gaussian(ratio: scene.ratio)], to: block.pan, rows: region.rows, columns: region.columns)
            : nil
        guard ingredients.contains(.coarseGrid) else {
            (coarseInterpolated, coarsePAN, isCoarseValid) = (nil, nil, nil)
            return
        }
        let ratio = scene.ratio
        /// The coarse positions i with r·i + r/2 in a range.
        func coarse(_ range: Range<Int>) -> Range<Int> {
            Decimation.count(range.lowerBound, step: ratio)..<Decimation.count(range.upperBound, step: ratio)
        }
        let (rows, columns) = (coarse(region.rows), coarse(region.columns))
        coarseInterpolated = scene.upsampler.applyDecimated(to: block.ms, rows: rows, columns: columns)
        coarsePAN = scene.atrous.apply(to: block.pan, step: ratio, rows: rows, columns: columns)
        isCoarseValid = block.isValid.map { isValid in
            rows.flatMap { row in
                columns.map { column in
                    isValid[
                        (row * ratio + ratio / 2 - region.rows.lowerBound) * region.columns.count + column * ratio
                            + ratio / 2 - region.columns.lowerBound]
                }
            }
        }
    }
}
