import Sensors
import Testing

@Suite("Luma of a colour image")
struct ColourTests {
    /// Red, green and blue that cover the cube, extremes included.
    static let colours: Image = {
        let steps = [0, 1, 37, 100, 128, 200, 254, 255].map(Double.init)
        let triples = steps.flatMap { r in steps.flatMap { g in steps.map { b in (r, g, b) } } }
        return Image(
            bands: 3, height: 16, width: 32,
            values: triples.map(\.0) + triples.map(\.1) + triples.map(\.2))
    }()

    @Test("is that of OpenCV, to the bit, for known colours")
    func grey() {
        let image = Image(bands: 3, height: 1, width: 4, values: [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255])
        #expect(image.luma(.bytes).values == [76, 150, 29, 255])
        #expect(image.luma(.real(peak: 255)).values[0] == 0.299 * 255)
    }

    @Test("put back changes nothing but by rounding", arguments: LumaSpace.allCases)
    func identity(space: LumaSpace) {
        let image = Self.colours
        let real = image.replacingLuma(with: image.luma(.real(peak: 255)), in: space, .real(peak: 255))
        // The published factors are inverse to each other to three digits only.
        #expect(largestDifference(real, image) < 0.1)
        // V of strong reds and blues is outside of 8 bits.
        let bytes = image.replacingLuma(with: image.luma(.bytes), in: space, .bytes)
        #expect(largestDifference(bytes, image) <= (space == .yuv ? 34 : 1))
    }

    @Test("of grey images is all there is", arguments: LumaSpace.allCases)
    func greyImage(space: LumaSpace) {
        let plane = (0..<256).map(Double.init)
        let image = Image(bands: 3, height: 16, width: 16, values: plane + plane + plane)
        let fused = Image(bands: 1, height: 16, width: 16, values: plane.reversed())
        let result = image.replacingLuma(with: fused, in: space, .bytes)
        for band in 0..<3 { #expect(result.band(band) == fused) }
    }

    @Test("moves all colours alike with real numbers of any depth, within 0 and the peak")
    func real() {
        let image = Image(bands: 3, height: 1, width: 2, values: [20000, 60000, 30000, 60000, 25000, 100])
        let luma = image.luma(.real(peak: 65535))
        let brighter = Image(bands: 1, height: 1, width: 2, values: luma.values.map { $0 + 10000 })
        let result = image.replacingLuma(with: brighter, in: .yuv, .real(peak: 65535))
        for band in 0..<3 { #expect(abs(result[band, 0, 0] - image[band, 0, 0] - 10000) < 40) }
        #expect(result[0, 0, 1] == 65535 && result[1, 0, 1] == 65535)
    }

    @Test("takes samples that are no whole numbers of 8 bits, and unknown ones, as the nearest")
    func outside() {
        let image = Image(bands: 3, height: 1, width: 2, values: [300, -5, 299.7, .nan, 255.2, -.infinity])
        #expect(image.luma(.bytes).values == [255, 0])
    }

    @Test("is stretched to 8 bits over the whole image and truncated")
    func stretch() {
        var stretch = UnitStretch()
        stretch.include([0.25, -3, .nan])
        stretch.include([0.5])
        #expect([-1, 0, 0.25, 0.4999, 0.5, 2, .nan].map(stretch.byte) == [0, 0, 127, 254, 255, 255, 0])
        var constant = UnitStretch()
        constant.include([0.5, 0.5])
        #expect(constant.byte(0.5) == 127)
    }

    @Test("has the size asked for and the values between its neighbours' when resized", arguments: [1, 2, 5, 9, 40])
    func bilinear(size: Int) {
        let values = (0..<45).map { Double(($0 * 53) % 256) }
        let image = Image(bands: 1, height: 5, width: 9, values: values)
        let resized = image.resizedBilinearlyAsBytes(height: size, width: 2 * size)
        #expect(resized.height == size && resized.width == 2 * size)
        #expect(resized.values.allSatisfy { (0...248).contains($0) })
        #expect(image.resizedBilinearlyAsBytes(height: 5, width: 9) == image)
    }

    private func largestDifference(_ a: Image, _ b: Image) -> Double {
        zip(a.values, b.values).map { abs($0 - $1) }.max() ?? 0
    }
}
