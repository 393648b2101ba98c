import Sensors
import Testing

@Suite("Antialiased bicubic of 8-bit images") struct AntialiasedBicubicTests {
    /// A ramp with a few spikes.
    private func image(bands: Int, height: Int, width: Int) -> ByteImage {
        let values = (0..<bands * height * width).map { index -> UInt8 in
            let spike = index % 11 == 0 ? 150 : 0
            return UInt8((index * 37 + spike) % 256)
        }
        return ByteImage(bands: bands, height: height, width: width, values: values)
    }

    @Test("keeps an image of the same size")
    func identity() {
        let image = image(bands: 2, height: 5, width: 7)
        #expect(AntialiasedBicubic.resize(image, height: 5, width: 7) == image)
    }

    @Test("keeps a constant, whatever the sizes", arguments: [1, 2, 3, 5, 8, 13])
    func constant(side: Int) {
        for (height, width) in [(1, 1), (3, 8), (16, 5), (9, 40)] {
            let flat = ByteImage(
                bands: 1, height: height, width: width, values: .init(repeating: 201, count: height * width))
            let resized = AntialiasedBicubic.resize(flat, height: side, width: 2 * side)
            #expect(resized.values == [UInt8](repeating: 201, count: 2 * side * side))
        }
    }

    @Test("gives Pillow's samples")
    func pillow() {
        let line = ByteImage(bands: 1, height: 1, width: 8, values: [0, 10, 200, 255, 30, 90, 17, 3])
        #expect(AntialiasedBicubic.resize(line, height: 1, width: 2).values == [109, 65])
        #expect(AntialiasedBicubic.resize(line, height: 1, width: 3).values == [69, 147, 22])
        #expect(
            AntialiasedBicubic.resize(line, height: 1, width: 11).values == [0, 0, 62, 206, 255, 142, 27, 90, 40, 6, 2])
        let map = image(bands: 1, height: 6, width: 5)
        #expect(
            AntialiasedBicubic.resize(map, height: 4, width: 3).values == [
                144, 59, 105, 122, 130, 91, 77, 125, 156, 167, 159, 52,
            ])
    }

    @Test("resizes each band by itself")
    func bands() {
        let both = image(bands: 2, height: 9, width: 6)
        let resized = AntialiasedBicubic.resize(both, height: 4, width: 8)
        for band in 0..<2 {
            let one = ByteImage(
                bands: 1, height: 9, width: 6, values: Array(both.values[band * 54..<(band + 1) * 54]))
            #expect(
                AntialiasedBicubic.resize(one, height: 4, width: 8).values
                    == Array(resized.values[band * 32..<(band + 1) * 32]))
        }
    }
}
