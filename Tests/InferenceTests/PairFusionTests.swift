import Classical
import Foundation
import Inference
import Networks
import Raster
import Testing
import Torch

/// Adds a tenth of the second image to the first, and notes the sizes that it is given.
private final class Addition: Module, PairFusionNetwork {
    let sizeMultiple = 8
    let bytesPerPixel = 4096

    func fuse(_ first: Tensor, _ second: Tensor) throws -> Tensor { first + second * 0.1 }
}

@Suite("Fusion of two pictures") struct PairFusionTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// Writes a picture; an alpha band where four or two bands are given.
    @discardableResult
    private func write(
        _ name: String, bands: Int, width: Int = 40, height: Int = 24, type: SampleType = .uint8,
        nodata: Double? = nil, value: (_ band: Int, _ row: Int, _ column: Int) -> Double
    ) throws -> String {
        let colours: [RasterProfile.ColorInterpretation] =
            [1: [.gray], 2: [.gray, .alpha], 3: [.red, .green, .blue], 4: [.red, .green, .blue, .alpha]][bands]
            ?? Array(repeating: .undefined, count: bands)
        let profile = RasterProfile(
            width: width, height: height,
            bands: colours.map { .init(sampleType: type, nodata: nodata, color: $0) })
        let file = directory.file(name)
        let writer = try RasterWriter(file, profile: profile, options: .init(overwrites: true))
        var planes: [[Double]] = []
        for band in 0..<bands {
            var plane: [Double] = []
            for row in 0..<height {
                for column in 0..<width { plane.append(value(band, row, column)) }
            }
            planes.append(plane)
        }
        let opacity = bands % 2 == 0 ? planes.popLast()?.map { Float($0 / 255) } : nil
        try writer.write(planes.flatMap { $0 }, to: profile.window, opacity: opacity)
        try writer.finish()
        return file
    }

    private func fused(
        _ first: String, _ second: String, fuser: PairFuser = .classical(LaplacianPyramid()), output: String = "out.png",
        change: (inout PairFusion.Options) -> Void = { _ in }
    ) throws -> (profile: RasterProfile, values: [Float]) {
        var options = PairFusion.Options()
        options.writing.overwrites = true
        change(&options)
        let file = directory.file(output)
        _ = try PairFusion(first: first, second: second, fuser: fuser, options: options).run(output: file)
        let reader = try RasterReader(file)
        return (
            reader.profile, try reader.read(reader.profile.window, bands: Array(reader.profile.bands.indices))
        )
    }

    private func texture(_ row: Int, _ column: Int) -> Double { Double((row * 37 + column * 11) % 200) + 20 }

    @Test("grey pictures of 8 and 16 bits are fused in the type of the larger")
    func types() throws {
        let byte = try write("a.png", bands: 1) { texture($1, $2) }
        let word = try write("b.png", bands: 1, type: .uint16) { 257 * texture($1, $2) }
        let bytes = try fused(byte, byte)
        #expect(bytes.profile.bands.map(\.sampleType) == [.uint8])
        let inputs: [Float] = (0..<24).flatMap { row in (0..<40).map { Float(texture(row, $0)) } }
        #expect(bytes.values == inputs)
        let mixed = try fused(byte, word)
        #expect(mixed.profile.bands.map(\.sampleType) == [.uint16])
        #expect(zip(mixed.values, bytes.values).allSatisfy { abs($0 - 257 * $1) <= 1 })
    }

    @Test("three equal bands are a grey picture")
    func greyInColour() throws {
        let grey = try write("a.png", bands: 3) { texture($1, $2) }
        let result = try fused(grey, grey)
        #expect(result.profile.bands.count == 1)
    }

    private static let means = [120.0, 90, 60]

    @Test("the colours of the picture that has any are kept, whichever it is")
    func colours() throws {
        let colour = try write("c.png", bands: 3) { Self.means[$0] + Double(($1 + $2) % 10) }
        let grey = try write("g.png", bands: 1) { 93 + Double(($1 * $2) % 7) }
        for (first, second) in [(colour, grey), (grey, colour)] {
            let result = try fused(first, second)
            #expect(result.profile.bands.map(\.color) == [.red, .green, .blue])
            let count = 24 * 40
            let means = (0..<3).map { (band: Int) -> Float in
                result.values.dropFirst(band * count).prefix(count).reduce(0, +) / Float(count)
            }
            #expect(means[0] - means[1] > 24 && means[1] - means[2] > 24, "\(means)")
        }
        // 16 bits, too.
        let deep = try write("d.png", bands: 3, type: .uint16) { 257 * (Self.means[$0] + Double(($1 + $2) % 10)) }
        let shallow = try fused(colour, colour)
        let result = try fused(deep, deep)
        #expect(result.profile.bands.map(\.sampleType) == [.uint16, .uint16, .uint16])
        #expect(zip(result.values, shallow.values).allSatisfy { abs($0 / 257 - $1) <= 2 })
    }

    @Test("opacity is carried over; that of both is the smaller")
    func opacity() throws {
        let a = try write("a.png", bands: 4) { $0 == 3 ? Double($2 * 6) : texture($1, $2) + Double($0) }
        let b = try write("b.png", bands: 2) { $0 == 1 ? 120 : texture($1, $2) }
        let plain = try write("p.png", bands: 1) { texture($1, $2) }
        let one = try fused(a, plain)
        #expect(one.profile.bands.map(\.color) == [.red, .green, .blue, .alpha])
        let opacities: [Float] = (0..<40).map { Float($0 * 6) }
        #expect(Array(one.values.dropFirst(3 * 24 * 40).prefix(40)) == opacities)
        let both = try fused(a, b)
        #expect(Array(both.values.dropFirst(3 * 24 * 40).prefix(40)) == opacities.map { min($0, 120) })
    }

    @Test("a network's result is stretched to the whole range, or not")
    func stretch() throws {
        let a = try write("a.png", bands: 1) { 50 + Double(($1 + $2) % 100) }
        let fuser = PairFuser.network(Addition(), name: "addition", device: .cpu)
        let stretched = try fused(a, a, fuser: fuser)
        #expect(stretched.values.min() == 0 && stretched.values.max() == 255)
        let plain = try fused(a, a, fuser: fuser) { $0.stretches = false }
        let inputs: [Float] = (0..<24).flatMap { row in (0..<40).map { Float(50 + (row + $0) % 100) } }
        #expect(zip(plain.values, inputs).allSatisfy { abs($0 - 1.1 * $1) <= 0.51 })
        let constant = try write("c.png", bands: 1) { _, _, _ in 77 }
        #expect(try fused(constant, constant, fuser: fuser).values.allSatisfy { abs($0 - 84) <= 1 })
    }

    @Test("a picture that does not fit into the memory is fused in parts without a seam")
    func parts() throws {
        let size = (width: 700, height: 500)
        let a = try write("a.tif", bands: 1, width: size.width, height: size.height) { texture($1 / 9, $2 / 7) }
        let b = try write("b.tif", bands: 1, width: size.width, height: size.height) { texture($1 / 5, $2 / 11) }
        let fuser = PairFuser.network(Addition(), name: "addition", device: .cpu)
        let whole = try fused(a, b, fuser: fuser, output: "w.tif") { $0.stretches = false }
        let parts = try fused(a, b, fuser: fuser, output: "p.tif") {
            $0.stretches = false
            $0.memoryBytes = 700 << 20
        }
        #expect(zip(whole.values, parts.values).allSatisfy { abs($0 - $1) <= 1 })
        let pyramid = try fused(a, b, output: "l.tif")
        let pyramidParts = try fused(a, b, output: "m.tif") { $0.memoryBytes = 12 << 20 }
        let far = zip(pyramid.values, pyramidParts.values).map { abs($0 - $1) }.max() ?? 0
        #expect(far <= 12, "parts of a pyramid differ by \(far)")
        let tight = sceneError { _ = try fused(a, b, fuser: fuser) { $0.memoryBytes = 64 << 20 } }
        #expect(tight?.code == .memory)
    }

    @Test("unknown pixels stay unknown, and place and projection are kept")
    func georeferenced() throws {
        let image = TestImage(width: 40, height: 24, nodata: 0)
        let a = try image.write(directory.file("a.tif"), isValid: { row, _ in row > 2 }) {
            200 + texture($1, $2) + Double($0)
        }
        let b = try image.write(directory.file("b.tif")) { 300 + texture($2, $1) + Double($0) }
        let result = try fused(a, b, output: "out.tif")
        #expect(result.profile.geoTransform == image.transform && result.profile.projection != nil)
        let mask = try RasterReader(directory.file("out.tif")).readMask(result.profile.window)
        #expect(mask.prefix(120).allSatisfy { $0 == 0 } && mask.dropFirst(120).allSatisfy { $0 == 1 })
        var moved = image
        moved.corner.x += 10
        let c = try moved.write(directory.file("c.tif")) { texture($2, $1) + Double($0) }
        #expect(sceneError { _ = try fused(a, c, output: "no.tif") }?.code == .noOverlap)
    }

    @Test("pictures that can't be fused are refused and nothing is written")
    func refusals() throws {
        let a = try write("a.png", bands: 1) { texture($1, $2) }
        let wide = try write("w.png", bands: 1, width: 41) { texture($1, $2) }
        let five = try write("f.tif", bands: 5) { texture($1, $2) + Double($0) }
        let before = directory.names
        let size = sceneError { _ = try fused(a, wide) }
        #expect(size?.code == .otherSize && "\(size.map(String.init(describing:)) ?? "")".contains("41 × 24"))
        #expect(sceneError { _ = try fused(a, five) }?.code == .imageBands)
        let cancellation = Cancellation()
        cancellation.cancel()
        let stopped = sceneError {
            _ = try PairFusion(first: a, second: a, fuser: .classical(LaplacianPyramid())).run(
                output: directory.file("out.png"), cancellation: cancellation)
        }
        #expect(stopped?.code == .cancelled)
        #expect(directory.names == before)
    }

    @Test("fused at another size, the result has the pictures' own")
    func workingSize() throws {
        let a = try write("a.png", bands: 1, width: 100, height: 70) { 40 + Double($1 + $2) }
        let result = try fused(a, a) { $0.workingSide = 64 }
        #expect(result.profile.width == 100 && result.profile.height == 70)
        // A ramp stays one, stretched to the whole range.
        #expect(result.values[0] <= 2 && result.values[7000 - 1] >= 253)
    }
}
