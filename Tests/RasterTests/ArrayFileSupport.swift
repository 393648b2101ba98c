import CGDAL
import CMatIO
import Foundation
import Raster
import Testing

/// Everything that uses HDF5 or matio, one test at a time: the tests write with these libraries too, and Debian's HDF5 is
/// not made for several threads.
@Suite(.serialized) struct ArrayFileTests {}

/// An array that a test writes.
struct TestArray {
    var name: String
    var lengths: [Int]
    var values: [Double]
    var type = GDT_Float32
    var axes: [String] = []
    var options: [String] = []
    var nodata: Double?
    var unit: String?

    /// A cube whose numbers tell band, row and column, in an order of axes such as "hwc".
    static func cube(
        _ name: String, bands: Int, height: Int, width: Int, order: String = "chw", type: GDALDataType = GDT_Float32
    ) -> TestArray {
        let lengths = order.map { $0 == "c" ? bands : $0 == "h" ? height : width }
        var values: [Double] = []
        for first in 0..<lengths[0] {
            for second in 0..<lengths[1] {
                for third in 0..<lengths[2] {
                    let place = Dictionary(uniqueKeysWithValues: zip(order, [first, second, third]))
                    values.append(value(place["c"] ?? 0, place["h"] ?? 0, place["w"] ?? 0))
                }
            }
        }
        return TestArray(name: name, lengths: lengths, values: values, type: type)
    }

    static func value(_ band: Int, _ row: Int, _ column: Int) -> Double {
        Double((band * 1009 + row * 97 + column * 13) % 251)
    }

    /// What a reader should give of a window, (C, H, W).
    static func expected(_ window: Window, bands: Range<Int>) -> [Float] {
        bands.flatMap { band in
            window.rows.flatMap { row in window.columns.map { Float(value(band, row, $0)) } }
        }
    }
}

/// Writes an HDF5 file as netCDF does, with GDAL.
func writeHDF5(_ file: String, _ arrays: [TestArray], group: String? = nil) throws {
    _ = RasterLibrary.cacheLimit  // registers the drivers
    let dataset = try #require(GDALCreateMultiDimensional(GDALGetDriverByName("netCDF"), file, nil, nil))
    defer { GDALClose(dataset) }
    let root = try #require(GDALDatasetGetRootGroup(dataset))
    defer { GDALGroupRelease(root) }
    let inner = try group.map { try #require(GDALGroupCreateGroup(root, $0, nil)) }
    defer { inner.map { GDALGroupRelease($0) } }
    for array in arrays {
        var dimensions: [GDALDimensionH?] = []
        defer { dimensions.forEach { GDALDimensionRelease($0) } }
        for (index, length) in array.lengths.enumerated() {
            let name = array.axes.isEmpty ? "\(array.name)_axis\(index)" : array.axes[index]
            dimensions.append(
                try #require(GDALGroupCreateDimension(inner ?? root, name, nil, nil, GUInt64(length), nil)))
        }
        let type = GDALExtendedDataTypeCreate(array.type)
        defer { GDALExtendedDataTypeRelease(type) }
        var options: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        for option in array.options { options = CSLAddString(options, option) }
        defer { CSLDestroy(options) }
        let handle = try #require(
            GDALGroupCreateMDArray(inner ?? root, array.name, dimensions.count, &dimensions, type, options))
        defer { GDALMDArrayRelease(handle) }
        if let nodata = array.nodata { GDALMDArraySetNoDataValueAsDouble(handle, nodata) }
        if let unit = array.unit { GDALMDArraySetUnit(handle, unit) }
        let double = GDALExtendedDataTypeCreate(GDT_Float64)
        defer { GDALExtendedDataTypeRelease(double) }
        let start = [GUInt64](repeating: 0, count: array.lengths.count)
        try #require(GDALMDArrayWrite(handle, start, array.lengths, nil, nil, double, array.values, nil, 0) != 0)
    }
}

/// A variable of a MAT file that a test writes; numbers are columns first.
struct TestVariable {
    var name: String
    var lengths: [Int]
    var kind: matio_classes
    var bytes: [UInt8]
    var isComplex = false

    init<Number>(_ name: String, _ lengths: [Int], _ kind: matio_classes, _ values: [Number]) {
        (self.name, self.lengths, self.kind) = (name, lengths, kind)
        bytes = values.withUnsafeBytes { Array($0) }
    }

    /// Rows × columns × bands of the numbers that ``TestArray/value(_:_:_:)`` gives.
    static func cube<Number: BinaryInteger>(
        _ name: String, bands: Int, height: Int, width: Int, _ kind: matio_classes, _: Number.Type
    ) -> TestVariable {
        TestVariable(name, [height, width, bands], kind, order(bands, height, width).map { Number($0) })
    }

    static func cube(_ name: String, bands: Int, height: Int, width: Int) -> TestVariable {
        TestVariable(name, [height, width, bands], MAT_C_DOUBLE, order(bands, height, width))
    }

    private static func order(_ bands: Int, _ height: Int, _ width: Int) -> [Double] {
        (0..<bands).flatMap { band in
            (0..<width).flatMap { column in (0..<height).map { TestArray.value(band, $0, column) } }
        }
    }
}

/// Writes a MAT file with matio.
func writeMAT(
    _ file: String, _ variables: [TestVariable], version: mat_ft = MAT_FT_MAT5, compression: Bool = false
) throws {
    let types: [UInt32: matio_types] = [
        MAT_C_DOUBLE.rawValue: MAT_T_DOUBLE, MAT_C_SINGLE.rawValue: MAT_T_SINGLE, MAT_C_INT8.rawValue: MAT_T_INT8,
        MAT_C_UINT8.rawValue: MAT_T_UINT8, MAT_C_INT16.rawValue: MAT_T_INT16, MAT_C_UINT16.rawValue: MAT_T_UINT16,
        MAT_C_INT32.rawValue: MAT_T_INT32, MAT_C_UINT32.rawValue: MAT_T_UINT32, MAT_C_INT64.rawValue: MAT_T_INT64,
        MAT_C_UINT64.rawValue: MAT_T_UINT64, MAT_C_CHAR.rawValue: MAT_T_UINT8,
    ]
    let mat = try #require(Mat_CreateVer(file, nil, version))
    defer { Mat_Close(mat) }
    for variable in variables {
        var lengths = variable.lengths
        var bytes = variable.bytes
        let type = try #require(types[variable.kind.rawValue])
        try bytes.withUnsafeMutableBytes { data in
            var halves = mat_complex_split_t(Re: data.baseAddress, Im: data.baseAddress)
            let created = withUnsafeMutablePointer(to: &halves) {
                Mat_VarCreate(
                    variable.name, variable.kind, type, Int32(lengths.count), &lengths,
                    variable.isComplex ? UnsafeMutableRawPointer($0) : data.baseAddress,
                    variable.isComplex ? Int32(MAT_F_COMPLEX.rawValue) : 0)
            }
            defer { Mat_VarFree(created) }
            try #require(
                Mat_VarWrite(mat, created, compression ? MAT_COMPRESSION_ZLIB : MAT_COMPRESSION_NONE) == 0)
        }
    }
}
