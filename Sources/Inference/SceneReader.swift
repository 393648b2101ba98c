import Classical
import Raster
import Sensors

/// Reads parts of a pair with the pixels around them that a method reaches, unknown pixels filled.
struct SceneReader: Sendable {
    let pair: ScenePair
    let scene: SharpeningScene
    /// Gains of the bands' instrument at the Nyquist frequency of the multispectral grid.
    let gains: [Double]

    init(_ pair: ScenePair, sensor: Sensor) throws {
        self.pair = pair
        guard sensor.bands.count >= pair.msBands.count else {
            throw SceneError(
                .sensorMismatch,
                "\(pair.ms.file) has \(pair.msBands.count) bands, and the sensor \(sensor.name) \(sensor.bands.count).",
                remedy: "Name the sensor that the image is from, or none.")
        }
        guard min(pair.window.width, pair.window.height) > pair.ratio / 2 else {
            throw SceneError(
                .tooSmall,
                "\(pair.pan.file) and \(pair.ms.file) share \(pair.window.width) × \(pair.window.height) pixels of the sharp image "
                    + "only, less than one pixel of the other.",
                remedy: "Give two images of one place.")
        }
        var scene = try SharpeningScene(
            panHeight: pair.window.height, panWidth: pair.window.width, msHeight: pair.ms.profile.height,
            msWidth: pair.ms.profile.width, bands: pair.msBands.count, sharpBands: pair.panBands.count, sensor: sensor,
            ratio: pair.ratio, rowShift: pair.rowShift, columnShift: pair.columnShift)
        scene.hyperspectral = pair.hyperspectralForm
        self.scene = scene
        gains = Array(sensor.mtfGains.prefix(pair.msBands.count))
    }

    /// A part of one image.
    struct Part {
        /// The region that was asked for, or more; unknown pixels are filled.
        let window: SceneWindow
        /// The region that was asked for.
        let region: PixelRegion
        /// Which pixels of ``region`` were known; nil when all were.
        let valid: [UInt8]?
    }

    /// What a classical method reads to fuse or to measure a region.
    struct Parts {
        let pan: Part
        let ms: Part
    }

    /// Reads what a method with these ingredients needs of a region.
    ///
    /// Fillings depend neither on the region nor on what was read with it: an unknown pixel that a filter reaches from a
    /// known one is at most the filter's reach away from that, so as many steps fill it, from pixels no further away.
    func parts(of region: PixelRegion, ingredients: Ingredients) throws -> Parts {
        Parts(
            pan: try panPart(
                scene.panRegion(for: region, ingredients: ingredients), reach: scene.panHalo(ingredients),
                frame: scene.panHalo(ingredients)),
            ms: try msPart(
                scene.msRegion(for: region, ingredients: ingredients), reach: scene.msHalo(ingredients) + 1,
                frame: scene.msHalo(ingredients) + 1))
    }

    /// A block of the parts, with no more around it than the method needs.
    func block(_ region: PixelRegion, of parts: Parts, ingredients: Ingredients) -> SharpeningBlock {
        func cut(_ window: SceneWindow, _ region: PixelRegion) -> SceneWindow {
            if window.region == region { return window }
            return SceneWindow(
                window.samples(of: region), region: region, sceneHeight: window.sceneHeight,
                sceneWidth: window.sceneWidth)
        }
        let valid = validity(of: region, pan: parts.pan, ms: parts.ms)
        return SharpeningBlock(
            scene: scene, region: region,
            pan: cut(parts.pan.window, scene.panRegion(for: region, ingredients: ingredients)),
            ms: cut(parts.ms.window, scene.msRegion(for: region, ingredients: ingredients)),
            isValid: valid?.map { $0 != 0 })
    }

    /// Reads a region of PAN.
    ///
    /// - Parameters:
    ///   - reach: steps of filling.
    ///   - frame: pixels around the region that are read for filling.
    func panPart(_ region: PixelRegion, reach: Int, frame: Int) throws -> Part {
        try part(
            of: pair.pan, bands: pair.panBands, region, height: scene.panHeight, width: scene.panWidth,
            origin: pair.window, reach: reach, frame: frame)
    }

