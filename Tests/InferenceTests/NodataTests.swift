import Classical
import Foundation
import Inference
import Raster
import Sensors
import Testing

@Suite struct NodataTests {
    /// How a file says that a pixel is unknown.
    enum Marking: String, CaseIterable, Sendable {
        case zero, highest, notANumber, mask, alpha
    }

    /// Which of the two files has unknown pixels.
    enum Holder: String, CaseIterable, Sendable {
        case pan, ms
    }

    /// The hole, in metres of the land.
    private static func isHole(_ x: Double, _ y: Double) -> Bool { hypot(x - 90, y + 70) < 32 }

    private static func mark(_ image: inout TestImage, _ marking: Marking) {
        switch marking {
        case .zero: image.nodata = 0
        case .highest: image.nodata = 65535
        case .notANumber: image.type = .float32
        case .mask: image.hasMask = true
        case .alpha: image.hasAlpha = true
        }
    }

    /// A land far above 0, so that a 0 which is taken for a measurement shows.
    private static func write(_ scene: TestScene, _ holder: Holder?, _ marking: Marking) throws {
        func isValid(_ image: TestImage) -> (Int, Int) -> Bool {
            { row, column in
                let place = image.place(row, column)
                return !isHole(place.x, place.y)
            }
        }
        try scene.pan.write(scene.panFile, isValid: holder == .pan ? isValid(scene.pan) : nil) { _, row, column in
            let place = scene.pan.place(row, column)
            return 10_000 + Land.pan(place.x, place.y)
        }
        try scene.ms.write(scene.msFile, isValid: holder == .ms ? isValid(scene.ms) : nil) { band, row, column in
            let place = scene.ms.place(row, column)
            return 10_000 + Land.band(band, place.x, place.y)
        }
    }

    private static func options(tileSide: Int? = nil) -> Pansharpening.Options {
        var options = Pansharpening.Options()
        options.tileSide = tileSide
        options.threads = 2
        options.writing = .init(creationOptions: ["COMPRESS=NONE"], overwrites: true)
        return options
    }

