import Classical
import Foundation
import Inference
import Networks
import Raster
import Sensors
import Testing

@Suite("What images tell of an instrument that nobody names") struct MeasuredInstrumentTests {
    /// How an image of larger pixels comes about.
    enum Blur: Sendable {
        /// As the field's toolboxes have it.
        case gain(Double)
        /// The mean of the pixels that it covers.
        case mean
    }

    /// Three bands that differ, and PAN, the mean of the first two with a little that no band shows. Neighbours resemble each
    /// other as in any image: nine tenths of a pixel are those above and to the left.
    private static func texture(side: Int) -> (bands: Image, pan: Image) {
        var state: UInt64 = 7
        func texture(_ strength: Double) -> Image {
            var image = Image(bands: 1, height: side, width: side)
            for row in 0..<side {
                for column in 0..<side {
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    let noise = Double(state >> 40) / Double(1 << 24) - 0.5
                    let above = row > 0 ? image[0, row - 1, column] : 0
                    let left = column > 0 ? image[0, row, column - 1] : 0
                    let corner = row > 0 && column > 0 ? image[0, row - 1, column - 1] : 0
                    image[0, row, column] = 0.9 * (above + left) - 0.81 * corner + strength * noise
                }
            }
            return image
        }
        let (common, own, other) = (texture(100), texture(30), texture(5))
        var bands = Image(bands: 3, height: side, width: side)
        var pan = Image(bands: 1, height: side, width: side)
        for row in 0..<side {
            for column in 0..<side {
                for band in 0..<3 {
                    bands[band, row, column] =
                        1000 + common[0, row, column] + Double(band) * own[0, row, column]
                }
                pan[0, row, column] =
                    (bands[0, row, column] + bands[1, row, column]) / 2 + other[0, row, column]
            }
        }
        return (bands, pan)
    }

    private static func averaged(_ image: Image, _ ratio: Int) -> Image {
        var result = Image(bands: image.bands, height: image.height / ratio, width: image.width / ratio)
        for band in 0..<image.bands {
            for row in 0..<result.height * ratio {
                for column in 0..<result.width * ratio {
                    result[band, row / ratio, column / ratio] += image[band, row, column] / Double(ratio * ratio)
                }
            }
        }
        return result
    }

    private static func scene(
        side: Int = 240, ratio: Int = 4, _ blur: Blur, isGeoreferenced: Bool = false
    ) throws -> TestScene {
        var scene = try TestScene(panWidth: side, panHeight: side, ratio: ratio, bands: 3, type: .float32)
        (scene.pan.isGeoreferenced, scene.ms.isGeoreferenced) = (isGeoreferenced, isGeoreferenced)
        let (bands, pan) = texture(side: side)
        try scene.pan.write(scene.panFile) { pan[$0, $1, $2] }
        let ms =
            switch blur {
            case .gain(let gain):
                Decimation.apply(
                    to: MTFFilter.apply(to: bands, gains: [gain, gain, gain], ratio: ratio), step: ratio)
            case .mean: averaged(bands, ratio)
            }
        try scene.ms.write(scene.msFile) { ms[$0, $1, $2] }
        return scene
    }

    @Test(
        "an unusual gain of a filter is found, and that its samples lie where toolboxes put them", arguments: [2, 4, 6])
    func filter(ratio: Int) throws {
        let usual = try MeasuredInstrument(of: Self.scene(ratio: ratio, .gain(0.3)).pair())
        #expect(usual == nil)
        for gain in [0.15, 0.45, 0.6] {
            let scene = try Self.scene(ratio: ratio, .gain(gain))
            let measured = try #require(try MeasuredInstrument(of: scene.pair()))
            #expect(abs(measured.gain - gain) <= 0.026, "\(measured.gain) of \(gain)")
            #expect(!measured.sharesEdges)
        }
    }

    @Test("averaged pixels are found to be sharp, with their edges on those of PAN", arguments: [2, 3, 4])
    func averages(ratio: Int) throws {
        let measured = try #require(try MeasuredInstrument(of: Self.scene(ratio: ratio, .mean).pair()))
        #expect((0.55...0.65).contains(measured.gain), "\(measured.gain)")
        // An odd number of pixels has one in its middle.
        #expect(measured.sharesEdges == (ratio % 2 == 0))
        let known = try Self.scene(ratio: ratio, .mean, isGeoreferenced: true)
        let georeferenced = try #require(try MeasuredInstrument(of: known.pair()))
        #expect(!georeferenced.sharesEdges && georeferenced.gain == measured.gain)
    }

