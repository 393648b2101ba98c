import Foundation
import Inference
import Raster
import Testing

@Suite struct TileBlendTests {
    /// Blends tiles cut from an image, and checks that the windows that come back cover each pixel once.
    private func blended(
        _ scene: Window, side: Int, overlap: Int, bands: Int, _ value: (Int, Int, Int) -> Float
    ) -> [Float] {
        var blend = TileBlend(scene: scene, side: side, overlap: overlap, bands: bands)
        var result = [Float](repeating: .nan, count: bands * scene.pixelCount)
        for tile in blend.tiles {
            var pixels: [Float] = []
            pixels.reserveCapacity(bands * tile.area.pixelCount)
            for band in 0..<bands {
                for row in tile.area.rows {
                    for column in tile.area.columns { pixels.append(value(band, row, column)) }
                }
            }
            let final = blend.add(tile, pixels)
            var index = 0
            for band in 0..<bands {
                for row in final.window.rows {
                    for column in final.window.columns {
                        let place = (band * scene.height + row) * scene.width + column
                        if !result[place].isNaN { Issue.record("pixel (\(row), \(column)) comes twice") }
                        result[place] = final.pixels[index]
                        index += 1
                    }
                }
            }
            if index != final.pixels.count { Issue.record("\(final.pixels.count) numbers for \(final.window)") }
        }
        return result
    }

    @Test("the weights of all tiles add up to 1 at every pixel of a scene of any size")
    func weights() {
        for size in 1...200 {
            for (width, height) in [(size, 70), (131, size)] {
                let result = blended(Window(width: width, height: height), side: 64, overlap: 16, bands: 1) { _, _, _ in
                    1
                }
                let worst = result.map { abs($0 - 1) }.max() ?? 1
                if !(worst < 1e-6) { Issue.record("\(width) × \(height): \(worst)") }
            }
        }
    }

    @Test("tiles cut from an image give that image", arguments: [(64, 16), (100, 16), (64, 0), (257, 16), (65, 3)])
    func image(_ side: Int, _ overlap: Int) {
        let scene = Window(width: 331, height: 197)
        func value(_ band: Int, _ row: Int, _ column: Int) -> Float {
            sin(Float(row) / 17 + Float(band)) * cos(Float(column) / 23)
        }
        let result = blended(scene, side: side, overlap: overlap, bands: 3, value)
        var worst: Float = 0
        for band in 0..<3 {
            for row in scene.rows {
                for column in scene.columns {
                    let error = abs(result[(band * 197 + row) * 331 + column] - value(band, row, column))
                    worst = max(worst, error.isNaN ? .infinity : error)
                }
            }
        }
        #expect(worst < 1e-5)
    }

    @Test("what is kept between tiles does not grow with the rows of the scene")
    func memory() {
        func mostKept(_ height: Int) -> Int {
            var blend = TileBlend(scene: Window(width: 200, height: height), side: 64, overlap: 16, bands: 2)
            var most = 0
            for tile in blend.tiles {
                _ = blend.add(tile, [Float](repeating: 1, count: 2 * tile.area.pixelCount))
                let kept = Mirror(reflecting: blend).children.compactMap { ($0.value as? [Float])?.count }.reduce(0, +)
                most = max(most, kept)
            }
            return most
        }
        // Tiles of equal size: 64 rows each.
        #expect(mostKept(640) == mostKept(6400))
    }
}
