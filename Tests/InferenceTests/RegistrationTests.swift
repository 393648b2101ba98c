import Classical
import Inference
import Raster
import Testing

@Suite struct RegistrationTests {
    /// A grid's offset in PAN pixels, and the ratio.
    struct Case: Sendable, CustomTestStringConvertible {
        let ratio: Int
        let offset: (column: Double, row: Double)
        var testDescription: String { "ratio \(ratio), offset \(offset.column), \(offset.row)" }
    }

    static let cases: [Case] = [2, 3, 4].flatMap { ratio in
        [(0.0, 0.0), (0.5, 0.5), (-0.5, -0.5), (0.3, -0.7), (5.125, 3.0), (-6.81, -2.04)].map {
            Case(ratio: ratio, offset: (column: $0.0, row: $0.1))
        }
    }

    @Test("a ramp over the land is the same ramp on the PAN grid: nothing shifts", arguments: cases)
    func ramp(_ grid: Case) throws {
        let scene = try TestScene(
            panWidth: 140, panHeight: 130, msWidth: 156 / grid.ratio, msHeight: 156 / grid.ratio, ratio: grid.ratio,
            bands: 2, offset: grid.offset, type: .float64)
        // One metre, a pixel of PAN, adds 3 to the east and 5 to the north; 0 in the middle, where rounding is least.
        func value(_ place: (x: Double, y: Double)) -> Double { 3 * (place.x - 70) + 5 * (place.y + 65) }
        try scene.pan.write(scene.panFile) { _, row, column in value(scene.pan.place(row, column)) }
        try scene.ms.write(scene.msFile) { band, row, column in
            value(scene.ms.place(row, column)) * (band == 0 ? 1 : -1)
        }
        let output = scene.directory.file("out.tif")
        let pair = try scene.pair()
        _ = try Pansharpening(pair: pair, method: .classical(EXP())).run(output: output)
        let reader = try RasterReader(output)
        let pixels = try reader.read(reader.profile.window, as: Double.self)
        let transform = try #require(reader.profile.geoTransform)
        var largest = 0.0
        // Inside, where no border rule is at work.
        let margin = 48
        for band in 0..<2 {
            for row in margin..<reader.profile.height - margin {
                for column in margin..<reader.profile.width - margin {
                    let place = transform.position(column: Double(column) + 0.5, row: Double(row) + 0.5)
                    let expected = value((place.x - 500_000, place.y - 4_000_000)) * (band == 0 ? 1 : -1)
                    let found = pixels[(band * reader.profile.height + row) * reader.profile.width + column]
                    largest = max(largest, abs(found - expected))
                }
            }
        }
        // A step of one pixel to the east is 3.
        #expect(largest < 3e-6, "\(largest)")
    }
}
