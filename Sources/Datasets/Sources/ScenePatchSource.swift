import Raster
import Sensors

/// Patches of a scene: a PAN and a multispectral image in GeoTIFF or another raster format, read by windows.
///
/// At reduced resolution both images are degraded by the ratio while they are read (Wald's protocol, the same numbers as
/// `WaldProtocol` gives for the whole scene), and the multispectral image itself is the truth. Patches that depend on an
/// unknown pixel (nodata value, mask, alpha, NaN) are left out; these are found when the scene is opened, by reading the
/// masks once, and the pixels themselves where they are floating-point numbers.
///
/// Patches overlap where the stride is shorter than their side: then a random split lets validation see training data.
public struct ScenePatchSource: SampleSource {
    /// Whether there is a truth.
    public enum Resolution: String, Sendable, Hashable, CaseIterable, Codable {
        /// Both images degraded by the ratio; the multispectral image is the reference.
        case reduced
        /// The images as they are; no reference.
        case full
    }

    /// Size of a multispectral pixel in PAN pixels.
    public let ratio: Int
    /// The upper left corners of the patches in sharp pixels of the samples.
    let corners: [(row: Int, column: Int)]
    let patch: Int
    let resolution: Resolution
    let grid: SceneGrid
    let pan: RasterReader
    let ms: RasterReader
    let filters: [SymmetricFilter]
    let scale: PeakScale

    /// The PAN pixel of a patch, which may lie between pixels, on which the first multispectral sample lies at full
    /// resolution: (ratio − 1) / 2 where the edges of both images lie on each other.
    public var phase: (rows: Double, columns: Double) { grid.phase }

    /// How many patches there are.
    public var count: Int { corners.count }

    /// Opens a scene and finds the patches that are known as a whole.
    ///
    /// - Parameters:
    ///   - pan: the sharp image, of one or more bands.
    ///   - ms: the multispectral image.
    ///   - sensor: gives the gains of the bands' filters at reduced resolution.
    ///   - patch: side of a patch in sharp pixels of the sample, a multiple of the ratio; at reduced resolution these are
    ///     pixels of the multispectral image.
    ///   - stride: sharp pixels from one patch to the next, a multiple of the ratio; their side when nil.
    ///   - peak: what counts as 1; the sensor's when nil, and infinite for numbers as they are in the files.
    ///   - sharesEdges: whether the edges of images without georeference lie on each other, not as the field's toolboxes
    ///     have it.
    /// - Throws: `RasterError`, `WaldProtocolError`, ``DatasetError`` with `grid`, `setting`, `peak` or `empty`.
    public init(
        pan panFile: String, ms msFile: String, sensor: Sensor, resolution: Resolution = .reduced, patch: Int = 64,
        stride: Int? = nil, peak: Double? = nil, sharesEdges: Bool = false
    ) throws {
        let (pan, ms) = (try RasterReader(panFile), try RasterReader(msFile))
        let grid = try SceneGrid(pan: pan, ms: ms, sharesEdges: sharesEdges)
        let bands = ms.profile.dataBands.count
        guard sensor.bands.count >= bands else {
            throw WaldProtocolError.tooFewGains(sensor: sensor.name, gains: sensor.bands.count, bands: bands)
        }
        let stride = stride ?? patch
        for (name, value) in [("patch", patch), ("stride", stride)] {
            guard value >= 1, value.isMultiple(of: grid.ratio) else {
                throw DatasetError(
                    .setting, name, "\(value) is no multiple of the ratio \(grid.ratio).",
                    remedy: "Give a multiple of \(grid.ratio).")
            }
        }
        scale = peak == .infinity ? .none : try PeakScale(peak ?? sensor.peak)
        filters = sensor.mtfGains.prefix(bands).map { MTFFilter.taps(gain: $0, ratio: grid.ratio) }
        (self.pan, self.ms, self.grid, self.patch) = (pan, ms, grid, patch)
        (self.resolution, ratio) = (resolution, grid.ratio)
        let reach = PatchReach(grid: grid, resolution: resolution, patch: patch)
        corners = try reach.knownCorners(stride: stride, pan: pan, ms: ms)
        guard !corners.isEmpty else {
            let area = reach.extent
            throw DatasetError(
                .empty, msFile,
                "of \(area.height) × \(area.width) pixels in common no patch of \(patch) × \(patch) is known as a whole.",
                remedy: "Make patches smaller, or look at the nodata values of both images.")
        }
    }

    /// Reads a patch; nothing about it is random.
    ///
    /// - Throws: `RasterError` for a damaged file, ``DatasetError`` with `peak`.
    public func sample(_ index: Int, random: inout SampleRandom) throws -> Sample {
        let corner = corners[index]
        let reach = PatchReach(grid: grid, resolution: resolution, patch: patch)
        let place = "\(ms.file) at row \(corner.row), column \(corner.column)"
        var images: [SampleRole: SampleImage] = [:]
        switch resolution {
        case .full:
            images[.ms] = try image(ms, reach.msPart(corner), place: place)
            images[.pan] = try image(pan, reach.panPart(corner), place: place)
        case .reduced:
            let msScene = try sceneWindow(ms, reach.msPart(corner), of: grid.ms)
            let panScene = try sceneWindow(pan, reach.panPart(corner), of: grid.pan)
            let (rows, columns) = (corner.row..<corner.row + patch, corner.column..<corner.column + patch)
            let reference = msScene.samples(of: PixelRegion(rows: rows, columns: columns))
            images[.reference] = try scaled(reference, place)
            let coarseRows = rows.lowerBound / ratio..<rows.upperBound / ratio
            let coarseColumns = columns.lowerBound / ratio..<columns.upperBound / ratio
            let coarse = filters.indices.flatMap { band in
                SymmetricFilter.apply(
                    [filters[band]], to: msScene, band: band, step: ratio, rows: coarseRows, columns: coarseColumns
                ).values
            }
            images[.ms] = try scaled(
                Image(bands: filters.count, height: coarseRows.count, width: coarseColumns.count, values: coarse), place
            )
            images[.pan] = try scaled(
                Resize.reduce(panScene, by: ratio, kernel: .bicubic, rows: rows, columns: columns), place)
        }
        return Sample(images: images, name: place)
    }

    /// A window of an image as a part of the area that both images show.
    private func sceneWindow(_ reader: RasterReader, _ window: Window, of area: Window) throws -> SceneWindow {
        let bands = reader.profile.dataBands
        let values: [Double] = try reader.read(window, bands: bands)
        return SceneWindow(
            Image(bands: bands.count, height: window.height, width: window.width, values: values),
            region: PixelRegion(
                rows: window.row - area.row..<window.rows.upperBound - area.row,
                columns: window.column - area.column..<window.columns.upperBound - area.column),
            sceneHeight: area.height, sceneWidth: area.width)
    }

    private func image(_ reader: RasterReader, _ window: Window, place: String) throws -> SampleImage {
        let bands = reader.profile.dataBands
        var values: [Float] = try reader.read(window, bands: bands)
        try scale.apply(to: &values, place: place)
        return SampleImage(bands: bands.count, height: window.height, width: window.width, values: values)
    }

    private func scaled(_ image: Image, _ place: String) throws(DatasetError) -> SampleImage {
        var values = image.values.map { Float($0) }
        try scale.apply(to: &values, place: place)
        return SampleImage(bands: image.bands, height: image.height, width: image.width, values: values)
    }
}
