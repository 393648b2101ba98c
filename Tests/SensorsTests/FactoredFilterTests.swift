import Sensors
import Testing

private let designs = [(0.3, 4), (0.15, 4), (0.35, 2), (0.29, 3), (0.22, 6), (0.3, 8)]

@Suite("Filters as sums of separable ones") struct FactoredFilterTests {
    private func filtered(_ filter: SymmetricFilter, _ image: Image, band: Int) -> Image {
        SymmetricFilter.apply(
            [filter], to: SceneWindow(whole: image), band: band, rows: 0..<image.height, columns: 0..<image.width)
    }

    @Test("agree with the taps, with negative ones and without", arguments: designs)
    func agree(gain: Double, ratio: Int) throws {
        let image = syntheticScene(bands: 2, height: 41, width: 53)
        let largest = image.values.max() ?? 0
        let taps = MTFFilter.taps(gain: gain, ratio: ratio)
        for filter in [taps, taps.positive] {
            let factored = try #require(FactoredFilter(filter))
            let found = factored.apply(to: SceneWindow(whole: image), band: 1, rows: 0..<41, columns: 0..<53)
            let expected = filtered(filter, image, band: 1).values
            let difference = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
            #expect(found.count == expected.count)
            #expect(difference <= 3e-11 * largest, "gain \(gain), ratio \(ratio): \(difference) of \(largest)")
        }
    }

    @Test("give a pixel the same bits whatever part of the scene is filtered")
    func parts() throws {
        let image = syntheticScene(bands: 1, height: 90, width: 110)
        let factored = try #require(FactoredFilter(MTFFilter.taps(gain: 0.3, ratio: 4)))
        let whole = factored.apply(to: SceneWindow(whole: image), band: 0, rows: 0..<90, columns: 0..<110)
        for (rows, columns) in [(37..<60, 41..<58), (0..<1, 0..<110), (89..<90, 109..<110), (3..<80, 5..<6)] {
            let area = PixelRegion(rows: rows, columns: columns).expanded(by: 20, height: 90, width: 110)
            let window = SceneWindow(
                image.cropped(rows: area.rows, columns: area.columns), region: area, sceneHeight: 90, sceneWidth: 110)
            let part = factored.apply(to: window, band: 0, rows: rows, columns: columns)
            let expected = rows.flatMap { row in columns.map { whole[row * 110 + $0] } }
            #expect(part == expected, "rows \(rows), columns \(columns)")
        }
    }

    @Test("leave a constant image constant")
    func constant() throws {
        let image = Image(bands: 1, height: 30, width: 47, repeating: 1234.5)
        let filter = MTFFilter.taps(gain: 0.2, ratio: 4)
        let factored = try #require(FactoredFilter(filter))
        let found = factored.apply(to: SceneWindow(whole: image), band: 0, rows: 0..<30, columns: 0..<47)
        #expect(Set(found).count == 1)
        #expect(abs(found[0] - 1234.5 * filter.sum) < 1e-8)
    }

    @Test("are not made of a filter that is cut off before it fades")
    func refused() { #expect(FactoredFilter(MTFFilter.taps(gain: 0.2, ratio: 20)) == nil) }
}
