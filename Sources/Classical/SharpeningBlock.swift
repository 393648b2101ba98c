import Sensors

/// A part of a scene to be sharpened, with the pixels around it that the filters reach.
public struct SharpeningBlock: Sendable {
    /// The scene it is a part of.
    public let scene: SharpeningScene
    /// The PAN pixels to be sharpened.
    public let region: PixelRegion
    /// PAN, or the bands of another sharp image: at least ``SharpeningScene/panRegion(for:ingredients:)``.
    public let pan: SceneWindow
    /// The multispectral image: at least ``SharpeningScene/msRegion(for:ingredients:)``.
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
                && ms.sceneWidth == scene.msWidth && ms.image.bands == scene.bands
                && pan.image.bands == scene.sharpBands,
            "windows of another scene")
        precondition(isValid.map { $0.count == region.pixels } ?? true, "a mask of another size than the block")
        self.scene = scene
        self.region = region
        self.pan = pan
        self.ms = ms
        self.isValid = isValid
    }
}
