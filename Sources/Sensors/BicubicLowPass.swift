/// An image reduced by antialiased cubic convolution and enlarged again: what is left of it at the coarse grid's resolution.
///
/// Both steps are MATLAB's `imresize` (``Resize``); a size that the ratio does not divide is cut after enlarging.
public struct BicubicLowPass: Sendable, Hashable {
    /// Size of a coarse pixel in pixels of the image.
    public let ratio: Int

    /// A low pass for a ratio, at least 2.
    public init(ratio: Int) {
        precondition(ratio >= 2, "a ratio of \(ratio)")
        self.ratio = ratio
    }

    /// Pixels on each side of an output that it depends on, at most.
    public var reach: Int { 7 * ratio }

    private func coarse(_ outputs: Range<Int>, count: Int) -> Range<Int> {
        Resize.inputs(of: outputs, count: (count + ratio - 1) / ratio, scale: Double(ratio), kernel: .bicubic)
    }

    /// The low pass of a part of a scene.
    ///
    /// - Parameters:
    ///   - window: the pixels of the scene within ``reach`` of the region.
    ///   - region: the pixels wanted.
    /// - Returns: (C, rows, columns) of the region.
    public func apply(to window: SceneWindow, region: PixelRegion) -> Image {
        let reduced = PixelRegion(
            rows: coarse(region.rows, count: window.sceneHeight),
            columns: coarse(region.columns, count: window.sceneWidth))
        let small = SceneWindow(
            Resize.reduce(window, by: ratio, kernel: .bicubic, rows: reduced.rows, columns: reduced.columns),
            region: reduced, sceneHeight: (window.sceneHeight + ratio - 1) / ratio,
            sceneWidth: (window.sceneWidth + ratio - 1) / ratio)
        return AxisOperator.apply(
            rows: Resize.operation(outputs: region.rows, scale: Double(ratio), kernel: .bicubic),
            columns: Resize.operation(outputs: region.columns, scale: Double(ratio), kernel: .bicubic),
            to: small, border: .symmetric)
    }
}
