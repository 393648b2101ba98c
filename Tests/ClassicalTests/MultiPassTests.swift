import Classical
import Foundation
import Sensors
import Testing

@Suite("Methods that see a scene several times") struct MultiPassTests {
    /// Fits a method to a scene in memory.
    private func fit(_ method: any ClassicalMethod, _ pair: ScenePair, passes: inout Int) throws -> FittedMethod {
        var count = 0
        let fitted = try method.fit(to: pair.scene) { pass in
            count += 1
            for region in pair.scene.statisticsBlocks {
                pass.merge(pass.measure(pair.block(region, ingredients: pass.ingredients)))
            }
        }
        passes = count
        return fitted
    }

    private func pair(_ height: Int, _ width: Int, bands: Int = 4) throws -> ScenePair {
        let scene = try SharpeningScene(
            panHeight: height, panWidth: width, msHeight: height / 4, msWidth: width / 4, bands: bands, sensor: .ikonos,
            ratio: 4)
        return ScenePair(
            scene: scene, ms: texture(bands: bands, height: height / 4, width: width / 4),
            pan: texture(bands: 1, height: height, width: width))
    }

    @Test("the haze of four bands follows from exact percentiles, sorted at once or enclosed", arguments: [300, 1200])
    func percentiles(side: Int) throws {
        let pair = try pair(side, 1000)
        var passes = 0
        let fitted = try fit(BTH(), pair, passes: &passes)
        // Moments, counting where more than a million pixels have to be sorted, sorting.
        #expect(passes == (side * 1000 > 1 << 20 ? 3 : 2))
        let bands = try EXP().sharpen(
            scene: pair.scene, ms: SceneWindow(whole: pair.ms), pan: SceneWindow(whole: pair.pan))
        let haze = try #require(fitted.coefficients.first { $0.name == "haze" }?.values)
        for (band, share) in [0.95, 0.45, 0.40, 0.05].enumerated() {
            let expected = share * Percentile.of(bands.band(band).values, at: [1])[0]
            #expect(haze[band] == expected)
        }
    }

    @Test("other numbers of bands take their smallest values for haze")
    func minima() throws {
        let pair = try pair(64, 80, bands: 3)
        var passes = 0
        let fitted = try fit(MTFGLPHPMH(), pair, passes: &passes)
        let bands = try EXP().sharpen(
            scene: pair.scene, ms: SceneWindow(whole: pair.ms), pan: SceneWindow(whole: pair.pan))
        #expect(passes == 1)
        #expect(fitted.coefficients[0].values == (0..<3).map { bands.band($0).values.min() ?? .nan })
    }

    @Test("an offset of the numbers changes nothing but the numbers' offset, once it is told", arguments: [0.0, 5000])
    func offset(offset: Double) throws {
        let (ms, pan) = (texture(bands: 4, height: 30, width: 40), texture(bands: 1, height: 120, width: 160))
        func lifted(_ image: Image) -> Image {
            Image(
                bands: image.bands, height: image.height, width: image.width, values: image.values.map { $0 + offset })
        }
        func differences(_ plain: any ClassicalMethod, _ told: any ClassicalMethod) throws -> [Double] {
            let expected = try plain.sharpen(ms: ms, pan: pan, sensor: .ikonos, ratio: 4)
            let fused = try told.sharpen(ms: lifted(ms), pan: lifted(pan), sensor: .ikonos, ratio: 4)
            return zip(fused.values, expected.values).map { abs($0 - offset - $1) }.sorted()
        }
        // The interpolator ripples by 1e-9 of the offset, and quotients of little above the haze multiply that.
        for (plain, told) in [
            (BTH(), BTH(offset: offset)), (MTFGLPHPMH(), MTFGLPHPMH(offset: offset)),
        ] as [(any ClassicalMethod, any ClassicalMethod)] {
            let found = try differences(plain, told)
            let (nearlyAll, largest) = (found[found.count * 99 / 100], found.last ?? .infinity)
            #expect(nearlyAll < 1e-2 && largest < 1, "\(plain.name): \(nearlyAll), \(largest)")
        }
    }

    @Test("segments of a scene too large to cluster as a whole are the same for any order of work")
    func largeSegments() throws {
        let pair = try pair(1028, 1032, bands: 1)
        var passes = 0
        let fitted = try fit(CGS2GLP(), pair, passes: &passes)
        #expect(passes == 3)
        let whole = try CGS2GLP().sharpen(
            scene: pair.scene, ms: SceneWindow(whole: pair.ms), pan: SceneWindow(whole: pair.pan))
        let corner = PixelRegion(rows: 700..<771, columns: 33..<140)
        let tile = fitted.fuse(pair.block(corner, ingredients: fitted.ingredients))
        #expect(tile == whole.cropped(rows: corner.rows, columns: corner.columns))
    }

    @Test("blocks that do not divide a scene: the last is smaller or larger, and a block alone is the whole")
    func blocks() throws {
        // 152 rows are two blocks of 64 and 88, 100 columns are two of 64 and 36.
        let pair = try pair(152, 100)
        func fused(_ method: any ClassicalMethod) throws -> Image {
            try method.sharpen(scene: pair.scene, ms: SceneWindow(whole: pair.ms), pan: SceneWindow(whole: pair.pan))
        }
        let (global, divided) = (try fused(BDSD()), try fused(BDSD(blockSide: 64)))
        #expect(global != divided && divided.values.allSatisfy { $0.isFinite })
        // Round(152 / 128) and round(100 / 128) are 1.
        #expect(try fused(BDSD(blockSide: 128)) == global)
    }

    @Test("a scene of one band, and one without contrast in a band, have an answer")
    func poorBands() throws {
        let pan = texture(bands: 1, height: 64, width: 64)
        var ms = texture(bands: 3, height: 16, width: 16)
        for pixel in 0..<ms.pixels { ms.values[pixel] = 40 }
        for method in ClassicalMethods.all {
            let one = try method.sharpen(
                ms: texture(bands: 1, height: 16, width: 16), pan: pan, sensor: .ikonos, ratio: 4)
            let flat = try method.sharpen(ms: ms, pan: pan, sensor: .ikonos, ratio: 4)
            #expect((one.values + flat.values).allSatisfy { $0.isFinite }, "\(method.name)")
        }
    }
}
