import Sensors

/// Both images as they would be at a resolution lower by the ratio, where the detail that bands lack is known.
///
/// A = ↓M by antialiased cubic convolution, A'_b = G_b ∗ A_b, p = (G_P ∗ P) at the PAN pixels r·i + r/2. The detail of band b
/// that its MTF takes away, A_b − A'_b, is what BDSD explains by A' and p.
struct ReducedScale: Sendable {
    /// A_b, (C, rows, columns).
    let bands: Image
    /// A'_b.
    let blurred: Image
    /// p, (1, rows, columns).
    let pan: Image

    /// PAN pixels around a block to which bands have to be interpolated.
    static func reach(ratio: Int) -> Int { (MTFFilter.radius + 3) * ratio }

    /// - Parameters:
    ///   - bands: the interpolated bands within ``reach(ratio:)``.
    ///   - pan: PAN within the reach of its MTF filter.
    ///   - coarse: the coarse pixels wanted.
    init(bands: SceneWindow, pan: SceneWindow, scene: SharpeningScene, coarse: PixelRegion) {
        let ratio = scene.ratio
        let (height, width) = (
            Decimation.count(scene.panHeight, step: ratio), Decimation.count(scene.panWidth, step: ratio)
        )
        let wide = coarse.expanded(by: MTFFilter.radius, height: height, width: width)
        let reduced = SceneWindow(
            Resize.reduce(bands, by: ratio, kernel: .bicubic, rows: wide.rows, columns: wide.columns), region: wide,
            sceneHeight: height, sceneWidth: width)
        self.bands = reduced.samples(of: coarse)
        var blurred = Image(bands: scene.bands, height: coarse.rows.count, width: coarse.columns.count)
        for band in 0..<scene.bands {
            let filtered = SymmetricFilter.apply(
                [scene.filters[scene.filterOfBand[band]]], to: reduced, band: band, rows: coarse.rows,
                columns: coarse.columns)
            blurred.values.replaceSubrange(band * blurred.pixels..<(band + 1) * blurred.pixels, with: filtered.values)
        }
        self.blurred = blurred
        self.pan = SymmetricFilter.apply(
            [scene.panFilter], to: pan, step: ratio, rows: coarse.rows, columns: coarse.columns)
    }
}
