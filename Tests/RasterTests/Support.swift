import CGDAL
import Foundation
import Raster
import Testing

/// A directory that goes away with its owner.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/raster-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    /// All names in it, hidden ones too.
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

/// Numbers that are the same in every run.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}

/// Writes a file with GDAL itself, so that reading is not tested with our own writing.
func makeFile(
    _ path: String, driver: String = "GTiff", width: Int, height: Int, bands: Int, type: GDALDataType,
    options: [String] = [], pixels: [Double], prepare: (GDALDatasetH) -> Void = { _ in }
) throws {
    _ = RasterLibrary.cacheLimit  // registers the drivers
    var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    for option in options { list = CSLAddString(list, option) }
    defer { CSLDestroy(list) }
    let dataset = try #require(
        GDALCreate(
            GDALGetDriverByName(driver), path, Int32(width), Int32(height), Int32(bands), type, list))
    prepare(dataset)
    if !pixels.isEmpty {
        var pixels = pixels
        let result = GDALDatasetRasterIO(
            dataset, GF_Write, 0, 0, Int32(width), Int32(height), &pixels, Int32(width), Int32(height), GDT_Float64,
            Int32(bands), nil, 0, 0, 0)
        try #require(result == CE_None)
    }
    GDALClose(dataset)
}

/// The error that a piece of work throws.
func rasterError(_ work: () throws -> Void) -> RasterError? {
    do {
        try work()
        return nil
    } catch {
        return error as? RasterError
    }
}

/// The folder of real scenes; nil on machines without it.
let satelliteScenes: String? = {
    let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let scenes = root.appendingPathComponent("../shared/data/satellite").standardized.path
    return FileManager.default.fileExists(atPath: scenes) ? scenes : nil
}()

/// The pixels of a window, (C, H, W), cut from those of the whole image.
func cut(_ window: Window, from pixels: [Float], of profile: RasterProfile) -> [Float] {
    var result: [Float] = []
    for band in profile.bands.indices {
        for row in window.rows {
            let start = (band * profile.height + row) * profile.width + window.column
            result += pixels[start..<start + window.width]
        }
    }
    return result
}