    /// Reads a region of the multispectral image; see ``panPart(_:reach:frame:)``.
    func msPart(_ region: PixelRegion, reach: Int, frame: Int) throws -> Part {
        try part(
            of: pair.ms, bands: pair.msBands, region, height: scene.msHeight, width: scene.msWidth,
            origin: pair.ms.profile.window, reach: reach, frame: frame)
    }

    /// - Parameter origin: the part of the file that is the scene.
    private func part(
        of reader: RasterReader, bands: [Int], _ region: PixelRegion, height: Int, width: Int, origin: Window,
        reach: Int, frame: Int
    ) throws -> Part {
        func window(_ region: PixelRegion, _ values: [Double]) -> SceneWindow {
            let image = Image(
                bands: bands.count, height: region.rows.count, width: region.columns.count, values: values)
            return SceneWindow(image, region: region, sceneHeight: height, sceneWidth: width)
        }
        func read(_ region: PixelRegion) throws -> (values: [Double], valid: [UInt8]?) {
            try reader.samples(
                Window(columns: region.columns, rows: region.rows)
                    .shifted(columns: origin.column, rows: origin.row), bands)
        }
        let (values, valid) = try read(region)
        guard let valid, valid.contains(0) else {
            return Part(window: window(region, values), region: region, valid: nil)
        }
        // What a filled pixel becomes depends on known ones around the region too.
        let wide = region.expanded(by: frame, height: height, width: width)
        var (filled, known) = wide == region ? (values, valid) : try read(wide)
        NodataFilling.fill(
            &filled, bands: bands.count, height: wide.rows.count, width: wide.columns.count, valid: known ?? [],
            reach: reach)
        return Part(window: window(wide, filled), region: region, valid: valid)
    }

    /// Which pixels of a region are known in both images, 1 or 0; nil when all are.
    func validity(of region: PixelRegion, pan: Part, ms: Part) -> [UInt8]? {
        if pan.valid == nil, ms.valid == nil { return nil }
        var result = [UInt8](repeating: 1, count: region.pixels)
        if let valid = pan.valid {
            for (i, row) in region.rows.enumerated() {
                let start =
                    (row - pan.region.rows.lowerBound) * pan.region.columns.count + region.columns.lowerBound
                    - pan.region.columns.lowerBound
                for j in 0..<region.columns.count { result[i * region.columns.count + j] = valid[start + j] }
            }
        }
        guard let valid = ms.valid else { return result }
        let columns = region.columns.map {
            pair.msIndex(of: $0, shift: pair.columnShift, count: scene.msWidth) - ms.region.columns.lowerBound
        }
        for (i, row) in region.rows.enumerated() {
            let msRow =
                pair.msIndex(of: row, shift: pair.rowShift, count: scene.msHeight) - ms.region.rows.lowerBound
            let start = msRow * ms.region.columns.count
            for (j, column) in columns.enumerated() { result[i * columns.count + j] &= valid[start + column] }
        }
        return result
    }
}

extension RasterReader {
    /// The samples of a window, and which of its pixels are known, 1 or 0 (nil: the file cannot say that any is not).
    package func samples(_ window: Window, _ bands: [Int]) throws -> (values: [Double], valid: [UInt8]?) {
        let count = window.pixelCount * bands.count
        let canHoldUnknownPixels =
            profile.hasMask || profile.alphaBand != nil
            || bands.contains { profile.bands[$0].nodata != nil || profile.bands[$0].sampleType.isFloatingPoint }
        guard canHoldUnknownPixels else {
            let values = try [Double](unsafeUninitializedCapacity: count) { values, initialized in
                try read(window, bands: bands, into: UnsafeMutableBufferPointer(rebasing: values[..<count]))
                initialized = count
            }
            return (values, nil)
        }
        var values = [Double](repeating: 0, count: count)
        var valid = [UInt8](repeating: 0, count: window.pixelCount)
        try values.withUnsafeMutableBufferPointer { pixels in
            try valid.withUnsafeMutableBufferPointer { try read(window, bands: bands, into: pixels, valid: $0) }
        }
        // GDAL takes alpha for a mask only where it is the second of two bands or the fourth of four.
        if let alpha = profile.alphaBand, profile.bands.count != 2, profile.bands.count != 4 {
            let opacity: [Float] = try read(window, bands: [alpha])
            for pixel in valid.indices where opacity[pixel] == 0 { valid[pixel] = 0 }
        }
        return (values, valid)
    }
}
