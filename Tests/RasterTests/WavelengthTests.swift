import CGDAL
import Foundation
import Raster
import Testing

@Suite("Wavelengths") struct WavelengthTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private static let expected: [Wavelength] = (0..<31).map {
        Wavelength(centre: 400.5 + 10 * Double($0), width: 9.25 + Double($0) / 8, unit: "Nanometers")
    }

    private var cube: RasterProfile {
        var profile = RasterProfile(
            width: 12, height: 9,
            bands: Self.expected.indices.map { .init(name: "B\($0 + 1)", sampleType: .uint16) })
        for index in profile.bands.indices { profile.bands[index].wavelength = Self.expected[index] }
        return profile
    }

    private func write(_ profile: RasterProfile, _ name: String, format: String? = nil) throws -> [Float] {
        let values = (0..<profile.sampleCount).map { Float($0 % 1000) }
        let writer = try RasterWriter(directory.file(name), profile: profile, options: .init(format: format))
        try writer.write(values, to: profile.window)
        try writer.finish()
        return values
    }

    @Test(
        "centres, widths and unit come back from each format that keeps them",
        arguments: [
            ("a.tif", nil), ("a.tif", "COG"), ("a.dat", "ENVI"), ("a.img", "HFA"),
        ] as [(String, String?)])
    func roundTrip(name: String, format: String?) throws {
        let values = try write(cube, name, format: format)
        let reader = try RasterReader(directory.file(name))
        #expect(reader.profile.bands.map(\.wavelength) == Self.expected)
        #expect(reader.profile.bands.map(\.name) == cube.bands.map(\.name))
        #expect(try reader.read(reader.profile.window) == values)
        // And again, in the other format.
        _ = try write(reader.profile, "b", format: format == "ENVI" ? "GTiff" : "ENVI")
        let again = try RasterReader(directory.file("b")).profile
        #expect(again.bands.map(\.wavelength) == Self.expected && again.bands.map(\.name) == cube.bands.map(\.name))
    }

    @Test("an ENVI header holds what ENVI's own programs read, and bands do not repeat it elsewhere")
    func header() throws {
        _ = try write(cube, "a.dat", format: "ENVI")
        let beside = try? String(contentsOfFile: directory.file("a.dat.aux.xml"), encoding: .utf8)
        #expect(beside?.contains("<MDI key=\"wavelength\">400.5<") != true)
        let header = try String(contentsOfFile: directory.file("a.hdr"), encoding: .utf8)
        let fields = header.replacing("\n", with: " ")
        for text in [
            "wavelength units = Nanometers", "wavelength = {400.5, 410.5,", "fwhm = {9.25, 9.375,",
            "band names = { B1, B2,", "description = { a.dat}",
        ] {
            #expect(
                fields.replacing(" ", with: "").contains(text.replacing(" ", with: "")), "\(text) is not in \(header)")
        }
    }

    @Test("an ENVI image may be named by its header") func namedByHeader() throws {
        let values = try write(cube, "a.dat", format: "ENVI")
        let reader = try RasterReader(directory.file("a.hdr"))
        #expect(try reader.read(reader.profile.window) == values)
        let files = try Set(reader.files().map { ($0 as NSString).lastPathComponent })
        #expect(files.isSuperset(of: ["a.dat", "a.hdr"]), "\(files)")
        try FileManager.default.removeItem(atPath: directory.file("a.dat"))
        #expect(rasterError { _ = try RasterReader(directory.file("a.hdr")) } != nil)
    }

    @Test("a header that another program wrote, in every interleave", arguments: ["bsq", "bil", "bip"])
    func foreign(interleave: String) throws {
        try """
        ENVI
        description = { a test }
        samples = 3
        lines = 2
        bands = 2
        header offset = 0
        file type = ENVI Standard
        data type = 12
        interleave = \(interleave)
        byte order = 0
        sensor type = AVIRIS
        wavelength units = Micrometers
        wavelength = {
         0.4085, 2.4520}
        fwhm = {
         0.0100, 0.0110}

        """.write(toFile: directory.file("a.hdr"), atomically: true, encoding: .utf8)
        let bytes: [UInt8] = (0..<12).flatMap { [UInt8($0), 0] }
        try Data(bytes).write(to: URL(fileURLWithPath: directory.file("a.img")))
        let profile = try RasterReader(directory.file("a.img")).profile
        #expect(
            profile.bands.map(\.wavelength) == [
                .init(centre: 0.4085, width: 0.01, unit: "Micrometers"),
                .init(centre: 2.452, width: 0.011, unit: "Micrometers"),
            ])
        #expect(profile.bands[0].wavelength?.nanometres == 408.5)
        // Nothing of how this file is stored is carried into another one.
        #expect(profile.metadata["ENVI"] == ["sensor_type": "AVIRIS"])
        #expect(profile.metadata[""]?.keys.contains { $0.hasPrefix("Band_") } != true)
    }

    @Test("a GeoTIFF says it in GDAL's own items too") func imagery() throws {
        _ = try write(cube, "a.tif")
        let dataset = try #require(GDALOpen(directory.file("a.tif"), GA_ReadOnly))
        defer { GDALClose(dataset) }
        let band = GDALGetRasterBand(dataset, 1)
        func item(_ key: String, _ domain: String?) -> String? {
            GDALGetMetadataItem(band, key, domain).map { String(cString: $0) }
        }
        #expect(item("WAVELENGTH", nil) == "400.5" && item("WAVELENGTH_UNITS", nil) == "Nanometers")
        #expect(item("CENTRAL_WAVELENGTH_UM", "IMAGERY") == "0.4005" && item("FWHM_UM", "IMAGERY") == "0.00925")
    }

    @Test("GDAL's own items and names are read where nothing else says it") func otherPlaces() throws {
        try makeFile(directory.file("a.tif"), width: 2, height: 2, bands: 3, type: GDT_Byte, pixels: []) {
            GDALSetMetadataItem(GDALGetRasterBand($0, 1), "CENTRAL_WAVELENGTH_UM", "0.56", "IMAGERY")
            GDALSetDescription(GDALGetRasterBand($0, 2), "408.5 nm")
            GDALSetDescription(GDALGetRasterBand($0, 3), "B3 Green")
        }
        let bands = try RasterReader(directory.file("a.tif")).profile.bands
        #expect(bands[0].wavelength?.nanometres == 560)
        #expect(bands[1].wavelength == .init(centre: 408.5, unit: "Nanometers") && bands[1].name == "408.5 nm")
        #expect(bands[2].wavelength == nil)
    }

    @Test(
        "the real hyperspectral scene has a wavelength in each of its 198 bands", .enabled(if: satelliteScenes != nil))
    func real() throws {
        let profile = try RasterReader("\(satelliteScenes ?? "")/jasper_ridge/hs.tif").profile
        let wavelengths = profile.bands.compactMap { $0.wavelength?.nanometres }
        #expect(wavelengths.count == 198 && wavelengths.first == 408.5)
        #expect(zip(wavelengths, wavelengths.dropFirst()).allSatisfy { $0 < $1 })
        _ = try write(profile, "a.dat", format: "ENVI")
        #expect(
            try RasterReader(directory.file("a.dat")).profile.bands.compactMap { $0.wavelength?.nanometres }
                == wavelengths)
    }
}