    @Test(
        "an unknown pixel in either image is unknown in the output and does not bleed into its surroundings",
        arguments: Holder.allCases, Marking.allCases)
    func unknownPixels(_ holder: Holder, _ marking: Marking) throws {
        var scene = try TestScene(panWidth: 200, panHeight: 180)
        try Self.write(scene, nil, marking)
        let output = scene.directory.file("out.tif")
        for name in marking == .zero ? ["EXP", "MTF-GLP-FS", "GSA", "MTF-GLP-HPM"] : ["MTF-GLP-FS"] {
            let method = Pansharpening.Method.classical(try #require(ClassicalMethods.named(name)))
            scene.pan = TestImage(width: 200, height: 180)
            scene.ms = TestImage(width: 50, height: 45, bands: 4, pixel: 4)
            try Self.write(scene, nil, marking)
            let plain = try Pansharpening(pair: scene.pair(), method: method, options: Self.options()).run(
                output: output)
            let window = Window(width: 200, height: 180)
            let complete: [Double] = try RasterReader(output).read(window)

            if holder == .pan { Self.mark(&scene.pan, marking) } else { Self.mark(&scene.ms, marking) }
            try Self.write(scene, holder, marking)
            let summary = try Pansharpening(pair: scene.pair(), method: method, options: Self.options(tileSide: 100))
                .run(output: output)
            let reader = try RasterReader(output)
            let found: [Double] = try reader.read(window)
            let valid = try reader.readMask(window)
            var worst = 0.0
            for row in 0..<180 {
                for column in 0..<200 {
                    let place =
                        holder == .pan ? scene.pan.place(row, column) : scene.ms.place(row / 4, column / 4)
                    let pixel = row * 200 + column
                    if (valid[pixel] == 0) != Self.isHole(place.x, place.y) {
                        Issue.record("\(name): pixel (\(row), \(column)) is \(valid[pixel] == 0 ? "unknown" : "known")")
                        return
                    }
                    guard valid[pixel] == 1 else { continue }
                    for band in 0..<4 {
                        worst = max(worst, abs(found[band * 36_000 + pixel] - complete[band * 36_000 + pixel]))
                    }
                }
            }
            #expect(summary.validPixels == valid.reduce(0) { $0 + Int($1) })
            // The land's contrast is 800; 10,000 would show if one unknown sample came through.
            #expect(worst < 450, "\(name): \(worst)")
            for (one, other) in zip(plain.coefficients, summary.coefficients) where one.name.contains("gain") {
                for (a, b) in zip(one.values, other.values) { #expect(abs(a - b) < 0.1, "\(name): \(one.name)") }
            }
        }
    }

    @Test("what lies under a mask changes no bit of the output", arguments: ["MTF-GLP-FS", "GSA", "PCA", "GS2-GLP"])
    func maskedValues(_ name: String) throws {
        var scene = try TestScene(panWidth: 200, panHeight: 180)
        scene.pan.nodata = 1
        scene.ms.nodata = 1
        let method = Pansharpening.Method.classical(try #require(ClassicalMethods.named(name)))
        var results: [[Double]] = []
        for nodata in [1.0, 60_000] {
            (scene.pan.nodata, scene.ms.nodata) = (nodata, nodata)
            try Self.write(scene, .ms, .zero)
            var options = Self.options(tileSide: 64)
            options.sampleType = .float64
            let output = scene.directory.file("out.tif")
            _ = try Pansharpening(pair: scene.pair(), method: method, options: options).run(output: output)
            let reader = try RasterReader(output)
            let valid = try reader.readMask(reader.profile.window)
            let values: [Double] = try reader.read(reader.profile.window)
            results.append(values.enumerated().filter { valid[$0.offset % 36_000] == 1 }.map(\.element))
        }
        #expect(!results[0].isEmpty && results[0] == results[1])
    }

    @Test("two images without a common known pixel: an error, and no file", arguments: ["EXP", "MTF-GLP-FS", "GSA"])
    func nothingValid(_ name: String) throws {
        var scene = try TestScene(panWidth: 80, panHeight: 80)
        (scene.pan.nodata, scene.ms.nodata) = (0, 0)
        // The left half of one, the right half of the other.
        try scene.writeLand(isPANValid: { _, column in column < 40 }, isMSValid: { _, column in column >= 10 })
        let method = Pansharpening.Method.classical(try #require(ClassicalMethods.named(name)))
        let error = sceneError {
            _ = try Pansharpening(pair: scene.pair(), method: method).run(output: scene.directory.file("out.tif"))
        }
        #expect(error?.code == .noValidPixels)
        #expect(error?.problem.contains(scene.panFile) == true && error?.problem.contains(scene.msFile) == true)
        #expect(scene.directory.names == ["ms.tif", "pan.tif"])
    }

    @Test("NaN in a floating-point image without nodata value is marked in an integer output")
    func integerOutput() throws {
        var scene = try TestScene(panWidth: 80, panHeight: 80)
        scene.pan.type = .float32
        try scene.writeLand(isPANValid: { row, column in row > 10 || column > 20 })
        let output = scene.directory.file("out.tif")
        let summary = try Pansharpening(pair: scene.pair(), method: .classical(MTFGLPFS())).run(output: output)
        #expect(summary.validPixels == 6400 - 11 * 21)
        let valid = try RasterReader(output).readMask(Window(width: 80, height: 80))
        #expect(valid.reduce(0) { $0 + Int($1) } == summary.validPixels)
        #expect(summary.profile.sampleType == .uint16)
    }

    @Test("samples too large for statistics are an error that names the files")
    func hugeSamples() throws {
        var scene = try TestScene(panWidth: 80, panHeight: 80)
        scene.ms.type = .float64
        try scene.pan.write(scene.panFile) { _, row, column in Double(row * column % 91) }
        try scene.ms.write(scene.msFile) { _, row, column in row == 3 ? 1e300 : Double(column) }
        let error = sceneError {
            _ = try Pansharpening(pair: scene.pair(), method: .classical(GSA())).run(
                output: scene.directory.file("out.tif"))
        }
        #expect(error?.code == .notFinite && error?.problem.contains(scene.msFile) == true)
        #expect(scene.directory.names == ["ms.tif", "pan.tif"])
    }
}
