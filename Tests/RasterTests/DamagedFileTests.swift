import CGDAL
import Foundation
import Raster
import Testing

@Suite("Damaged files") struct DamagedFileTests {
    static let layouts: [[String]] = [
        [], ["TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16"], ["COMPRESS=DEFLATE"],
        ["BIGTIFF=YES", "COMPRESS=LZW", "TILED=YES", "BLOCKXSIZE=32", "BLOCKYSIZE=16"],
    ]

    private func makeImage(_ directory: TemporaryDirectory, _ options: [String]) throws -> (Data, [Float]) {
        var random = SplitMix64(seed: 5)
        let pixels = (0..<40 * 50 * 2).map { _ in Double(Int.random(in: 0...65535, using: &random)) }
        let file = directory.file("whole.tif")
        try makeFile(
            file, width: 40, height: 50, bands: 2, type: GDT_UInt16, options: options, pixels: pixels)
        return (try Data(contentsOf: URL(fileURLWithPath: file)), pixels.map(Float.init))
    }

    /// Reads all it can of a file; true when nothing complained.
    private func read(_ file: String, into pixels: inout [Float]) throws -> Bool {
        do {
            let reader = try RasterReader(file)
            #expect(reader.profile.sampleCount >= 0)
            guard reader.profile.sampleCount <= 1 << 20 else { return false }
            pixels = try reader.read(reader.profile.window)
            _ = try reader.readMask(reader.profile.window)
            return true
        } catch let error as RasterError {
            #expect(error.file == file && !error.problem.isEmpty && !error.remedy.isEmpty)
            return false
        }
    }

    @Test("a file cut off anywhere is refused or read right, never read wrong", arguments: layouts)
    func truncated(options: [String]) throws {
        let directory = try TemporaryDirectory()
        let (whole, pixels) = try makeImage(directory, options)
        let cut = directory.file("cut.tif")
        var offsets = Array(0..<300) + Array(stride(from: 300, to: whole.count - 1, by: 97))
        offsets.append(whole.count - 1)
        var accepted = 0
        for length in offsets where length < whole.count {
            try whole.prefix(length).write(to: URL(fileURLWithPath: cut))
            var found: [Float] = []
            if try read(cut, into: &found) {
                accepted += 1
                #expect(found == pixels, "cut at \(length) of \(whole.count) bytes")
            }
        }
        #expect(accepted < offsets.count / 10)
        let error = rasterError {
            try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: cut))
            let reader = try RasterReader(cut)
            _ = try reader.read(reader.profile.window, as: Float.self)
        }
        #expect(error?.code == .damaged)
        #expect(error?.description.contains("truncated or damaged") == true)
    }

    @Test("bytes changed at random in the header never crash", arguments: [UInt64(1), 2, 3])
    func mutated(seed: UInt64) throws {
        let directory = try TemporaryDirectory()
        var random = SplitMix64(seed: seed)
        let (whole, _) = try makeImage(directory, Self.layouts[Int(seed)])
        // The directory of tags lies at the beginning, or where the first bytes point.
        let file = directory.file("mutated.tif")
        for _ in 0..<200 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                bytes[Int.random(in: 0..<min(400, bytes.count), using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            try bytes.write(to: URL(fileURLWithPath: file))
            var found: [Float] = []
            _ = try read(file, into: &found)
        }
    }

    @Test("random bytes are no image")
    func noise() throws {
        let directory = try TemporaryDirectory()
        var random = SplitMix64(seed: 9)
        for length in [1, 7, 64, 5000] {
            let bytes = Data((0..<length).map { _ in UInt8.random(in: 0...255, using: &random) })
            try bytes.write(to: URL(fileURLWithPath: directory.file("noise.tif")))
            #expect(rasterError { _ = try RasterReader(directory.file("noise.tif")) }?.code == .notAnImage)
        }
    }
}
