import CGDAL
import CMatIO
import Raster
import Testing

/// Everything that uses HDF5 or matio, one test at a time: the tests write with these libraries too, which may be built
/// without protection against several threads.
@Suite(.serialized) struct ArrayFileTests {}

/// An array that a test writes: its last axes are told by a function.
struct TestArray {
    var name: String
    var lengths: [Int]
    var type = GDT_Float64
    /// The value at a place, an index for each axis.
    var value: ([Int]) -> Double

    /// The values, the last axis running fastest, or the first one as in MATLAB.
    func values(firstFastest: Bool = false) -> [Double] {
        let count = lengths.reduce(1, *)
        return (0..<count).map { index in
            var rest = index
            var place = [Int](repeating: 0, count: lengths.count)
            let axes = Array(lengths.indices)
            for axis in firstFastest ? axes : axes.reversed() {
                place[axis] = rest % lengths[axis]
                rest /= lengths[axis]
            }
            return value(place)
        }
    }
}

/// Numbers of 11 bits that tell sample, band, row and column.
func number(_ sample: Int, _ band: Int, _ row: Int, _ column: Int) -> Double {
    Double((sample * 611 + band * 309 + row * 97 + column * 13) % 2048)
}

/// A stack of samples × bands × rows × columns.
func stack(
    _ name: String, _ lengths: [Int], type: GDALDataType = GDT_Float64, scale: Double = 1
) -> TestArray {
    TestArray(name: name, lengths: lengths, type: type) { number($0[0], $0[1], $0[2], $0[3]) * scale }
}

/// Writes an HDF5 file with GDAL, so that reading is not tested with our own writing.
func writeHDF5(_ file: String, _ arrays: [TestArray]) throws {
    _ = RasterLibrary.cacheLimit  // registers the drivers
    let dataset = try #require(GDALCreateMultiDimensional(GDALGetDriverByName("netCDF"), file, nil, nil))
    defer { GDALClose(dataset) }
    let root = try #require(GDALDatasetGetRootGroup(dataset))
    defer { GDALGroupRelease(root) }
    for array in arrays {
        var dimensions: [GDALDimensionH?] = []
        defer { dimensions.forEach { GDALDimensionRelease($0) } }
        for (index, length) in array.lengths.enumerated() {
            let name = "\(array.name)_axis\(index)"
            dimensions.append(try #require(GDALGroupCreateDimension(root, name, nil, nil, GUInt64(length), nil)))
        }
        let type = GDALExtendedDataTypeCreate(array.type)
        defer { GDALExtendedDataTypeRelease(type) }
        let handle = try #require(
            GDALGroupCreateMDArray(root, array.name, dimensions.count, &dimensions, type, nil))
        defer { GDALMDArrayRelease(handle) }
        let double = GDALExtendedDataTypeCreate(GDT_Float64)
        defer { GDALExtendedDataTypeRelease(double) }
        let start = [GUInt64](repeating: 0, count: array.lengths.count)
        try #require(GDALMDArrayWrite(handle, start, array.lengths, nil, nil, double, array.values(), nil, 0) != 0)
    }
}

/// Writes a MAT file of doubles with matio.
func writeMAT(_ file: String, _ arrays: [TestArray], version: mat_ft) throws {
    let mat = try #require(Mat_CreateVer(file, nil, version))
    defer { Mat_Close(mat) }
    for array in arrays {
        var lengths = array.lengths
        var values = array.values(firstFastest: true)
        let variable = Mat_VarCreate(
            array.name, MAT_C_DOUBLE, MAT_T_DOUBLE, Int32(lengths.count), &lengths, &values, 0)
        defer { Mat_VarFree(variable) }
        try #require(Mat_VarWrite(mat, variable, MAT_COMPRESSION_NONE) == 0)
    }
}
