import Foundation
import Sensors
import Testing

@Suite("MTF filters") struct FilterTests {
    @Test(
        "are not normalised: their sums are those of the toolbox",
        arguments: [
            (0.34, 4, 0.998869), (0.22, 4, 0.998420), (0.3, 4, 0.998740), (0.3, 2, 0.999680), (0.15, 4, 0.998024),
        ])
    func sums(gain: Double, ratio: Int, sum: Double) {
        #expect(abs(MTFFilter.taps(gain: gain, ratio: ratio).sum - sum) < 1e-6)
    }

    @Test("have the gain asked for at the Nyquist frequency of the coarse grid", arguments: [0.15, 0.3, 0.36], [2, 4])
    func response(gain: Double, ratio: Int) {
        let filter = MTFFilter.taps(gain: gain, ratio: ratio)
        var response = 0.0
        for row in -20...20 {
            for column in -20...20 {
                // The design has 41 bins and its Nyquist at 40/2r of them.
                response += filter.tap(row, column) * cos(2 * .pi * 20 / Double(ratio) / 41 * Double(column))
            }
        }
        // The window smooths the response a little.
        #expect(abs(response - gain) < 0.01)
    }

    @Test("weight the neighbours of each pixel, those outside replaced by the edge", arguments: [1, 2, 3, 4])
    func definition(step: Int) {
        let image = syntheticScene(bands: 2, height: 23, width: 31)
        let filters = [MTFFilter.taps(gain: 0.3, ratio: 4), MTFFilter.gaussian(ratio: 2)]
        let (height, width) = (Decimation.count(23, step: step), Decimation.count(31, step: step))
        let result = SymmetricFilter.apply(
            filters, to: SceneWindow(whole: image), band: 1, step: step, rows: 0..<height, columns: 0..<width)
        for (index, filter) in filters.enumerated() {
            for row in 0..<height {
                for column in 0..<width {
                    var sum = 0.0
                    for k in -20...20 {
                        for l in -20...20 {
                            let y = min(max(step * row + step / 2 + k, 0), 22)
                            let x = min(max(step * column + step / 2 + l, 0), 30)
                            sum += filter.tap(k, l) * image[1, y, x]
                        }
                    }
                    #expect(abs(result[index, row, column] - sum) < 1e-10)
                }
            }
        }
    }

    @Test("percentiles lie between the sorted values")
    func percentiles() {
        #expect(Percentile.of([4, 1, 3, 2], at: [0, 12.5, 50, 87.5, 100]) == [1, 1, 2.5, 4, 4])
        #expect(Percentile.of([], at: [50])[0].isNaN)
    }
}
