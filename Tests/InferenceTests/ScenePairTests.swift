import Classical
import Foundation
import Inference
import Raster
import Sensors
import Testing

@Suite struct ScenePairTests {
    @Test("two grids that begin at one corner: the window is PAN, the offset nothing", arguments: [2, 3, 4])
    func sameCorner(_ ratio: Int) throws {
        let scene = try TestScene(panWidth: 24 * ratio, panHeight: 20 * ratio, ratio: ratio, bands: 3)
        try scene.writeLand()
        let pair = try scene.pair()
        #expect(pair.ratio == ratio)
        #expect(pair.isGeoreferenced)
        #expect(pair.window == Window(width: 24 * ratio, height: 20 * ratio))
        #expect(pair.cornerOffset == (columns: 0, rows: 0))
        // Sample 0 lies at (r − 1)/2 and not at r/2 (integer division).
        let shift = ratio % 2 == 0 ? -0.5 : 0
        #expect(pair.rowShift == shift && pair.columnShift == shift)
        #expect(pair.msBands == [0, 1, 2] && pair.panBands == [0])
    }

    @Test("the offset may be any fraction of a PAN pixel, to the right and down")
    func fractionalOffset() throws {
        let scene = try TestScene(panWidth: 80, panHeight: 64, offset: (0.3, -0.7))
        try scene.writeLand()
        let pair = try scene.pair()
        #expect(abs(pair.cornerOffset.columns - 0.3) < 1e-6 && abs(pair.cornerOffset.rows + 0.7) < 1e-6)
        #expect(abs(pair.columnShift - (0.3 - 0.5)) < 1e-6 && abs(pair.rowShift - (-0.7 - 0.5)) < 1e-6)
        #expect(pair.window == Window(width: 80, height: 64))
    }

    @Test("the output is the part of PAN that the multispectral image covers, and lies where PAN does")
    func largerPAN() throws {
        let scene = try TestScene(
            panWidth: 200, panHeight: 160, msWidth: 20, msHeight: 16, offset: (40, 32))
        try scene.writeLand()
        let pair = try scene.pair()
        // Half a multispectral pixel beyond its edge belongs to it.
        #expect(pair.window == Window(column: 38, row: 30, width: 84, height: 68))
        #expect(pair.columnShift == 2 - 0.5 && pair.rowShift == 2 - 0.5)
        let profile = pair.outputProfile()
        #expect(profile.width == 84 && profile.height == 68)
        #expect(profile.geoTransform == scene.pan.transform.of(pair.window))
        #expect(Projection.areSame(profile.projection, Projection.wkt(named: "EPSG:32616")))
        let output = scene.directory.file("out.tif")
        _ = try Pansharpening(pair: pair, method: .classical(EXP())).run(output: output)
        let written = try RasterReader(output).profile
        #expect(written.geoTransform == scene.pan.transform.of(pair.window))
        #expect(written.bands.map(\.name) == ["band 1", "band 2", "band 3", "band 4"])
    }

    @Test("a multispectral image that is larger than PAN gives all of PAN")
    func largerMS() throws {
        let scene = try TestScene(panWidth: 60, panHeight: 52, msWidth: 40, msHeight: 40, offset: (-50.25, -41.5))
        try scene.writeLand()
        let pair = try scene.pair()
        #expect(pair.window == Window(width: 60, height: 52))
        #expect(abs(pair.columnShift - (-50.25 - 0.5)) < 1e-6 && abs(pair.rowShift - (-41.5 - 0.5)) < 1e-6)
        #expect(pair.outputProfile().geoTransform == scene.pan.transform)
    }

    @Test("images that overlap in part give the common part")
    func partialOverlap() throws {
        let scene = try TestScene(panWidth: 100, panHeight: 100, msWidth: 25, msHeight: 25, offset: (60, -40))
        try scene.writeLand()
        #expect(try scene.pair().window == Window(columns: 58..<100, rows: 0..<62))
    }

    @Test("noise in the coordinates is no offset")
    func noise() throws {
        var scene = try TestScene(panWidth: 64, panHeight: 64)
        scene.pan.pixel = 0.1
        scene.ms.pixel = 0.4
        scene.pan.corner = (500_000.1, 4_123_456.7)
        scene.ms.corner = (500_000.1 + 3 * 0.1, 4_123_456.7 - 7 * 0.1)
        try scene.writeLand()
        let pair = try scene.pair()
        #expect(pair.cornerOffset == (columns: 3, rows: 7))
    }

