import Classical
import Foundation
import Inference
import Raster
import Sensors
import Testing

@Suite struct ClassicalTilesTests {
    static let names = ClassicalMethods.all.map(\.name)

    static func options(side: Int, threads: Int, type: SampleType = .float64) -> Pansharpening.Options {
        var options = Pansharpening.Options()
        options.tileSide = side
        options.threads = threads
        options.sampleType = type
        options.writing = .init(creationOptions: ["COMPRESS=NONE"], overwrites: true)
        return options
    }

    private func bits(_ pair: ScenePair, _ method: any ClassicalMethod, _ output: String, side: Int, threads: Int)
        throws
        -> [UInt64]
    {
        _ = try Pansharpening(
            pair: pair, method: .classical(method), sensor: .ikonos,
            options: Self.options(side: side, threads: threads)
        ).run(output: output)
        let reader = try RasterReader(output)
        return try reader.read(reader.profile.window, as: Double.self).map(\.bitPattern)
    }

    /// Tiles and threads to compare with the whole image in one thread.
    ///
    /// Methods that hold the scene cut tiles out of one result; of the others each way of reading and measuring has one method
    /// that goes through all tilings, and every method goes through the smallest tiles.
    private static func tilings(_ name: String) -> [(side: Int, threads: Int)] {
        switch name {
        case "PWMBF", "TV", "RR", "SR-D", "CNMF", "HySure": [(100, 2)]
        case "GSA", "MTF-GLP-FS", "PRACS", "BDSD-64", "C-GS2-GLP", "FE-HPM": [(64, 4), (100, 2), (257, 1), (1024, 2)]
        default: [(64, 4)]
        }
    }

    @Test(
        "results are the same to the bit for any tiles and threads, with unknown pixels and without",
        arguments: names, [false, true])
    func sameBits(_ name: String, _ hasNodata: Bool) throws {
        let method = try #require(ClassicalMethods.named(name))
        // Two blocks of statistics beside each other.
        var scene = try TestScene(panWidth: 301, panHeight: 130, msWidth: 76, msHeight: 33, offset: (0.3, -0.7))
        if hasNodata {
            (scene.pan.nodata, scene.ms.nodata) = (0, 0)
            try scene.writeLand(
                isPANValid: { row, column in
                    hypot(Double(row - 60), Double(column - 120)) > 33 && (row != 110 || column > 80)
                },
                isMSValid: { row, column in row + 2 * column > 30 && (row != 20 || column < 60) })
        } else {
            try scene.writeLand()
        }
        let pair = try scene.pair()
        let output = scene.directory.file("out.tif")
        let whole = try bits(pair, method, output, side: 1024, threads: 1)
        #expect(whole.contains { !Double(bitPattern: $0).isNaN && Double(bitPattern: $0) != 0 })
        for (side, threads) in Self.tilings(name) {
            let tiled = try bits(pair, method, output, side: side, threads: threads)
            let different = whole.indices.filter { whole[$0] != tiled[$0] }
            let first = different.first.map {
                "the first at \($0): \(Double(bitPattern: whole[$0])), \(Double(bitPattern: tiled[$0]))"
            }
            #expect(
                different.isEmpty,
                "tiles of \(side), \(threads) threads: \(different.count) of \(whole.count), \(first ?? "")")
        }
    }

    @Test("statistics have the same bits whatever the memory lets be read at once")
    func memoryAndBits() throws {
        let scene = try TestScene(panWidth: 1100, panHeight: 700)
        try scene.writeLand()
        let pair = try scene.pair()
        func gains(_ megabytes: Int) throws -> [[UInt64]] {
            var options = Self.options(side: 512, threads: 2, type: .uint16)
            options.memoryBytes = megabytes << 20
            let summary = try Pansharpening(pair: pair, method: .classical(GSA()), options: options)
                .run(output: scene.directory.file("out.tif"))
            return summary.coefficients.map { $0.values.map(\.bitPattern) }
        }
        #expect(try gains(32) == gains(2048))
    }

    @Test(
        "files without georeference give what the method gives in memory", arguments: ["MTF-GLP-FS", "GSA", "Brovey"])
    func sameAsInMemory(_ name: String) throws {
        let method = try #require(ClassicalMethods.named(name))
        var scene = try TestScene(panWidth: 640, panHeight: 540)
        scene.pan.isGeoreferenced = false
        scene.ms.isGeoreferenced = false
        try scene.writeLand()
        let pair = try scene.pair()
        let file = try bits(pair, method, scene.directory.file("out.tif"), side: 200, threads: 2)
        func image(_ reader: RasterReader, _ bands: Int) throws -> Image {
            Image(
                bands: bands, height: reader.profile.height, width: reader.profile.width,
                values: try reader.read(reader.profile.window))
        }
        let memory = try method.sharpen(
            ms: image(pair.ms, 4), pan: image(pair.pan, 1), sensor: .ikonos, ratio: 4, border: .symmetric)
        #expect(file == memory.values.map(\.bitPattern))
    }

    @Test("integers are rounded and saturated, never wrapped")
    func saturation() throws {
        let scene = try TestScene(panWidth: 128, panHeight: 128)
        // Bright and dark squares: interpolation overshoots both ends of the type.
        func bright(_ place: (x: Double, y: Double)) -> Bool {
            (Int(place.x / 24) + Int(-place.y / 24)) % 2 == 0
        }
        try scene.pan.write(scene.panFile) { _, row, column in bright(scene.pan.place(row, column)) ? 65535 : 0 }
        try scene.ms.write(scene.msFile) { _, row, column in bright(scene.ms.place(row, column)) ? 65535 : 0 }
        let pair = try scene.pair()
        let method = Pansharpening.Method.classical(MTFGLPFS())
        let (exact, stored) = (scene.directory.file("exact.tif"), scene.directory.file("stored.tif"))
        _ = try Pansharpening(pair: pair, method: method, options: Self.options(side: 64, threads: 1)).run(
            output: exact)
        let summary = try Pansharpening(pair: pair, method: method).run(output: stored)
        #expect(summary.profile.sampleType == .uint16)
        let window = Window(width: 128, height: 128)
        let real: [Double] = try RasterReader(exact).read(window)
        let whole: [Double] = try RasterReader(stored).read(window)
        #expect(real.contains { $0 > 65536 } && real.contains { $0 < -1 })
        #expect(zip(real, whole).allSatisfy { min(max($0.rounded(), 0), 65535) == $1 })
    }
}
