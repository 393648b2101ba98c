import CGDAL
import Foundation

/// An HDF5 file as GDAL's multidimensional interface shows it: groups with arrays.
///
/// MAT files of version 7.3 are HDF5 files too. Debian's HDF5 library is not made for several threads, so whoever uses one
/// of these holds ``lock``.
final class HDF5File {
    /// One thread at a time may be in the library.
    static let lock = NSRecursiveLock()

    let file: String
    private let dataset: GDALDatasetH
    private let root: GDALGroupH

    /// Opens a file.
    init(_ file: String, messages: GDALMessages) throws(RasterError) {
        self.file = file
        let dataset = withStringList(["HDF5"]) { drivers in
            drivers?.withMemoryRebound(to: UnsafePointer<CChar>?.self, capacity: 2) {
                GDALOpenEx(file, fusionkitReadOnlyArrayFlags(), $0, nil, nil)
            }
        }
        guard let dataset else { throw Self.damaged(file, messages) }
        guard let root = GDALDatasetGetRootGroup(dataset) else {
            GDALClose(dataset)
            throw Self.damaged(file, messages)
        }
        (self.dataset, self.root) = (dataset, root)
    }

    deinit {
        GDALGroupRelease(root)
        GDALClose(dataset)
    }

    private static func damaged(_ file: String, _ messages: GDALMessages) -> RasterError {
        RasterError(
            .damaged, file: file, "it begins like an HDF5 file, but is truncated or damaged.",
            remedy: "Fetch the file again.", cause: messages.cause)
    }

    /// Whether a file has the signature of HDF5, which MATLAB and others put behind a heading of their own.
    static func isHDF5(_ file: String) -> Bool {
        guard let handle = FileHandle(forReadingAtPath: file) else { return false }
        defer { try? handle.close() }
        let signature = Data([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a])
        return [UInt64(0), 512, 1024, 2048].contains { offset in
            guard (try? handle.seek(toOffset: offset)) != nil else { return false }
            return (try? handle.read(upToCount: signature.count)) == signature
        }
    }

    /// What a hostile file may at most make us look at.
    private static let mostArrays = 4096, mostDepth = 8

    /// Every array, those of inner groups too.
    func arrays() -> [StoredArray] {
        var arrays: [StoredArray] = []
        collect(root, depth: 0, into: &arrays)
        return arrays
    }

    private func collect(_ group: GDALGroupH, depth: Int, into arrays: inout [StoredArray]) {
        let names = GDALGroupGetMDArrayNames(group, nil)
        defer { CSLDestroy(names) }
        for name in strings(of: names) where arrays.count < Self.mostArrays {
            guard let array = GDALGroupOpenMDArray(group, name, nil) else { continue }
            defer { GDALMDArrayRelease(array) }
            if let description = Self.describe(array) { arrays.append(description) }
        }
        if depth == Self.mostDepth { return }
        let groups = GDALGroupGetGroupNames(group, nil)
        defer { CSLDestroy(groups) }
        // MATLAB keeps in #refs# what cells refer to.
        for name in strings(of: groups) where !name.hasPrefix("#") && arrays.count < Self.mostArrays {
            guard let inner = GDALGroupOpenGroup(group, name, nil) else { continue }
            defer { GDALGroupRelease(inner) }
            collect(inner, depth: depth + 1, into: &arrays)
        }
    }

    private static func describe(_ array: GDALMDArrayH) -> StoredArray? {
        guard let name = GDALMDArrayGetFullName(array), let type = GDALMDArrayGetDataType(array) else { return nil }
        defer { GDALExtendedDataTypeRelease(type) }
        var count = 0
        let dimensions = GDALMDArrayGetDimensions(array, &count)
        defer { GDALReleaseDimensions(dimensions, count) }
        var lengths: [Int] = []
        var axes: [String] = []
        for index in 0..<count {
            lengths.append(Int(clamping: GDALDimensionGetSize(dimensions?[index])))
            axes.append(GDALDimensionGetName(dimensions?[index]).map { String(cString: $0) } ?? "")
        }
        let matlabClass = attribute("MATLAB_class", of: array)
        let isNumber = GDALExtendedDataTypeGetClass(type) == GEDTC_NUMERIC
        let number = GDALExtendedDataTypeGetNumericDataType(type)
        let isReal = SampleType.allCases.contains { $0.gdalType == number }
        let typeName = isNumber ? GDALGetDataTypeName(number).map { String(cString: $0) } : nil
        return StoredArray(
            name: String(cString: name), lengths: matlabClass == nil ? lengths : lengths.reversed(),
            axes: matlabClass == nil ? axes : axes.reversed(), type: typeName ?? "no numbers",
            isNumeric: isNumber && isReal && !["char", "cell", "struct"].contains(matlabClass ?? ""),
            isMATLAB: matlabClass != nil)
    }

    /// A text that is kept with an array.
    private static func attribute(_ name: String, of array: GDALMDArrayH) -> String? {
        guard let attribute = GDALMDArrayGetAttribute(array, name) else { return nil }
        defer { GDALAttributeRelease(attribute) }
        return GDALAttributeReadAsString(attribute).map { String(cString: $0) }
    }

    /// Opens an array by its full name; the caller releases it.
    func open(_ name: String, messages: GDALMessages) throws(RasterError) -> GDALMDArrayH {
        guard let array = GDALGroupOpenMDArrayFromFullname(root, name, nil) else { throw Self.damaged(file, messages) }
        return array
    }

    /// The numbers of a list and the unit that the file gives them; nil when they can't be read.
    func list(_ stored: StoredArray) -> (values: [Double], unit: String)? {
        let count = stored.lengths.reduce(1, saturatingProduct)
        guard count <= 65536, let array = GDALGroupOpenMDArrayFromFullname(root, stored.name, nil) else { return nil }
        defer { GDALMDArrayRelease(array) }
        let type = GDALExtendedDataTypeCreate(GDT_Float64)
        defer { GDALExtendedDataTypeRelease(type) }
        let start = [GUInt64](repeating: 0, count: stored.lengths.count)
        var values = [Double](repeating: 0, count: count)
        let bytes = count * MemoryLayout<Double>.stride
        let lengths = stored.isMATLAB ? stored.lengths.reversed() : stored.lengths
        let isRead = values.withUnsafeMutableBytes {
            GDALMDArrayRead(array, start, lengths, nil, nil, type, $0.baseAddress, $0.baseAddress, bytes) != 0
        }
        let unit = GDALMDArrayGetUnit(array).map { String(cString: $0) } ?? ""
        return isRead ? (values, unit.isEmpty ? Self.attribute("unit", of: array) ?? "" : unit) : nil
    }
}
