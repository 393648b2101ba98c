import CGDAL
import Foundation
import Raster
import Testing

@Suite("Valid pixels") struct MaskTests {
    private func mask(
        _ type: GDALDataType, _ pixels: [Double], bands: Int = 1, options: [String] = [],
        prepare: (GDALDatasetH) -> Void
    ) throws -> [UInt8] {
        let directory = try TemporaryDirectory()
        let width = pixels.count / bands
        try makeFile(
            directory.file("a.tif"), width: width, height: 1, bands: bands, type: type, options: options,
            pixels: pixels, prepare: prepare)
        let reader = try RasterReader(directory.file("a.tif"))
        let alone = try reader.readMask(reader.profile.window)
        let count = width * reader.profile.dataBands.count
        var values = [Float](repeating: 0, count: count)
        var together = [UInt8](repeating: 9, count: width)
        try values.withUnsafeMutableBufferPointer { values in
            try together.withUnsafeMutableBufferPointer { together in
                try reader.read(reader.profile.window, into: values, valid: together)
            }
        }
        #expect(alone == together, "the mask alone equals the mask with the pixels")
        return alone
    }

    private func nodata(_ value: Double) -> (GDALDatasetH) -> Void {
        { GDALSetRasterNoDataValue(GDALGetRasterBand($0, 1), value) }
    }

    @Test("without nodata every integer is valid")
    func allValid() throws {
        #expect(try mask(GDT_UInt16, [0, 1, 65535]) { _ in } == [1, 1, 1])
    }

    @Test("the nodata value is invalid where any band has it")
    func anyBand() throws {
        #expect(try mask(GDT_UInt16, [0, 5, 7, 9, 0, 3], bands: 2, prepare: nodata(0)) == [0, 0, 1])
        #expect(try mask(GDT_Int16, [-9999, -9998], prepare: nodata(-9999)) == [0, 1])
        #expect(try mask(GDT_UInt32, [4_294_967_295, 4_294_967_294], prepare: nodata(4_294_967_295)) == [0, 1])
        #expect(try mask(GDT_Float32, [-9999, -9998.5], prepare: nodata(-9999)) == [0, 1])
    }

    @Test("NaN and infinite values are invalid, with and without a nodata value")
    func notFinite() throws {
        let values = [1, Double.nan, .infinity, -.infinity, 0]
        #expect(try mask(GDT_Float32, values) { _ in } == [1, 0, 0, 0, 1])
        #expect(try mask(GDT_Float64, values, prepare: nodata(.nan)) == [1, 0, 0, 0, 1])
        #expect(try mask(GDT_Float32, values, prepare: nodata(0)) == [1, 0, 0, 0, 0])
    }

    @Test("a nodata value that the type cannot hold marks nothing", arguments: [-9999, 0.5, 300, Double.nan])
    func unrepresentable(value: Double) throws {
        #expect(try mask(GDT_Byte, [0, 1, 44, 255], prepare: nodata(value)) == [1, 1, 1, 1])
    }

    @Test("a mask band inside the file or beside it counts", arguments: ["YES", "NO"])
    func maskBand(inside: String) throws {
        let directory = try TemporaryDirectory()
        CPLSetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", inside)
        defer { CPLSetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", nil) }
        try makeFile(
            directory.file("a.tif"), width: 3, height: 1, bands: 2, type: GDT_UInt16, pixels: [1, 2, 3, 4, 5, 6]
        ) { dataset in
            GDALCreateDatasetMaskBand(dataset, GMF_PER_DATASET)
            var bytes: [UInt8] = [255, 0, 255]
            _ = GDALRasterIO(
                GDALGetMaskBand(GDALGetRasterBand(dataset, 1)), GF_Write, 0, 0, 3, 1, &bytes, 3, 1, GDT_Byte, 0, 0)
        }
        let reader = try RasterReader(directory.file("a.tif"))
        #expect(reader.profile.hasMask)
        #expect(try reader.readMask(reader.profile.window) == [1, 0, 1])
    }

    @Test("an alpha band is recognised, left out of the data bands, and counts", arguments: [GDT_Byte, GDT_UInt16])
    func alpha(type: GDALDataType) throws {
        let directory = try TemporaryDirectory()
        try makeFile(
            directory.file("a.tif"), width: 3, height: 1, bands: 4, type: type,
            options: ["PHOTOMETRIC=RGB", "ALPHA=YES"], pixels: [1, 2, 3, 4, 5, 6, 7, 8, 9, 255, 0, 255])
        let reader = try RasterReader(directory.file("a.tif"))
        #expect(reader.profile.alphaBand == 3)
        #expect(reader.profile.dataBands == [0, 1, 2])
        #expect(try reader.read(reader.profile.window, as: Float.self) == [1, 2, 3, 4, 5, 6, 7, 8, 9])
        #expect(try reader.readMask(reader.profile.window) == [1, 0, 1])
    }
}
