import Classical
import Foundation
import Sensors
import Testing

/// A textured image, different in each band.
func texture(bands: Int, height: Int, width: Int) -> Image {
    var image = Image(bands: bands, height: height, width: width)
    for band in 0..<bands {
        for row in 0..<height {
            for column in 0..<width {
                let (y, x, b) = (Double(row), Double(column), Double(band))
                let noise = sin(y * 12.9898 + x * 78.233 + b * 37.719) * 43758.5453
                image[band, row, column] =
                    300 + 200 * sin(y / 9 + b) * cos(x / (11 + b)) + 80 * (noise - noise.rounded(.down))
            }
        }
    }
    return image
}

/// A scene in memory that hands out windows of exactly the pixels that are asked for.
struct ScenePair {
    let scene: SharpeningScene
    let ms: Image
    let pan: Image

    func block(_ region: PixelRegion, ingredients: Ingredients, isValid: [Bool]? = nil) -> SharpeningBlock {
        func window(_ image: Image, _ region: PixelRegion) -> SceneWindow {
            SceneWindow(
                image.cropped(rows: region.rows, columns: region.columns), region: region, sceneHeight: image.height,
                sceneWidth: image.width)
        }
        return SharpeningBlock(
            scene: scene, region: region, pan: window(pan, scene.panRegion(for: region, ingredients: ingredients)),
            ms: window(ms, scene.msRegion(for: region, ingredients: ingredients)), isValid: isValid)
    }

    /// Tiles of a size from the upper left.
    func tiles(_ side: Int) -> [PixelRegion] {
        stride(from: 0, to: pan.height, by: side).flatMap { row in
            stride(from: 0, to: pan.width, by: side).map { column in
                PixelRegion(
                    rows: row..<min(row + side, pan.height), columns: column..<min(column + side, pan.width))
            }
        }
    }
}

@Suite("Scenes read in blocks") struct BlockTests {
    struct Case: Sendable, CustomStringConvertible {
        let ratio: Int
        let rowShift: Double
        let columnShift: Double
        let tile: Int
        var description: String { "ratio \(ratio), shift (\(rowShift), \(columnShift)), tiles of \(tile)" }
    }

    static let cases = [
        Case(ratio: 4, rowShift: 0, columnShift: 0, tile: 19), Case(ratio: 4, rowShift: 0, columnShift: 0, tile: 64),
        Case(ratio: 4, rowShift: -1.25, columnShift: 0.5, tile: 41),
        Case(ratio: 2, rowShift: 0, columnShift: 0, tile: 33), Case(ratio: 2, rowShift: 1.7, columnShift: -2, tile: 64),
        Case(ratio: 3, rowShift: 0, columnShift: 0, tile: 50),
        Case(ratio: 3, rowShift: 0.1, columnShift: 2.9, tile: 64),
        Case(ratio: 8, rowShift: 0, columnShift: 0, tile: 64),
        Case(ratio: 8, rowShift: 3.5, columnShift: -7.3, tile: 100),
    ]

    @Test("give every method the bits of the whole scene", arguments: cases)
    func sameBits(test: Case) throws {
        // Wider than a block of statistics, and no multiple of anything.
        let pan = texture(bands: 1, height: 99, width: 271)
        let ms = texture(bands: 3, height: 99 / test.ratio + 2, width: 271 / test.ratio - 1)
        let scene = try SharpeningScene(
            panHeight: pan.height, panWidth: pan.width, msHeight: ms.height, msWidth: ms.width, bands: ms.bands,
            sensor: .quickBird, ratio: test.ratio, rowShift: test.rowShift, columnShift: test.columnShift)
        let pair = ScenePair(scene: scene, ms: ms, pan: pan)
        for method in try ClassicalMethods.quick(ratio: test.ratio) {
            let whole = try method.sharpen(scene: scene, ms: SceneWindow(whole: ms), pan: SceneWindow(whole: pan))
            let fitted = try method.fit(to: scene) { pass in
                let measured = scene.statisticsBlocks.reversed().map { [pass] in
                    pass.measure(pair.block($0, ingredients: pass.ingredients))
                }
                for block in measured.reversed() { pass.merge(block) }
            }
            var tiled = Image(bands: ms.bands, height: pan.height, width: pan.width)
            for region in pair.tiles(test.tile) {
                tiled.paste(
                    fitted.fuse(pair.block(region, ingredients: fitted.ingredients)), row: region.rows.lowerBound,
                    column: region.columns.lowerBound)
            }
            #expect(tiled == whole, "\(method.name)")
            #expect(whole.values.allSatisfy { $0.isFinite }, "\(method.name)")
        }
    }

    @Test("need no more around them than the halo that is announced", arguments: cases)
    func halo(test: Case) throws {
        let scene = try SharpeningScene(
            panHeight: 900, panWidth: 900, msHeight: 900 / test.ratio, msWidth: 900 / test.ratio, bands: 2,
            sensor: .ikonos, ratio: test.ratio, rowShift: test.rowShift, columnShift: test.columnShift)
        let region = PixelRegion(rows: 400..<430, columns: 401..<460)
        let all = (0..<12).map { Ingredients(rawValue: 1 << $0) }
        for ingredients in all + [[], [.bicubicPAN, .wideBands], [.reducedScale, .deviationPAN]] {
            let needed = scene.panRegion(for: region, ingredients: ingredients)
            let announced = region.expanded(
                by: scene.panHalo(ingredients), height: scene.panHeight, width: scene.panWidth)
            #expect(announced.contains(needed) && needed.contains(region))
        }
        #expect(scene.panHalo([]) == 0)
        let last = Int((Double(429 - test.ratio / 2) - test.rowShift) / Double(test.ratio))
        for ingredients in [[], .wideBands] as [Ingredients] {
            let ms = scene.msRegion(for: region, ingredients: ingredients)
            let halo = scene.msHalo(ingredients)
            #expect(ms.rows.upperBound <= last + 2 + halo)
            #expect(ms.rows.count <= 30 / test.ratio + 3 + 2 * halo)
        }
    }

    @Test("whose pixels are masked do not count in statistics, whatever these hold")
    func masked() throws {
        let (height, width) = (128, 320)
        var pan = texture(bands: 1, height: height, width: width)
        let ms = texture(bands: 4, height: height / 4, width: width / 4)
        let scene = try SharpeningScene(
            panHeight: height, panWidth: width, msHeight: ms.height, msWidth: ms.width, bands: 4, sensor: .ikonos,
            ratio: 4)
        // A masked patch of PAN that is far from all pixels that count, so that no filter brings it there.
        var isValid = [Bool](repeating: true, count: height * width)
        for row in 0..<height {
            for column in 100..<280 { isValid[row * width + column] = false }
        }
        let methods = try ClassicalMethods.quick(ratio: 4)
        let before = try methods.map {
            try $0.sharpen(
                scene: scene, ms: SceneWindow(whole: ms), pan: SceneWindow(whole: pan), isValid: isValid)
        }
        for row in 0..<height {
            for column in 180..<200 { pan[0, row, column] = 65535 }
        }
        for (method, old) in zip(methods, before) {
            let new = try method.sharpen(
                scene: scene, ms: SceneWindow(whole: ms), pan: SceneWindow(whole: pan), isValid: isValid)
            #expect(
                new.cropped(rows: 0..<height, columns: 0..<100) == old.cropped(rows: 0..<height, columns: 0..<100),
                "\(method.name)")
        }
    }
}
