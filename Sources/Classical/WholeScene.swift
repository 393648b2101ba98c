import Sensors

/// A scene that is fused as a whole in memory, for methods in which every pixel depends on every other.
struct WholeScene: Sendable {
    /// Samples of bands and PAN that a scene may have: 1024 × 1024 pixels with eight bands. Solvers go over all of them many
    /// times, so what bounds a scene is time more than memory, and no allowance of memory changes it.
    static let capacity = 9 << 20

    let scene: SharpeningScene
    /// M, (C, H, W); pixels that do not count have the mean of those that do.
    let interpolated: Image
    /// P, (1, H, W), as M.
    let pan: Image
    /// Mean and deviation of each band and of PAN, of the pixels that count.
    let statistics: SceneStatistics

    /// The step that reads a scene and fuses it.
    ///
    /// - Throws: ``ClassicalError/tooLarge(method:pixels:most:)``.
    static func step(
        _ method: String, on scene: SharpeningScene, fuse: @escaping @Sendable (WholeScene) -> Image
    ) throws(ClassicalError) -> FittingStep {
        let most = capacity / (scene.bands + 1)
        guard scene.region.pixels <= most else {
            throw .tooLarge(method: method, pixels: "\(scene.panHeight) × \(scene.panWidth)", most: most)
        }
        let statistics = SceneStatistics(of: scene, plan: BandMatch.plan(scene, spread: .pan))
        return .pass(
            ScenePass(MeasurementPair(first: statistics, second: SceneCrop(region: scene.region))) {
                (measured) throws(ClassicalError) in
                try measured.first.validate()
                let (bands, pan) = measured.second.filled()
                let fused = fuse(
                    WholeScene(scene: scene, interpolated: bands, pan: pan, statistics: measured.first))
                return .fitted(
                    FittedMethod { fused.cropped(rows: $0.region.rows, columns: $0.region.columns) })
            })
    }

    /// The multispectral image: M where its samples lie, (C, ⌈H/r⌉, ⌈W/r⌉). A last row or column whose sample lies beyond
    /// PAN repeats the one before.
    func multispectral() -> Image {
        let ratio = scene.ratio
        func places(_ count: Int) -> [Int] {
            let last = max(Decimation.count(count, step: ratio) - 1, 0)
            return (0..<(count + ratio - 1) / ratio).map { min($0, last) * ratio + ratio / 2 }
        }
        let (rows, columns) = (places(pan.height), places(pan.width))
        var result = Image(bands: interpolated.bands, height: rows.count, width: columns.count)
        for band in 0..<result.bands {
            for (row, sourceRow) in rows.enumerated() {
                for (column, sourceColumn) in columns.enumerated() {
                    result[band, row, column] = interpolated[band, sourceRow, sourceColumn]
                }
            }
        }
        return result
    }

    /// PAN with its last rows and columns repeated up to multiples of the ratio.
    func paddedPAN() -> Image {
        let ratio = scene.ratio
        let (height, width) = ((pan.height + ratio - 1) / ratio * ratio, (pan.width + ratio - 1) / ratio * ratio)
        if height == pan.height && width == pan.width { return pan }
        var result = Image(bands: 1, height: height, width: width)
        for row in 0..<height {
            for column in 0..<width {
                result[0, row, column] = pan[0, min(row, pan.height - 1), min(column, pan.width - 1)]
            }
        }
        return result
    }
}
