import Foundation
import Raster
import Testing

@Suite("Real scenes", .enabled(if: satelliteScenes != nil, "../shared/data/satellite is absent"))
struct RealSceneTests {
    private func open(_ name: String) throws -> RasterReader {
        try RasterReader((satelliteScenes ?? "") + "/" + name)
    }

    @Test("Landsat 8 has its names and its place: MS pixels are centred on PAN pixels")
    func landsat() throws {
        let (ms, pan) = (try open("landsat8/ms.tif"), try open("landsat8/pan.tif"))
        #expect(ms.profile.width == 256 && pan.profile.width == 512 && ms.profile.bands.count == 4)
        #expect(ms.profile.sampleType == .uint16 && ms.profile.dataBands.count == 4)
        #expect(ms.profile.bands.allSatisfy { !$0.name.isEmpty })
        #expect(Projection.shortName(ms.profile.projection) == "EPSG:32616")
        #expect(Projection.areSame(ms.profile.projection, pan.profile.projection))
        let place = try #require(ms.profile.geoTransform)
        #expect(place.pixelWidth == 30 && pan.profile.geoTransform?.pixelWidth == 15)
        let map = try #require(pan.profile.geoTransform?.inverse).after(place)
        let centre = map.position(column: GeoTransform.centre(of: 10), row: GeoTransform.centre(of: 20))
        #expect(abs(centre.x - GeoTransform.centre(of: 21)) < 1e-6)
        #expect(abs(centre.y - GeoTransform.centre(of: 41)) < 1e-6)
    }

    @Test(
        "every scene is read and written again pixel for pixel",
        arguments: ["landsat8/ms.tif", "wv2_rr/gt.tif", "ikonos_fr/ms.tif", "jasper_ridge/hs.tif"])
    func copies(name: String) throws {
        let directory = try TemporaryDirectory()
        let reader = try open(name)
        let writer = try RasterWriter(directory.file("copy.tif"), profile: reader.profile)
        for window in reader.profile.window.tiles(width: 100, height: 75) {
            try writer.write(try reader.read(window, as: Float.self), to: window)
        }
        try writer.finish()
        let copy = try RasterReader(directory.file("copy.tif"))
        #expect(try copy.read(copy.profile.window, as: Float.self) == reader.read(reader.profile.window))
        #expect(copy.profile.bands.map(\.name) == reader.profile.bands.map(\.name))
        #expect(copy.profile.geoTransform == reader.profile.geoTransform)
        #expect(try copy.readMask(copy.profile.window).allSatisfy { $0 == 1 })
    }
}
