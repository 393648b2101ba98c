import Sensors
import Testing

@Suite("Luma of a colour image")
struct ColourTests {
    /// Red, green and blue that cover the cube, its corners included.
    static let colours: ByteImage = {
        let steps: [UInt8] = [0, 1, 37, 100, 128, 200, 254, 255]
        let triples = steps.flatMap { r in steps.flatMap { g in steps.map { b in (r, g, b) } } }
        return ByteImage(
            bands: 3, height: 16, width: 32, values: triples.map(\.0) + triples.map(\.1) + triples.map(\.2))
    }()

    @Test("is OpenCV's for red, green, blue and white")
    func grey() {
        let colours: [UInt8] = [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255]
        #expect(ByteImage(bands: 3, height: 1, width: 4, values: colours).luma().values == [76, 150, 29, 255])
        let real = Image(bands: 3, height: 1, width: 4, values: colours.map(Double.init)).luma()
        #expect(real.values[0] == 0.299 * 255)
    }

    @Test("put back changes nothing but by rounding and where planes are limited", arguments: LumaSpace.allCases)
    func identity(space: LumaSpace) {
        let bytes = Self.colours
        let result = bytes.replacingLuma(with: bytes.luma(), in: space)
        // V of strong reds is outside of 8 bits.
        let largest = zip(result.values, bytes.values).map { abs(Int($0) - Int($1)) }.max()
        #expect(largest == (space == .yuv ? 34 : 1))
        let real = Image(bands: 3, height: 16, width: 32, values: bytes.values.map(Double.init))
        let replaced = real.replacingLuma(with: real.luma(), in: space, peak: 255)
        // The published factors are inverse to each other to three digits only.
        #expect(zip(replaced.values, real.values).allSatisfy { abs($0 - $1) < 0.1 })
    }

    @Test("is all there is of grey images", arguments: LumaSpace.allCases)
    func greyImage(space: LumaSpace) {
        let plane = (0..<256).map { UInt8($0) }
        let image = ByteImage(bands: 3, height: 16, width: 16, values: plane + plane + plane)
        let fused = ByteImage(bands: 1, height: 16, width: 16, values: plane.reversed())
        #expect(image.replacingLuma(with: fused, in: space).values == fused.values + fused.values + fused.values)
    }

    @Test("moves all colours alike in images of any depth, within 0 and the peak")
    func real() {
        let image = Image(bands: 3, height: 1, width: 2, values: [20000, 60000, 30000, 60000, 25000, 100])
        let luma = image.luma()
        let brighter = Image(bands: 1, height: 1, width: 2, values: luma.values.map { $0 + 10000 })
        let result = image.replacingLuma(with: brighter, in: .yuv, peak: 65535)
        for band in 0..<3 { #expect(abs(result[band, 0, 0] - image[band, 0, 0] - 10000) < 40) }
        #expect(result[0, 0, 1] == 65535 && result[1, 0, 1] == 65535)
    }

    @Test("is stretched to 8 bits over the whole image and truncated")
    func stretch() {
        var stretch = UnitStretch()
        stretch.include([0.25, -3, .nan])
        #expect(stretch.low == 0 && stretch.high == 0.25)
        stretch = UnitStretch()
        stretch.include([0.25])
        stretch.include([0.5])
        #expect([-1, 0, 0.25, 0.4999, 0.5, 2, .nan].map(stretch.byte) == [0, 0, 0, 254, 255, 255, 0])
        var constant = UnitStretch()
        constant.include([0.5, 0.5])
        #expect(constant.byte(0.5) == 127)
    }

    @Test("has the size asked for and the values between its neighbours' when resized", arguments: [1, 2, 5, 9, 40])
    func bilinear(size: Int) {
        let image = ByteImage(bands: 1, height: 5, width: 9, values: (0..<45).map { UInt8(($0 * 53) % 200 + 20) })
        let resized = image.resizedBilinearly(height: size, width: 2 * size)
        #expect(resized.height == size && resized.width == 2 * size && resized.values.count == 2 * size * size)
        #expect(resized.values.allSatisfy { (20...219).contains($0) })
        #expect(image.resizedBilinearly(height: 5, width: 9) == image)
        // Along one axis: (i + ½)/2 − ½ = -¼, ¼, ¾, 1¼.
        let pair = ByteImage(bands: 1, height: 1, width: 2, values: [0, 100])
        #expect(pair.resizedBilinearly(height: 1, width: 4).values == [0, 25, 75, 100])
    }
}
