import Inference
import Raster
import Sensors

/// A pair at reduced resolution, as files that any method can be run on, with the truth.
struct ReducedPair {
    /// The degraded images.
    let pan: String, ms: String
    /// The multispectral image as it was given, the part that takes part.
    let truth: KnownImage
    /// That part, in pixels of the multispectral image.
    let window: Window

    /// Degrades a pair by Wald's protocol and writes it into a folder.
    ///
    /// Sides that the ratio does not divide, and pixels without a partner, are cut off. Where the grids lie a fraction of
    /// a PAN pixel beside each other PAN is taken to the nearest pixel.
    ///
    /// - Throws: `RasterError`, `WaldProtocolError`, `SceneError` where nothing is left.
    init(_ pair: ScenePair, sensor: Sensor, folder: String) throws {
        let ratio = pair.ratio
        let columns = Self.common(
            ms: pair.ms.profile.width, pan: pair.pan.profile.width, corner: pair.cornerOffset.columns, ratio: ratio)
        let rows = Self.common(
            ms: pair.ms.profile.height, pan: pair.pan.profile.height, corner: pair.cornerOffset.rows, ratio: ratio)
        guard !columns.ms.isEmpty, !rows.ms.isEmpty else {
            throw SceneError(
                .tooSmall,
                "\(pair.pan.file) and \(pair.ms.file) share less than \(ratio) × \(ratio) multispectral pixels, which become "
                    + "one at reduced resolution.",
                remedy: "Judge at full resolution only, or give a larger scene.")
        }
        window = Window(columns: columns.ms, rows: rows.ms)
        truth = try KnownImage(pair.ms, window: window)
        let panPart = try KnownImage(pair.pan, window: Window(columns: columns.pan, rows: rows.pan))
        // The widest filter reaches over 41 pixels of its own grid.
        let reach = 20 * ratio
        let scene = try WaldProtocol.reduce(
            ms: truth.filled(reach: reach), pan: panPart.filled(reach: reach), sensor: sensor, ratio: ratio)
        (ms, pan) = ("\(folder)/reduced-ms.tif", "\(folder)/reduced-pan.tif")
        try Self.write(
            scene.ms, unknown: truth, cell: ratio, bands: pair.ms.profile.withBands(pair.msBands).bands, to: ms)
        try Self.write(
            scene.pan, unknown: panPart, cell: ratio, bands: pair.pan.profile.withBands(pair.panBands).bands, to: pan)
    }

    /// The pixels of one axis that both images have: a multiple of the ratio of multispectral ones, and those of PAN.
    private static func common(ms: Int, pan: Int, corner: Double, ratio: Int) -> (ms: Range<Int>, pan: Range<Int>) {
        // Half a pixel is the convention of the toolboxes; it counts as none.
        let offset = Int(corner.rounded(.toNearestOrEven))
        let first = offset >= 0 ? 0 : (-offset + ratio - 1) / ratio
        let last = Swift.min(ms, (pan - offset) / ratio)
        let count = Swift.max(0, last - first) / ratio * ratio
        let start = offset + first * ratio
        return (first..<first + count, start..<start + count * ratio)
    }

    /// Writes a degraded image; a pixel is unknown where one of those is that it is made of.
    private static func write(
        _ image: Image, unknown source: KnownImage, cell: Int, bands: [RasterProfile.Band], to file: String
    ) throws {
        var valid: [UInt8]?
        if let known = source.valid {
            var mask = [UInt8](repeating: 1, count: image.pixels)
            for pixel in known.indices where known[pixel] == 0 {
                mask[pixel / source.image.width / cell * image.width + pixel % source.image.width / cell] = 0
            }
            valid = mask
        }
        let profile = RasterProfile(
            width: image.width, height: image.height,
            bands: bands.map { .init(name: $0.name, sampleType: .float32, nodata: .nan, metadata: $0.metadata) })
        let writer = try RasterWriter(file, profile: profile)
        try writer.write(image.values, to: profile.window, valid: valid)
        try writer.finish()
    }
}
