import Inference
import Raster
import Sensors

/// A pair at reduced resolution, as files that any method can be run on; the truth is the multispectral image itself.
///
/// It is made part by part by Wald's protocol (see `WaldProtocol`), so scenes may be larger than memory. Sides that the
/// ratio does not divide, and pixels without a partner, are cut off. Where the grids lie a fraction of a PAN pixel beside
/// each other PAN is taken to the nearest pixel.
struct ReducedPair {
    /// The pixels that take part, of the multispectral image and of PAN.
    struct Part {
        let ms: Window, pan: Window
        let ratio: Int

        /// - Throws: `SceneError` where nothing is left.
        init(_ pair: ScenePair) throws {
            ratio = pair.ratio
            let columns = Self.common(
                ms: pair.ms.profile.width, pan: pair.pan.profile.width, corner: pair.cornerOffset.columns, ratio: ratio)
            let rows = Self.common(
                ms: pair.ms.profile.height, pan: pair.pan.profile.height, corner: pair.cornerOffset.rows, ratio: ratio)
            guard !columns.ms.isEmpty, !rows.ms.isEmpty else {
                throw SceneError(
                    .tooSmall,
                    "\(pair.pan.file) and \(pair.ms.file) share less than \(ratio) × \(ratio) multispectral pixels, which "
                        + "become one at reduced resolution.",
                    remedy: "Judge at full resolution only, or give a larger scene.")
            }
            ms = Window(columns: columns.ms, rows: rows.ms)
            pan = Window(columns: columns.pan, rows: rows.pan)
        }

        /// The pixels of one axis that both images have: a multiple of the ratio of multispectral ones, and those of PAN.
        private static func common(
            ms: Int, pan: Int, corner: Double, ratio: Int
        ) -> (ms: Range<Int>, pan: Range<Int>) {
            // Half a pixel is the convention of the toolboxes; it counts as none.
            let offset = Int(corner.rounded(.toNearestOrEven))
            let first = offset >= 0 ? 0 : (-offset + ratio - 1) / ratio
            let last = Swift.min(ms, (pan - offset) / ratio)
            let count = Swift.max(0, last - first) / ratio * ratio
            let start = offset + first * ratio
            return (first..<first + count, start..<start + count * ratio)
        }
    }

    /// The degraded images' files.
    let pan: String, ms: String

    /// Where the degraded images go.
    static func panFile(in folder: String) -> String { "\(folder)/reduced-pan.tif" }
    static func msFile(in folder: String) -> String { "\(folder)/reduced-ms.tif" }

    /// Degrades a part of a pair and writes it into a folder.
    ///
    /// - Throws: `RasterError`; `SceneError` when somebody asked to stop.
    init(_ pair: ScenePair, part: Part, sensor: Sensor, folder: String, watch: MeasuringWatch) throws {
        let ratio = part.ratio
        (ms, pan) = (Self.msFile(in: folder), Self.panFile(in: folder))
        let filters = sensor.mtfGains.prefix(pair.msBands.count).map { MTFFilter.taps(gain: $0, ratio: ratio) }
        try Degradation(
            source: pair.ms, window: part.ms, ratio: ratio, halo: MTFFilter.radius,
            bands: pair.ms.profile.withBands(pair.msBands).bands, watch: watch
        ).write(to: ms) { window, outputs in
            let values = filters.enumerated().flatMap { band, filter in
                SymmetricFilter.apply(
                    [filter], to: window, band: band, step: ratio, rows: outputs.rows, columns: outputs.columns
                ).values
            }
            return Image(
                bands: filters.count, height: outputs.rows.count, width: outputs.columns.count, values: values)
        }
        try Degradation(
            source: pair.pan, window: part.pan, ratio: ratio, halo: Resize.reductionHalo(by: ratio),
            bands: pair.pan.profile.withBands(pair.panBands).bands, watch: watch
        ).write(to: pan) { window, outputs in
            Resize.reduce(window, by: ratio, kernel: .bicubic, rows: outputs.rows, columns: outputs.columns)
        }
    }
}

/// An image brought to a coarser grid, tile by tile.
private struct Degradation {
    let source: RasterReader
    /// The part of the source that takes part.
    let window: Window
    let ratio: Int
    /// Pixels beyond those that an output stands for which the filter reads.
    let halo: Int
    let bands: [RasterProfile.Band]
    let watch: MeasuringWatch

    /// Writes the degraded image; a pixel is unknown where one of those is that it stands for.
    ///
    /// - Parameter reduce: makes some outputs from a part of the source.
    func write(to file: String, reduce: (SceneWindow, PixelRegion) -> Image) throws {
        let profile = RasterProfile(
            width: window.width / ratio, height: window.height / ratio,
            bands: bands.map { .init(name: $0.name, sampleType: .float32, nodata: .nan, metadata: $0.metadata) })
        let writer = try RasterWriter(file, profile: profile)
        let tiles = profile.window.tiles(width: side, height: side)
        let progress = watch.progress("degrading")
        for (index, tile) in tiles.enumerated() {
            try progress(index, tiles.count)
            let (image, valid) = try degraded(tile, reduce)
            try writer.write(image.values, to: tile, valid: valid)
        }
        try writer.finish()
    }

    /// Rows and columns of a tile: what is read for it, filled and filtered takes an eighth of the memory at most.
    private var side: Int {
        let pixels = watch.memoryBytes / 8 / (4 * MemoryLayout<Double>.size * Swift.max(1, bands.count))
        let read = Int(Double(pixels).squareRoot())
        return Swift.min(Swift.max((read - 4 * halo) / ratio, 16), 256)
    }

    private func degraded(
        _ tile: Window, _ reduce: (SceneWindow, PixelRegion) -> Image
    ) throws -> (image: Image, valid: [UInt8]?) {
        let outputs = PixelRegion(rows: tile.rows, columns: tile.columns)
        let cells = PixelRegion(
            rows: tile.row * ratio..<tile.rows.upperBound * ratio,
            columns: tile.column * ratio..<tile.columns.upperBound * ratio)
        // What is filled within the filter's reach depends on pixels as far away again.
        let region = cells.expanded(by: 2 * halo, height: window.height, width: window.width)
        let part = Window(columns: region.columns, rows: region.rows)
            .shifted(columns: window.column, rows: window.row)
        let known = try KnownImage(source, window: part)
        let scene = SceneWindow(
            known.filled(reach: halo + ratio), region: region, sceneHeight: window.height, sceneWidth: window.width)
        guard let mask = known.valid else { return (reduce(scene, outputs), nil) }
        var valid = [UInt8](repeating: 1, count: tile.pixelCount)
        for row in cells.rows {
            let start = (row - region.rows.lowerBound) * region.columns.count - region.columns.lowerBound
            for column in cells.columns where mask[start + column] == 0 {
                valid[(row / ratio - tile.row) * tile.width + column / ratio - tile.column] = 0
            }
        }
        return (reduce(scene, outputs), valid)
    }
}
