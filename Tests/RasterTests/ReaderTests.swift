import CGDAL
import Foundation
import Raster
import Testing

@Suite("Raster reader") struct ReaderTests {
    static let layouts: [[String]] = [
        [], ["TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=32"], ["INTERLEAVE=BAND", "COMPRESS=DEFLATE"],
        ["BIGTIFF=YES", "COMPRESS=LZW", "PREDICTOR=2"], ["ENDIANNESS=BIG"],
    ]
    static let types: [GDALDataType] = [GDT_Byte, GDT_Int16, GDT_UInt16, GDT_Int32, GDT_UInt32]

    @Test("reads integers of every type, layout and window as they were written", arguments: types, layouts)
    func integers(type: GDALDataType, options: [String]) throws {
        let directory = try TemporaryDirectory()
        let (width, height, bands) = (37, 53, 3)
        let pixels = (0..<width * height * bands).map { index in
            let value = Double((index * 7919) % 251)
            return type == GDT_Int16 || type == GDT_Int32
                ? value - 120 : type == GDT_UInt32 ? 4_294_967_295 - value : value
        }
        try makeFile(
            directory.file("a.tif"), width: width, height: height, bands: bands, type: type, options: options,
            pixels: pixels)
        let reader = try RasterReader(directory.file("a.tif"))
        #expect(reader.profile.width == width && reader.profile.height == height)
        #expect(reader.profile.bands.count == bands)
        var random = SplitMix64(seed: 11)
        for _ in 0..<20 {
            let column = Int.random(in: 0..<width, using: &random), row = Int.random(in: 0..<height, using: &random)
            let window = Window(
                column: column, row: row, width: Int.random(in: 1...width - column, using: &random),
                height: Int.random(in: 1...height - row, using: &random))
            let found: [Double] = try reader.read(window, bands: [2, 0])
            var expected: [Double] = []
            for band in [2, 0] {
                for row in window.rows {
                    for column in window.columns { expected.append(pixels[(band * height + row) * width + column]) }
                }
            }
            #expect(found == expected)
        }
    }

    @Test("reads Float and Double bands exactly, fractions included", arguments: [GDT_Float32, GDT_Float64])
    func floats(type: GDALDataType) throws {
        let directory = try TemporaryDirectory()
        let pixels = (0..<35).map { Double(Float($0) / 7 - 2) }
        try makeFile(directory.file("a.tif"), width: 5, height: 7, bands: 1, type: type, pixels: pixels)
        let reader = try RasterReader(directory.file("a.tif"))
        #expect(try reader.read(reader.profile.window, as: Double.self) == pixels)
        #expect(try reader.read(reader.profile.window, as: Float.self) == pixels.map(Float.init))
        #expect(reader.profile.sampleType == (type == GDT_Float32 ? .float32 : .float64))
    }

    @Test("gives signed bytes their sign")
    func signedBytes() throws {
        let directory = try TemporaryDirectory()
        try makeFile(
            directory.file("a.tif"), width: 4, height: 1, bands: 1, type: GDT_Byte, options: ["PIXELTYPE=SIGNEDBYTE"],
            pixels: [0, 127, 128, 255]
        ) { GDALSetRasterNoDataValue(GDALGetRasterBand($0, 1), -128) }
        let reader = try RasterReader(directory.file("a.tif"))
        #expect(reader.profile.sampleType == .int8)
        #expect(try reader.read(reader.profile.window, as: Float.self) == [0, 127, -128, -1])
        #expect(try reader.readMask(reader.profile.window) == [1, 1, 0, 1])
    }

    @Test("a window or a band outside the image is an error that names both")
    func outside() throws {
        let directory = try TemporaryDirectory()
        try makeFile(directory.file("a.tif"), width: 8, height: 6, bands: 2, type: GDT_Byte, pixels: [])
        let reader = try RasterReader(directory.file("a.tif"))
        let window = rasterError { _ = try reader.read(Window(column: 5, row: 0, width: 4, height: 1), as: Float.self) }
        #expect(window?.code == .outsideImage)
        #expect(window?.description.contains("4×1 at column 5, row 0 is not within its 8×6 pixels") == true)
        let band = rasterError { _ = try reader.read(Window(width: 1, height: 1), bands: [2], as: Float.self) }
        #expect(band?.description.contains("there is no band 3, it has 2") == true)
        #expect(try reader.read(Window(width: 0, height: 0), as: Float.self).isEmpty)
    }

    @Test("names what cannot be opened, and why")
    func notOpened() throws {
        let directory = try TemporaryDirectory()
        try Data("this is a letter, not an image\n".utf8).write(to: URL(fileURLWithPath: directory.file("letter.tif")))
        try Data().write(to: URL(fileURLWithPath: directory.file("empty.tif")))
        try Data([0x49, 0x49, 42, 0, 8, 0, 0, 0]).write(to: URL(fileURLWithPath: directory.file("header.tif")))
        let cases: [(String, RasterError.Code)] = [
            ("absent.tif", .notFound), ("", .isDirectory), ("letter.tif", .notAnImage), ("empty.tif", .damaged),
            ("header.tif", .damaged),
        ]
        for (name, code) in cases {
            let file = directory.file(name)
            let error = rasterError { _ = try RasterReader(file) }
            #expect(error?.code == code, "\(name)")
            #expect(error?.description.hasPrefix(file + ": ") == true)
        }
    }

    @Test("complex numbers are refused")
    func complex() throws {
        let directory = try TemporaryDirectory()
        try makeFile(directory.file("sar.tif"), width: 3, height: 3, bands: 1, type: GDT_CFloat32, pixels: [])
        let error = rasterError { _ = try RasterReader(directory.file("sar.tif")) }
        #expect(error?.code == .unsupportedSamples)
        #expect(error?.problem.contains("CFloat32") == true)
    }

    @Test("a container of several images names its parts")
    func container() throws {
        let directory = try TemporaryDirectory()
        let file = directory.file("two.gpkg")
        for (table, append) in [("field", "NO"), ("forest", "YES")] {
            let options = ["APPEND_SUBDATASET=\(append)", "RASTER_TABLE=\(table)"]
            try makeFile(
                file, driver: "GPKG", width: 8, height: 8, bands: 1, type: GDT_Byte, options: options,
                pixels: [Double](repeating: 3, count: 64)
            ) { dataset in
                var place: [Double] = [0, 1, 0, 8, 0, -1]
                GDALSetGeoTransform(dataset, &place)
                if let wkt = Projection.wkt(named: "EPSG:32616") { GDALSetProjection(dataset, wkt) }
            }
        }
        let error = rasterError { _ = try RasterReader(file) }
        #expect(error?.code == .noBands)
        #expect(error?.description.contains("2 images") == true && error?.remedy.contains("forest") == true)
    }

    @Test("counts of an absurd header do not overflow")
    func absurdSize() throws {
        let directory = try TemporaryDirectory()
        let band = String(repeating: "<VRTRasterBand dataType=\"Float64\"/>", count: 4)
        let text = "<VRTDataset rasterXSize=\"2147483647\" rasterYSize=\"2147483647\">\(band)</VRTDataset>"
        try Data(text.utf8).write(to: URL(fileURLWithPath: directory.file("a.vrt")))
        let profile = try RasterReader(directory.file("a.vrt")).profile
        #expect(profile.pixelCount == 2_147_483_647 * 2_147_483_647)
        #expect(profile.sampleCount == Int.max && profile.byteCount == Int.max)
    }
}