    @Test("grids that are turned alike fit together")
    func turnedAlike() throws {
        var scene = try TestScene(panWidth: 80, panHeight: 80)
        scene.pan.turn = 0.2
        scene.ms.turn = 0.2
        try scene.writeLand()
        let pair = try scene.pair()
        #expect(pair.ratio == 4 && pair.cornerOffset == (columns: 0, rows: 0))
        #expect(pair.outputProfile().geoTransform == scene.pan.transform)
    }

    @Test("grids that are turned against each other are refused")
    func turned() throws {
        var scene = try TestScene(panWidth: 80, panHeight: 80)
        scene.ms.turn = 0.05
        try scene.writeLand()
        let error = sceneError { _ = try scene.pair() }
        #expect(error?.code == .rotated)
        #expect(error?.description.contains("gdalwarp") == true)
        #expect(error?.description.contains(scene.msFile) == true)
    }

    @Test("ratios that are no whole number, or 1, are refused", arguments: [3.5, 4.02, 1.0])
    func ratio(_ ratio: Double) throws {
        var scene = try TestScene(panWidth: 120, panHeight: 120)
        scene.ms.pixel = ratio
        try scene.writeLand()
        let error = sceneError { _ = try scene.pair() }
        #expect(error?.code == .ratio)
        #expect(error?.description.contains(scene.msFile) == true)
    }

    @Test("another projection is refused, and the message names gdalwarp")
    func projection() throws {
        var scene = try TestScene(panWidth: 80, panHeight: 80)
        scene.ms.projection = "EPSG:32617"
        try scene.writeLand()
        let error = sceneError { _ = try scene.pair() }
        #expect(error?.code == .projectionMismatch)
        #expect(error?.remedy.contains("gdalwarp -t_srs EPSG:32616 \(scene.msFile)") == true)
        scene.ms.projection = nil
        try scene.writeLand()
        let lacking = sceneError { _ = try scene.pair() }
        #expect(lacking?.code == .projectionMismatch)
        #expect(lacking?.remedy.contains("gdal_translate -a_srs EPSG:32616 \(scene.msFile)") == true)
    }

    @Test("images of two places have no overlap")
    func noOverlap() throws {
        for offset in [(column: 1000.0, row: 0.0), (column: 0, row: -500), (column: -81.5, row: 0)] {
            let scene = try TestScene(panWidth: 80, panHeight: 80, offset: offset)
            try scene.writeLand()
            #expect(sceneError { _ = try scene.pair() }?.code == .noOverlap)
        }
    }

    @Test("without georeference the sizes tell the ratio, and samples lie as in the toolboxes", arguments: [2, 3, 4])
    func noGeoreference(_ ratio: Int) throws {
        var scene = try TestScene(panWidth: 20 * ratio, panHeight: 24 * ratio, ratio: ratio)
        scene.pan.isGeoreferenced = false
        scene.ms.isGeoreferenced = false
        try scene.writeLand()
        let pair = try scene.pair()
        #expect(pair.ratio == ratio && !pair.isGeoreferenced)
        #expect(pair.rowShift == 0 && pair.columnShift == 0)
        #expect(pair.notices.isEmpty && pair.warnings.isEmpty)
        #expect(pair.outputProfile().geoTransform == nil)
    }

    @Test("a ratio that no instrument has is told where nothing places the images, and only there", arguments: [7, 10])
    func rareRatio(_ ratio: Int) throws {
        var scene = try TestScene(panWidth: 20 * ratio, panHeight: 24 * ratio, ratio: ratio)
        try scene.writeLand()
        #expect(try scene.pair().warnings.isEmpty)
        scene = try TestScene(panWidth: 20 * ratio, panHeight: 24 * ratio, ratio: ratio)
        scene.pan.isGeoreferenced = false
        scene.ms.isGeoreferenced = false
        try scene.writeLand()
        let warning = try #require(try scene.pair().warnings.first)
        #expect(warning.contains("\(20 * ratio) × \(24 * ratio) pixels") && warning.contains("ratio of \(ratio)"))
    }

