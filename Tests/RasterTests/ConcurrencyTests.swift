import CGDAL
import Foundation
import Raster
import Testing

@Suite("Threads") struct ConcurrencyTests {
    /// Counts from several threads.
    final class Counter: @unchecked Sendable {
        private let lock = NSLock()
        private var count = 0  // under `lock`
        func add() { lock.withLock { count += 1 } }
        var value: Int { lock.withLock { count } }
    }

    private func makeImage(_ file: String) throws -> [Float] {
        var random = SplitMix64(seed: 3)
        let pixels = (0..<300 * 200 * 3).map { _ in Double(Int.random(in: 0...65535, using: &random)) }
        try makeFile(
            file, width: 300, height: 200, bands: 3, type: GDT_UInt16,
            options: ["TILED=YES", "BLOCKXSIZE=32", "BLOCKYSIZE=32", "COMPRESS=DEFLATE"], pixels: pixels)
        return pixels.map(Float.init)
    }

    @Test("many threads read the same pixels as one, from a GeoTIFF and from a VRT on it", arguments: [false, true])
    func reading(throughVRT: Bool) throws {
        let directory = try TemporaryDirectory()
        let pixels = try makeImage(directory.file("a.tif"))
        var file = directory.file("a.tif")
        if throughVRT {
            file = directory.file("a.vrt")
            let bands = (1...3).map { band in
                """
                <VRTRasterBand dataType="UInt16" band="\(band)"><SimpleSource>
                <SourceFilename relativeToVRT="1">a.tif</SourceFilename><SourceBand>\(band)</SourceBand>
                </SimpleSource></VRTRasterBand>
                """
            }
            let text = "<VRTDataset rasterXSize=\"300\" rasterYSize=\"200\">\(bands.joined())</VRTDataset>"
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        }
        let reader = try RasterReader(file)
        #expect(try reader.read(reader.profile.window) == pixels)
        let windows = reader.profile.window.tiles(width: 37, height: 23)
        let wrong = Counter()
        DispatchQueue.concurrentPerform(iterations: windows.count * 4) { index in
            let window = windows[index % windows.count]
            guard let found: [Float] = try? reader.read(window, bands: [0, 1, 2]) else { return wrong.add() }
            if found != cut(window, from: pixels, of: reader.profile) { wrong.add() }
        }
        #expect(wrong.value == 0)
    }

    @Test(
        "many threads write one file, across its blocks, and it equals what one thread writes",
        arguments: ["a.tif", "a.png"])
    func writing(name: String) throws {
        let directory = try TemporaryDirectory()
        let pixels = try makeImage(directory.file("source.tif"))
        let bands = [RasterProfile.Band](repeating: .init(sampleType: .uint16), count: 3)
        let profile = RasterProfile(width: 300, height: 200, bands: bands)
        let writer = try RasterWriter(directory.file(name), profile: profile)
        let windows = profile.window.tiles(width: 41, height: 29).shuffledForTest()
        let failed = Counter()
        DispatchQueue.concurrentPerform(iterations: windows.count) { index in
            let window = windows[index]
            do { try writer.write(cut(window, from: pixels, of: profile), to: window) } catch { failed.add() }
        }
        #expect(failed.value == 0)
        try writer.finish()
        let reader = try RasterReader(directory.file(name))
        #expect(try reader.read(reader.profile.window) == pixels)
    }

    @Test("GDAL's cache takes the limit that it is given, at least 1 MiB, and small caches change no pixel")
    func cache() throws {
        let before = RasterLibrary.cacheLimit
        defer { RasterLibrary.setCacheLimit(bytes: before) }
        RasterLibrary.setCacheLimit(bytes: 5)
        #expect(RasterLibrary.cacheLimit == 1 << 20)
        let directory = try TemporaryDirectory()
        var profile = RasterProfile(width: 1100, height: 900, bands: [.init(sampleType: .uint16)])
        profile.bands = .init(repeating: profile.bands[0], count: 2)
        let values = (0..<profile.sampleCount).map { Float(($0 * 7919) % 65536) }
        let writer = try RasterWriter(directory.file("a.tif"), profile: profile)
        for window in profile.window.tiles(width: 130, height: 900) {
            try writer.write(cut(window, from: values, of: profile), to: window)
        }
        try writer.finish()
        #expect(try RasterReader(directory.file("a.tif")).read(profile.window) == values)
    }
}

extension [Window] {
    fileprivate func shuffledForTest() -> [Window] {
        var random = SplitMix64(seed: 21)
        return shuffled(using: &random)
    }
}
