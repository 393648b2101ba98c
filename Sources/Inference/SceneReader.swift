import Classical
import Raster
import Sensors

/// Reads blocks of a pair with the pixels around them that a method reaches, unknown pixels filled.
struct SceneReader: Sendable {
    let pair: ScenePair
    let scene: SharpeningScene

    init(_ pair: ScenePair, sensor: Sensor) throws {
        self.pair = pair
        scene = try SharpeningScene(
            panHeight: pair.window.height, panWidth: pair.window.width, msHeight: pair.ms.profile.height,
            msWidth: pair.ms.profile.width, bands: pair.msBands.count, sensor: sensor, ratio: pair.ratio,
            rowShift: pair.rowShift, columnShift: pair.columnShift)
    }

    /// A block ready for a classical method.
    ///
    /// - Parameter panRegion: the PAN pixels that the method needs for `region`.
    func block(_ region: PixelRegion, panRegion: PixelRegion) throws -> SharpeningBlock {
        let panHalo = reach(of: panRegion, around: region)
        let pan = try read(
            pair.pan, bands: [pair.panBand], region: panRegion, reach: panHalo, height: scene.panHeight,
            width: scene.panWidth, origin: (pair.window.row, pair.window.column))
        let msRegion = scene.msRegion(for: region)
        let ms = try read(
            pair.ms, bands: pair.msBands, region: msRegion, reach: scene.msHalo + 1, height: scene.msHeight,
            width: scene.msWidth, origin: (0, 0))
        return SharpeningBlock(
            scene: scene, region: region, pan: pan.window, ms: ms.window,
            isValid: validity(of: region, pan: pan, ms: ms))
    }

    /// A part of one image with unknown pixels filled, and which were known (nil: all).
    struct Part {
        let window: SceneWindow
        let valid: [UInt8]?
    }

    /// Reads a region of one of the images; unknown pixels are filled as far as `reach`.
    ///
    /// - Parameter origin: row and column of the file where the scene's grid begins.
    func read(
        _ reader: RasterReader, bands: [Int], region: PixelRegion, reach: Int, height: Int, width: Int,
        origin: (row: Int, column: Int)
    ) throws -> Part {
        func fileWindow(_ region: PixelRegion) -> Window {
            Window(columns: region.columns, rows: region.rows).shifted(columns: origin.column, rows: origin.row)
        }
        func image(_ values: [Double], _ region: PixelRegion) -> Image {
            Image(bands: bands.count, height: region.rows.count, width: region.columns.count, values: values)
        }
        let (values, valid) = try read(reader, fileWindow(region), bands)
        guard let valid, valid.contains(0) else {
            return Part(
                window: SceneWindow(image(values, region), region: region, sceneHeight: height, sceneWidth: width),
                valid: nil)
        }
        // What a filled pixel becomes depends on known ones around the region too.
        let wide = region.expanded(by: reach, height: height, width: width)
        var (wideValues, wideValid) = try read(reader, fileWindow(wide), bands)
        NodataFilling.fill(
            &wideValues, bands: bands.count, height: wide.rows.count, width: wide.columns.count,
            valid: wideValid ?? [], reach: reach)
        let filled = SceneWindow(image(wideValues, wide), region: wide, sceneHeight: height, sceneWidth: width)
        return Part(
            window: SceneWindow(filled.samples(of: region), region: region, sceneHeight: height, sceneWidth: width),
            valid: valid)
    }

    private func read(
        _ reader: RasterReader, _ window: Window, _ bands: [Int]
    ) throws -> (values: [Double], valid: [UInt8]?) {
        var values = [Double](repeating: 0, count: window.pixelCount * bands.count)
        guard reader.canHoldInvalidPixels(bands) else {
            try values.withUnsafeMutableBufferPointer { try reader.read(window, bands: bands, into: $0) }
            return (values, nil)
        }
        var valid = [UInt8](repeating: 0, count: window.pixelCount)
        try values.withUnsafeMutableBufferPointer { pixels in
            try valid.withUnsafeMutableBufferPointer { try reader.read(window, bands: bands, into: pixels, valid: $0) }
        }
        return (values, valid)
    }

    /// Which pixels of a region are known in both images; nil when all are.
    func validity(of region: PixelRegion, pan: Part, ms: Part) -> [Bool]? {
        if pan.valid == nil, ms.valid == nil { return nil }
        let msRows = region.rows.map {
            pair.msIndex(of: $0, shift: pair.rowShift, count: scene.msHeight) - ms.window.region.rows.lowerBound
        }
        let msColumns = region.columns.map {
            pair.msIndex(of: $0, shift: pair.columnShift, count: scene.msWidth) - ms.window.region.columns.lowerBound
        }
        let msWidth = ms.window.region.columns.count
        let panArea = pan.window.region
        var result: [Bool] = []
        result.reserveCapacity(region.pixels)
        for (i, row) in region.rows.enumerated() {
            let panStart = (row - panArea.rows.lowerBound) * panArea.columns.count - panArea.columns.lowerBound
            for (j, column) in region.columns.enumerated() {
                let inPAN = pan.valid.map { $0[panStart + column] != 0 } ?? true
                let inMS = ms.valid.map { $0[msRows[i] * msWidth + msColumns[j]] != 0 } ?? true
                result.append(inPAN && inMS)
            }
        }
        return result
    }

    /// How far a region goes beyond another one, in any direction.
    private func reach(of outer: PixelRegion, around inner: PixelRegion) -> Int {
        max(
            inner.rows.lowerBound - outer.rows.lowerBound, outer.rows.upperBound - inner.rows.upperBound,
            inner.columns.lowerBound - outer.columns.lowerBound, outer.columns.upperBound - inner.columns.upperBound, 1)
    }
}

extension RasterReader {
    /// Whether anything in the file can say that a pixel has no measurement.
    fileprivate func canHoldInvalidPixels(_ bands: [Int]) -> Bool {
        profile.hasMask || profile.alphaBand != nil
            || bands.contains { profile.bands[$0].nodata != nil || profile.bands[$0].sampleType.isFloatingPoint }
    }
}
