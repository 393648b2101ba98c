import Foundation
import Inference
import Raster
import Testing

/// A directory that goes away with its owner.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/inference-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    /// All names in it, hidden ones too.
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

/// A file to be written: its grid, its type and what it says of unknown pixels.
struct TestImage {
    var width: Int
    var height: Int
    var bands = 1
    var type = SampleType.uint16
    /// Metres of a pixel.
    var pixel = 1.0
    /// Easting and northing of the upper left corner.
    var corner = (x: 500_000.0, y: 4_000_000.0)
    var isGeoreferenced = true
    /// Turn of the grid against north, in radians.
    var turn = 0.0
    var projection: String? = "EPSG:32616"
    var nodata: Double?
    var hasMask = false
    var hasAlpha = false
    var creationOptions: [String] = []

    var transform: GeoTransform {
        GeoTransform(
            originX: corner.x, originY: corner.y, columnStepX: pixel * cos(turn), columnStepY: pixel * sin(turn),
            rowStepX: pixel * sin(turn), rowStepY: -pixel * cos(turn))
    }

    /// Easting and northing of a pixel's centre, less those of (500,000, 4,000,000).
    func place(_ row: Int, _ column: Int) -> (x: Double, y: Double) {
        let place = transform.position(column: Double(column) + 0.5, row: Double(row) + 0.5)
        return (place.x - 500_000, place.y - 4_000_000)
    }

    /// Writes the image.
    ///
    /// - Parameters:
    ///   - isValid: whether a pixel is known; all are when nil.
    ///   - value: the sample of a band, a row and a column.
    @discardableResult
    func write(
        _ file: String, isValid: ((_ row: Int, _ column: Int) -> Bool)? = nil,
        value: (_ band: Int, _ row: Int, _ column: Int) -> Double
    ) throws -> String {
        var bandProfiles = (0..<bands).map {
            RasterProfile.Band(name: "band \($0 + 1)", sampleType: type, nodata: nodata)
        }
        if hasAlpha { bandProfiles.append(.init(sampleType: type, color: .alpha)) }
        var profile = RasterProfile(width: width, height: height, bands: bandProfiles)
        if isGeoreferenced {
            profile.geoTransform = transform
            profile.projection = projection.flatMap { Projection.wkt(named: $0) }
        }
        profile.hasMask = hasMask
        let writer = try RasterWriter(
            file, profile: profile, options: .init(creationOptions: creationOptions, overwrites: true))
        var pixels: [Double] = []
        pixels.reserveCapacity(bands * width * height)
        for band in 0..<bands {
            for row in 0..<height {
                for column in 0..<width { pixels.append(value(band, row, column)) }
            }
        }
        let valid = isValid.map { isValid in
            (0..<height).flatMap { row in (0..<width).map { isValid(row, $0) ? UInt8(1) : 0 } }
        }
        try writer.write(pixels, to: profile.window, valid: valid)
        try writer.finish()
        return file
    }
}

/// A land that is the same in every run: fields, edges and fine texture, in digital numbers of 11 bits.
enum Land {
    /// A band at a place in metres.
    static func band(_ band: Int, _ x: Double, _ y: Double) -> Double {
        let fields = 700 + 150 * sin(x / 37 + Double(band)) * cos(y / 29) + 100 * sin((x + y) / 13)
        let edge = (Int((x / 23).rounded(.down)) + Int((y / 31).rounded(.down))) % 2 == 0 ? 180.0 : 0
        return fields + edge * (1 + 0.2 * Double(band))
    }

    /// PAN at a place in metres.
    static func pan(_ x: Double, _ y: Double) -> Double {
        let mean = (0..<4).reduce(0) { $0 + band($1, x, y) } / 4
        return mean + 60 * sin(x * 2.1) * cos(y * 1.7)
    }
}

/// A pair of files of the land.
struct TestScene {
    var pan: TestImage
    var ms: TestImage
    let directory: TemporaryDirectory

    /// - Parameter offset: PAN pixels from PAN's corner right and down to the multispectral image's.
    init(
        panWidth: Int, panHeight: Int, msWidth: Int? = nil, msHeight: Int? = nil, ratio: Int = 4, bands: Int = 4,
        offset: (column: Double, row: Double) = (0, 0), type: SampleType = .uint16
    ) throws {
        pan = TestImage(width: panWidth, height: panHeight, type: type)
        ms = TestImage(
            width: msWidth ?? panWidth / ratio, height: msHeight ?? panHeight / ratio, bands: bands, type: type,
            pixel: Double(ratio), corner: (500_000 + offset.column, 4_000_000 - offset.row))
        directory = try TemporaryDirectory()
    }

    var panFile: String { directory.file("pan.tif") }
    var msFile: String { directory.file("ms.tif") }

    /// Writes both files with the land in them.
    func writeLand(
        isPANValid: ((_ row: Int, _ column: Int) -> Bool)? = nil,
        isMSValid: ((_ row: Int, _ column: Int) -> Bool)? = nil
    ) throws {
        try pan.write(panFile, isValid: isPANValid) { _, row, column in
            let place = pan.place(row, column)
            return Land.pan(place.x, place.y)
        }
        try ms.write(msFile, isValid: isMSValid) { band, row, column in
            let place = ms.place(row, column)
            return Land.band(band, place.x, place.y)
        }
    }

    func pair() throws -> ScenePair { try ScenePair(pan: panFile, ms: msFile) }
}

/// The error that a piece of work throws.
func sceneError(_ work: () throws -> Void) -> SceneError? {
    do {
        try work()
        return nil
    } catch {
        if error as? SceneError == nil { Issue.record("another error: \(error)") }
        return error as? SceneError
    }
}
