import CGDAL
import Foundation
import Raster
import Testing

@Suite("Formats") struct FormatTests {
    private func profile(_ type: SampleType, bands: Int = 1, width: Int = 90, height: Int = 70) -> RasterProfile {
        var profile = RasterProfile(
            width: width, height: height, bands: .init(repeating: .init(sampleType: type), count: bands))
        profile.geoTransform = GeoTransform(originX: 500_000, originY: 3_600_000, columnStepX: 2, rowStepY: -2)
        profile.projection = Projection.wkt(named: "EPSG:32616")
        return profile
    }

    @Test(
        "each format gives back the pixels and the place that it got",
        arguments: [
            ("a.tif", nil, "GTiff"), ("a.TIFF", nil, "GTiff"), ("a.tif", "COG", "GTiff"), ("a.png", nil, "PNG"),
            ("a.jp2", nil, "JP2OpenJPEG"), ("a.img", nil, "HFA"), ("a.nc", nil, "netCDF"), ("a.dat", nil, "ENVI"),
            ("a.raw", "envi", "ENVI"),
        ] as [(String, String?, String)])
    func roundTrip(name: String, format: String?, driver: String) throws {
        let directory = try TemporaryDirectory()
        let profile = profile(.uint16, bands: driver == "netCDF" ? 1 : 3)
        let values = (0..<profile.sampleCount).map { Float(($0 * 7919) % 2048) }
        let writer = try RasterWriter(directory.file(name), profile: profile, options: .init(format: format))
        for (index, window) in profile.window.tiles(width: 33, height: 70).enumerated() {
            #expect(directory.names.count == 1 && directory.names[0].hasPrefix("."), "window \(index)")
            try writer.write(cut(window, from: values, of: profile), to: window)
        }
        try writer.finish()
        #expect(directory.names.allSatisfy { !$0.hasPrefix(".") })
        let reader = try RasterReader(directory.file(name))
        #expect(reader.profile.driver == driver)
        #expect(try reader.read(profile.window) == values)
        let place = try #require(reader.profile.geoTransform)
        for (found, wanted) in zip(place.coefficients, profile.geoTransform?.coefficients ?? []) {
            #expect(abs(found - wanted) < 1e-6)
        }
        #expect(
            Projection.shortName(reader.profile.projection).contains("32616") || driver == "HFA" || driver == "ENVI")
    }

    @Test("GeoTIFF is tiled and compressed unless the caller says otherwise")
    func defaults() throws {
        let directory = try TemporaryDirectory()
        let cases: [([String], Int, String?)] = [
            ([], 256, "DEFLATE"), (["COMPRESS=LZW"], 256, "LZW"),
            (["COMPRESS=NONE", "BLOCKXSIZE=128", "BLOCKYSIZE=64"], 128, nil),
            (["TILED=NO"], 300, "DEFLATE"), (["BIGTIFF=YES"], 256, "DEFLATE"),
        ]
        for (options, block, compression) in cases {
            let file = directory.file("a.tif")
            let profile = profile(.uint8, width: 300, height: 300)
            let writer = try RasterWriter(
                file, profile: profile, options: .init(creationOptions: options, overwrites: true))
            try writer.write([Float](repeating: 9, count: 90000), to: profile.window)
            try writer.finish()
            let found = try RasterReader(file).profile
            #expect(found.blockWidth == block && found.compression == compression, "\(options)")
            let version = try Data(contentsOf: URL(fileURLWithPath: file))[2]
            #expect(version == (options == ["BIGTIFF=YES"] ? 43 : 42))
        }
    }

    @Test("an unknown creation option, a wrong value and a missing value are refused with GDAL's words")
    func options() throws {
        let directory = try TemporaryDirectory()
        for option in ["COMPRSS=LZW", "COMPRESS=BEST", "COMPRESS"] {
            let error = rasterError {
                _ = try RasterWriter(
                    directory.file("a.tif"), profile: profile(.uint8), options: .init(creationOptions: [option]))
            }
            #expect(error?.code == .invalidOption, "\(option)")
            #expect(error?.description.contains(option.split(separator: "=").last.map(String.init) ?? "") == true)
        }
        #expect(directory.names.isEmpty)
    }

    @Test("a format that cannot store the image says so before any work, with what to do")
    func unsuitable() throws {
        let directory = try TemporaryDirectory()
        let cases: [(String, String?, RasterProfile, RasterError.Code, String)] = [
            ("a.png", nil, profile(.float32), .unsupportedType, "-ot UInt16"),
            ("a.jpg", nil, profile(.uint16), .unsupportedType, "-ot Byte"),
            ("a.tif", nil, profile(.int8), .unsupportedType, "-ot Int16"),
            ("a.png", nil, profile(.uint8, bands: 8), .unsupportedShape, "8 bands"),
            ("a.jpg", nil, profile(.uint8, bands: 2), .unsupportedShape, "2 bands"),
            ("a.jpg", nil, profile(.uint8, width: 70000), .unsupportedShape, "70000"),
            ("a.vrt", nil, profile(.uint8), .unknownFormat, "VRT"),
            ("a.tif", "MEM", profile(.uint8), .unknownFormat, "MEM"),
            ("a.xyzw", nil, profile(.uint8), .unknownFormat, ".xyzw"),
            ("a", nil, profile(.uint8), .unknownFormat, "no extension"),
            ("a.tif", "GeoTIF", profile(.uint8), .unknownFormat, "GeoTIF"),
            ("a.tif", nil, profile(.uint8, width: 0), .unsupportedShape, "0×70"),
        ]
        for (name, format, profile, code, words) in cases {
            let error = rasterError {
                _ = try RasterWriter(directory.file(name), profile: profile, options: .init(format: format))
            }
            #expect(
                error?.code == code && error?.description.contains(words) == true,
                "\(name): \(String(describing: error))")
        }
        #expect(directory.names.isEmpty)
    }

    @Test("a picture is exactly its bytes, alone in its directory", arguments: [1, 3])
    func picture(planes: Int) throws {
        let directory = try TemporaryDirectory()
        let (width, height) = (31, 600)
        let bytes = (0..<width * height * planes).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        try Picture.write(bytes, width: width, height: height, to: directory.file("a.png"))
        #expect(directory.names == ["a.png"])
        let reader = try RasterReader(directory.file("a.png"))
        #expect(reader.profile.bands.map(\.color) == (planes == 1 ? [.gray] : [.red, .green, .blue]))
        #expect(try reader.read(reader.profile.window, as: Float.self) == bytes.map(Float.init))
        #expect(
            rasterError { try Picture.write(bytes, width: width, height: height, to: directory.file("a.png")) }?.code
                == .outputExists)
        #expect(
            rasterError { try Picture.write([1, 2], width: 3, height: 1, to: directory.file("b.png")) }?.code
                == .unsupportedShape)
    }

    @Test(
        "what a driver refuses without saying so beforehand is found before any work",
        arguments: [("a.mrf", nil, 3), ("a.rst", nil, 3), ("a.gpkg", nil, 3)] as [(String, String?, Int)])
    func rehearsal(name: String, format: String?, bands: Int) throws {
        let directory = try TemporaryDirectory()
        let error = rasterError {
            _ = try RasterWriter(
                directory.file(name), profile: profile(.float32, bands: bands), options: .init(format: format))
        }
        #expect(error?.code == .unsupportedShape && error?.cause != nil, "\(String(describing: error))")
        #expect(directory.names.isEmpty)
    }

    @Test("a driver that loses pixels is found out, and nothing appears")
    func lostPixels() throws {
        // GDAL 3.6 writes only zeros when it copies several bands into PDS4.
        let directory = try TemporaryDirectory()
        let profile = profile(.uint16, bands: 3)
        let values = (0..<profile.sampleCount).map { Float($0 % 1000) }
        let error = rasterError {
            let writer = try RasterWriter(directory.file("a.xml"), profile: profile, options: .init(format: "PDS4"))
            try writer.write(values, to: profile.window)
            try writer.finish()
            let reader = try RasterReader(directory.file("a.xml"))
            #expect(try reader.read(profile.window) == values, "a version of GDAL that keeps them is as good")
        }
        if let error {
            #expect(error.code == .writeFailed && error.problem.contains("did not keep the pixels"))
            #expect(directory.names.isEmpty)
        }
    }

    @Test("several bands are refused by formats that would scatter them", arguments: ["a.nc", "a.asc"])
    func scattered(name: String) throws {
        let directory = try TemporaryDirectory()
        let error = rasterError { _ = try RasterWriter(directory.file(name), profile: profile(.int16, bands: 3)) }
        #expect(error?.code == .unsupportedShape && error?.remedy.contains("1 band") == true)
    }

    @Test(
        "formats that are copied keep which pixels are valid, by nodata and by mask, without a georeference too",
        arguments: ["a.png", "a.jp2", "a.img", "a.nc", "cog.tif"])
    func copiedValidity(name: String) throws {
        let directory = try TemporaryDirectory()
        let valid = (0..<64 * 48).map { UInt8($0 % 7 == 0 ? 0 : 1) }
        for nodata in [3, nil] as [Double?] {
            var profile = RasterProfile(width: 64, height: 48, bands: [.init(sampleType: .uint8, nodata: nodata)])
            profile.hasMask = nodata == nil
            let options = RasterWriter.Options(format: name == "cog.tif" ? "COG" : nil, overwrites: true)
            if nodata == nil && name == "a.nc" {
                let error = rasterError {
                    _ = try RasterWriter(directory.file(name), profile: profile, options: options)
                }
                #expect(error?.code == .unsupportedShape && error?.remedy.contains("nodata") == true)
                continue
            }
            let writer = try RasterWriter(directory.file(name), profile: profile, options: options)
            try writer.write((0..<64 * 48).map { Float($0 % 200) }, to: profile.window, valid: valid)
            try writer.finish()
            let reader = try RasterReader(directory.file(name))
            #expect(try reader.readMask(profile.window) == valid, "nodata \(String(describing: nodata))")
        }
    }
}
