import Classical
import Inference
import Raster
import Sensors
import Testing

@Suite("Classical methods with several sharp bands") struct SeveralSharpBandsTests {
    /// A pair of 3 sharp bands and 8 others.
    private static func pair(
        side: Int = 96, bands: Int = 8, last: Double = 40
    ) throws -> (scene: TestScene, pair: ScenePair) {
        var scene = try TestScene(panWidth: side, panHeight: side, bands: bands)
        scene.pan.bands = 3
        try scene.pan.write(scene.panFile) { band, row, column in
            Double((row * row / 7 + column * 3 + band * column) % 90 + 100) + (band == 2 ? last : 0)
        }
        try scene.ms.write(scene.msFile) { band, row, column in
            let place = scene.ms.place(row, column)
            return Land.band(band, place.x, place.y)
        }
        return (scene, try ScenePair(pan: scene.panFile, ms: scene.msFile, task: .hypersharpen))
    }

    private static func fuse(
        _ name: String, _ pair: ScenePair, _ output: String, side: Int, threads: Int
    ) throws -> [Double] {
        let method = try #require(ClassicalMethods.named(name))
        _ = try Pansharpening(
            pair: pair, method: .classical(method), options: ClassicalTilesTests.options(side: side, threads: threads)
        ).run(output: output)
        let reader = try RasterReader(output)
        return try reader.read(reader.profile.window, as: Double.self)
    }

    @Test("fuse with all of them, to the same bits for any tiles and threads", arguments: ["GFPCA", "CNMF", "HySure"])
    func allBands(name: String) throws {
        let (scene, pair) = try Self.pair()
        let output = scene.directory.file("out.tif")
        let whole = try Self.fuse(name, pair, output, side: 1024, threads: 1)
        #expect(whole.count == 8 * 96 * 96 && whole.allSatisfy { $0.isFinite })
        #expect(try Self.fuse(name, pair, output, side: 64, threads: 3) == whole)
        let (other, brighter) = try Self.pair(last: 41)
        #expect(try Self.fuse(name, brighter, other.directory.file("out.tif"), side: 1024, threads: 1) != whole)
    }

    @Test(
        "where no method is named, HySure runs, for few bands and beyond its limit GFPCA, with one sharp band C-GS2-GLP"
    )
    func standard() throws {
        #expect(try Self.pair(bands: 24).pair.standardMethod().name == "HySure")
        #expect(try Self.pair().pair.standardMethod().name == "GFPCA")
        #expect(try Self.pair(side: 1280, bands: 24).pair.standardMethod().name == "GFPCA")
        let single = try TestScene(panWidth: 96, panHeight: 96, bands: 8)
        try single.writeLand()
        let pair = try ScenePair(pan: single.panFile, ms: single.msFile, task: .hypersharpen)
        #expect(try pair.standardMethod().name == "C-GS2-GLP")
    }

    @Test("the hyperspectral form is that of hypersharpening, with rounding for integers")
    func form() throws {
        let (scene, pair) = try Self.pair(side: 64)
        #expect(pair.hyperspectralForm == HyperspectralForm(roundsInterpolated: true))
        let names = ClassicalMethods.all.filter(\.takesSeveralSharpBands).map(\.name)
        #expect(names == ["GFPCA", "CNMF", "HySure"])
        #expect(throws: SceneError.self) { try Pansharpening(pair: pair, method: .classical(GSA())) }
        let single = try TestScene(panWidth: 64, panHeight: 64, bands: 2, type: .float32)
        try single.writeLand()
        #expect(try single.pair().hyperspectralForm == nil)
        let real = try ScenePair(pan: single.panFile, ms: single.msFile, task: .hypersharpen)
        #expect(real.hyperspectralForm == HyperspectralForm(roundsInterpolated: false))
        _ = scene
    }
}