    @Test("sizes that don't fit are refused without georeference")
    func sizes() throws {
        var scene = try TestScene(panWidth: 81, panHeight: 80, msWidth: 20, msHeight: 20)
        scene.pan.isGeoreferenced = false
        scene.ms.isGeoreferenced = false
        try scene.writeLand()
        let error = sceneError { _ = try scene.pair() }
        #expect(error?.code == .ratio)
        #expect(error?.problem.contains("81 × 80") == true)
    }

    @Test("one image without georeference: sizes count, and the user is told")
    func halfGeoreferenced() throws {
        var scene = try TestScene(panWidth: 80, panHeight: 64)
        scene.pan.isGeoreferenced = false
        try scene.writeLand()
        let pair = try scene.pair()
        #expect(pair.notices.count == 1 && pair.notices[0].contains(scene.panFile))
        let profile = pair.outputProfile()
        // Multispectral pixel 0 begins half a PAN pixel right of and below PAN's corner, so PAN begins as far before it.
        let corner = scene.ms.transform.zoomed(by: 4).position(column: -0.5, row: -0.5)
        #expect(profile.geoTransform?.originX == corner.x && profile.geoTransform?.originY == corner.y)
        #expect(profile.geoTransform?.columnStepX == scene.ms.transform.zoomed(by: 4).columnStepX)
        #expect(profile.projection != nil)
    }

    @Test("exchanged files are recognised by their bands and by their sizes")
    func swapped() throws {
        let scene = try TestScene(panWidth: 80, panHeight: 80)
        try scene.writeLand()
        let byBands = sceneError { _ = try ScenePair(pan: scene.msFile, ms: scene.panFile) }
        #expect(byBands?.code == .swapped && byBands?.remedy.contains("Exchange") == true)

        var bare = try TestScene(panWidth: 80, panHeight: 80, bands: 1)
        try bare.writeLand()
        #expect(sceneError { _ = try ScenePair(pan: bare.msFile, ms: bare.panFile) }?.code == .swapped)
        bare.pan.isGeoreferenced = false
        bare.ms.isGeoreferenced = false
        try bare.writeLand()
        #expect(sceneError { _ = try ScenePair(pan: bare.msFile, ms: bare.panFile) }?.code == .swapped)
    }

    @Test("PAN with several bands is refused, one with a band and alpha is not")
    func panBands() throws {
        var scene = try TestScene(panWidth: 80, panHeight: 80)
        scene.pan.bands = 3
        try scene.writeLand()
        let error = sceneError { _ = try scene.pair() }
        #expect(error?.code == .panchromaticBands)
        #expect(error?.problem.contains("3 bands") == true)
        scene.pan.bands = 1
        scene.pan.hasAlpha = true
        scene.ms.hasAlpha = true
        try scene.writeLand()
        let pair = try scene.pair()
        #expect(pair.panBands == [0] && pair.msBands == [0, 1, 2, 3])
        #expect(pair.outputProfile().bands.count == 4)
        #expect(pair.outputProfile().hasMask)
    }

    @Test(
        "a common part smaller than a multispectral pixel, and a sensor of fewer bands, are refused with the files named"
    )
    func tooSmall() throws {
        let narrow = try TestScene(panWidth: 2, panHeight: 80, msWidth: 2, msHeight: 20)
        try narrow.writeLand()
        let error = sceneError {
            _ = try Pansharpening(pair: narrow.pair(), method: .classical(EXP())).run(
                output: narrow.directory.file("out.tif"))
        }
        #expect(error?.code == .tooSmall && error?.problem.contains(narrow.panFile) == true)

        let wide = try TestScene(panWidth: 80, panHeight: 80, bands: 9)
        try wide.writeLand()
        let sensor = sceneError {
            _ = try Pansharpening(pair: wide.pair(), method: .classical(EXP()), sensor: .worldView3)
                .run(output: wide.directory.file("out.tif"))
        }
        #expect(sensor?.code == .sensorMismatch && sensor?.problem.contains("9 bands") == true)
        #expect(wide.directory.names == ["ms.tif", "pan.tif"])
    }
}
