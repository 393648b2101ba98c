import CGDAL
import Foundation
import Raster
import Testing

@Suite("What is carried over") struct MetadataTests {
    /// A profile with something in every field.
    private var full: RasterProfile {
        let bands: [RasterProfile.Band] = [
            .init(
                name: "B2 Blue", sampleType: .uint16, nodata: 0, color: .blue, scale: 0.0001, offset: -0.1, unit: "sr-1"
            ),
            .init(name: "B3 Green", sampleType: .uint16, nodata: 0, color: .green, metadata: ["WAVELENGTH": "560"]),
            .init(name: "B4 Red", sampleType: .uint16, nodata: 0, color: .red),
            .init(name: "B5 Near infrared", sampleType: .uint16, nodata: 0),
        ]
        var profile = RasterProfile(width: 40, height: 30, bands: bands)
        profile.projection = Projection.wkt(named: "EPSG:32616")
        profile.geoTransform = GeoTransform(
            originX: 500_000, originY: 3_600_000, columnStepX: 24, columnStepY: 18, rowStepX: 18, rowStepY: -24)
        profile.metadata = [
            "": ["AREA_OR_POINT": "Area", "TIFFTAG_DATETIME": "2015:08:04 16:00:00", "SCENE": "LC8"],
            "IMAGERY": ["CLOUDCOVER": "4"],
        ]
        return profile
    }

    private func copy(_ profile: RasterProfile, name: String = "a.tif", format: String? = nil) throws -> RasterProfile {
        let directory = try TemporaryDirectory()
        let writer = try RasterWriter(directory.file(name), profile: profile, options: .init(format: format))
        try writer.write([Float](repeating: 7, count: profile.pixelCount * profile.dataBands.count), to: profile.window)
        try writer.finish()
        return try RasterReader(directory.file(name)).profile
    }

    @Test(
        "a GeoTIFF and a COG keep names, colours, nodata, scale, metadata, projection and a rotated place",
        arguments: [nil, "COG"] as [String?])
    func everything(format: String?) throws {
        let found = try copy(full, format: format)
        #expect(found.bands == full.bands)
        #expect(found.geoTransform == full.geoTransform)
        #expect(Projection.areSame(found.projection, full.projection))
        // GDAL copies only the main domain into a COG.
        if format == nil { #expect(found.metadata["IMAGERY"] == full.metadata["IMAGERY"]) }
        for (key, value) in full.metadata[""] ?? [:] { #expect(found.metadata[""]?[key] == value, "\(key)") }
    }

    @Test("reading and writing again changes nothing")
    func stable() throws {
        let once = try copy(full)
        var twice = try copy(once)
        twice.driver = once.driver
        #expect(twice == once)
    }

    @Test("a file marked as point has its corners where GDAL says, before and after")
    func areaOrPoint() throws {
        var profile = full
        profile.metadata[""]?["AREA_OR_POINT"] = "Point"
        let found = try copy(profile)
        #expect(found.metadata[""]?["AREA_OR_POINT"] == "Point")
        #expect(found.geoTransform == profile.geoTransform)
    }

    @Test("the fourth of four bytes is no alpha band unless it is said to be one")
    func noAccidentalAlpha() throws {
        var profile = RasterProfile(width: 4, height: 4, bands: .init(repeating: .init(sampleType: .uint8), count: 4))
        #expect(try copy(profile).alphaBand == nil)
        for (index, color) in [RasterProfile.ColorInterpretation.red, .green, .blue].enumerated() {
            profile.bands[index].color = color
        }
        #expect(try copy(profile).alphaBand == nil)
        profile.bands[3].color = .alpha
        #expect(try copy(profile).bands.map(\.color) == [.red, .green, .blue, .alpha])
    }

    @Test("ground control points follow the grid, and rational polynomials are dropped with it")
    func groundControl() throws {
        var profile = full
        profile.geoTransform = nil
        profile.projection = nil
        profile.groundControlProjection = Projection.wkt(named: "EPSG:4326")
        profile.groundControl = [(0.0, 0.0), (40, 0), (0, 30), (40, 30)].enumerated().map { index, place in
            .init(
                name: "\(index + 1)", remark: "", column: place.0, row: place.1, x: -87 + place.0, y: 31 - place.1, z: 5
            )
        }
        let found = try copy(profile)
        #expect(
            found.groundControl.map { [$0.column, $0.row, $0.x, $0.y, $0.z] }
                == profile.groundControl.map { [$0.column, $0.row, $0.x, $0.y, $0.z] })
        #expect(Projection.areSame(found.groundControlProjection, profile.groundControlProjection))
        let zoomed = profile.zoomed(columns: 4, rows: 4)
        #expect(zoomed.width == 160 && zoomed.groundControl[3].column == 160 && zoomed.groundControl[3].row == 120)
        #expect(profile.cropped(to: Window(column: 10, row: 5, width: 4, height: 4)).groundControl[0].column == -10)
    }

    @Test("rational polynomials are kept on the same grid")
    func rationalPolynomial() throws {
        var profile = full
        var items = ["LINE_OFF": "15", "SAMP_OFF": "20", "LAT_OFF": "31", "LONG_OFF": "-87", "HEIGHT_OFF": "100"]
        for key in ["LINE_SCALE", "SAMP_SCALE", "LAT_SCALE", "LONG_SCALE", "HEIGHT_SCALE"] { items[key] = "1" }
        for key in ["LINE_NUM_COEFF", "LINE_DEN_COEFF", "SAMP_NUM_COEFF", "SAMP_DEN_COEFF"] {
            items[key] = (["1"] + [String](repeating: "0", count: 19)).joined(separator: " ")
        }
        profile.rationalPolynomial = items
        let found = try copy(profile)
        #expect(found.rationalPolynomial["LAT_OFF"].flatMap(Double.init) == 31)
        #expect(found.isGeoreferenced)
        #expect(found.zoomed(columns: 2, rows: 2).rationalPolynomial.isEmpty)
    }

    @Test("zooming keeps the extent; a palette and statistics are not carried over")
    func derived() throws {
        let zoomed = full.zoomed(columns: 2, rows: 2)
        #expect(zoomed.width == 80 && zoomed.height == 60)
        let corner = zoomed.geoTransform?.position(column: 80, row: 60)
        let same = full.geoTransform?.position(column: 40, row: 30)
        #expect(corner?.x == same?.x && corner?.y == same?.y)
        let directory = try TemporaryDirectory()
        try makeFile(directory.file("p.tif"), width: 2, height: 2, bands: 1, type: GDT_Byte, pixels: [0, 1, 1, 0]) {
            let colors = GDALCreateColorTable(GPI_RGB)
            for index in 0..<2 {
                var entry = GDALColorEntry(c1: Int16(200 * index), c2: 100, c3: 50, c4: 255)
                GDALSetColorEntry(colors, Int32(index), &entry)
            }
            GDALSetRasterColorTable(GDALGetRasterBand($0, 1), colors)
            GDALDestroyColorTable(colors)
            GDALSetMetadataItem(GDALGetRasterBand($0, 1), "STATISTICS_MAXIMUM", "1", nil)
        }
        let profile = try RasterReader(directory.file("p.tif")).profile
        #expect(profile.bands[0].color == .palette && profile.bands[0].metadata.isEmpty)
        #expect(try copy(profile).bands[0].color == .gray)
    }
}