    @Test("a cube of many bands tells the same, and a place is believed with the usual gain where all is explained")
    func cubes() throws {
        var scene = try Self.scene(.mean)
        let few = try #require(try MeasuredInstrument(of: scene.pair()))
        let (bands, _) = Self.texture(side: 240)
        let averaged = Self.averaged(bands, 4)
        scene.ms.bands = 20
        try scene.ms.write(scene.msFile) { averaged[$0 / 7, $1, $2] * (1 + 0.01 * Double($0 % 7)) }
        let cube = try MeasuredInstrument(of: ScenePair(pan: scene.panFile, ms: scene.msFile, task: .hypersharpen))
        #expect(try #require(cube).sharesEdges)
        #expect(abs(try #require(cube).gain - few.gain) <= 0.051)

        // The middle of four by four pixels, of a filter of 0.3: the mean of the four whose corner it is.
        let blurred = MTFFilter.apply(to: bands, gains: [0.3, 0.3, 0.3], ratio: 4)
        scene.ms.bands = 3
        try scene.ms.write(scene.msFile) { band, row, column in
            [(1, 1), (1, 2), (2, 1), (2, 2)].reduce(0) {
                $0 + blurred[band, 4 * row + $1.0, 4 * column + $1.1] / 4
            }
        }
        let placed = try #require(try MeasuredInstrument(of: scene.pair()))
        let usual = 0.3
        #expect(placed.sharesEdges && placed.gain == usual)
    }

    @Test("images of two places, flat images and small ones tell nothing")
    func nothing() throws {
        let scene = try Self.scene(.gain(0.3))
        try scene.ms.write(scene.msFile) { band, row, column in
            600 + 100 * sin(Double(row * 3 + band)) * cos(Double(column * 2))
        }
        let unrelated = try MeasuredInstrument(of: scene.pair())
        #expect(unrelated == nil)
        try scene.ms.write(scene.msFile) { _, _, _ in 600 }
        let flat = try MeasuredInstrument(of: scene.pair())
        #expect(flat == nil)
        let small = try MeasuredInstrument(of: Self.scene(side: 60, .mean).pair())
        #expect(small == nil)
        let largeEnough = try MeasuredInstrument(of: Self.scene(side: 64, .mean).pair())
        #expect(largeEnough?.sharesEdges == true)
    }

    @Test("unknown pixels and hot ones take no part")
    func unknown() throws {
        var scene = try Self.scene(.gain(0.5))
        let (_, pan) = Self.texture(side: 240)
        let whole = try #require(try MeasuredInstrument(of: scene.pair()))
        try scene.pan.write(scene.panFile) { (($1 * 7 + $2) % 2903 == 0) ? 65535 : pan[$0, $1, $2] }
        let hot = try #require(try MeasuredInstrument(of: scene.pair()))
        #expect(abs(hot.gain - whole.gain) <= 0.026)
        scene.pan.nodata = -1
        try scene.pan.write(scene.panFile, isValid: { row, column in row + column > 200 }) { pan[$0, $1, $2] }
        let part = try #require(try MeasuredInstrument(of: scene.pair()))
        #expect(abs(part.gain - whole.gain) <= 0.026)
        try scene.pan.write(scene.panFile, isValid: { row, _ in row < 28 }) { pan[$0, $1, $2] }
        let nearlyNothing = try MeasuredInstrument(of: scene.pair())
        #expect(nearlyNothing == nil)
    }

    @Test("a network for any sensor is told what was measured, unless a sensor is named or nothing is to be measured")
    func use() throws {
        let scene = try Self.scene(.mean)
        let checkpoint = try #require(try NetworkCheckpoint(shippedWith: .consistentDetail, for: .pansharpen))
        let pair = try scene.pair()
        func job(_ sensor: Sensor? = nil, measures: Bool = true) throws -> Pansharpening {
            var options = Pansharpening.Options()
            options.measuresInstrument = measures
            return try Pansharpening(pair: pair, method: .init(checkpoint), sensor: sensor, options: options)
        }
        let middle = -0.5
        let measuring = try job()
        #expect(measuring.sensor.mtfGains.allSatisfy { $0 > 0.5 } && measuring.pair.rowShift == middle)
        #expect(measuring.pair.cornerOffset.rows == 0 && measuring.pair.cornerOffset.columns == 0)
        let named = try job(.ikonos)
        #expect(named.sensor == .ikonos && named.measured == nil && named.pair.rowShift == 0)
        let told = try job(measures: false)
        #expect(told.measured == nil && told.sensor.mtfGains == [0.3, 0.3, 0.3] && told.pair.rowShift == 0)
        let classical = try Pansharpening(pair: pair, method: .classical(GSA()))
        #expect(classical.measured == nil && classical.pair.rowShift == 0)
    }

    @Test("what is measured makes averaged images better")
    func isBetter() throws {
        let scene = try Self.scene(.mean)
        let (truth, _) = Self.texture(side: 240)
        let checkpoint = try #require(try NetworkCheckpoint(shippedWith: .consistentDetail, for: .pansharpen))
        func error(measures: Bool) throws -> Double {
            var options = Pansharpening.Options()
            (options.measuresInstrument, options.writing.overwrites) = (measures, true)
            let output = scene.directory.file("out.tif")
            _ = try Pansharpening(pair: scene.pair(), method: .init(checkpoint), options: options).run(output: output)
            let reader = try RasterReader(output)
            let pixels: [Float] = try reader.read(reader.profile.window)
            let squares = zip(pixels, truth.values).map { (Double($0) - $1) * (Double($0) - $1) }
            return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
        }
        let (usual, measured) = (try error(measures: false), try error(measures: true))
        #expect(measured < 0.9 * usual, "\(measured) beside \(usual)")
    }
}
