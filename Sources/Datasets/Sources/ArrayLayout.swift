import Raster

/// What the images of samples are called in files that hold arrays by name (HDF5, MAT), and how their axes lie.
public struct ArrayLayout: Sendable, Hashable {
    /// Names that an array may have; the first that a file has is taken.
    public var ms: [String], pan: [String]
    /// Names of the truth; a file without any is at full resolution.
    public var reference: [String]
    /// Names of the multispectral image interpolated to PAN's size. It is not read; its shape is checked.
    public var interpolated: [String]
    /// The axes of one image: "chw", or "hwc" with bands last. MATLAB's own arrays are always rows × columns × bands.
    public var order: Order

    /// The axes of one image.
    public enum Order: String, Sendable, Hashable, CaseIterable, Codable {
        /// Bands × rows × columns.
        case bandsFirst = "chw"
        /// Rows × columns × bands.
        case bandsLast = "hwc"
    }

    /// A layout of names; in upper or lower case.
    public init(
        ms: [String], pan: [String], reference: [String], interpolated: [String] = [], order: Order = .bandsFirst
    ) {
        (self.ms, self.pan, self.reference) = (ms, pan, reference)
        (self.interpolated, self.order) = (interpolated, order)
    }

    /// PanCollection (Deng et al., "Machine learning in pansharpening: a benchmark", IEEE GRSM 2022): `gt`, `ms`, `lms`,
    /// `pan`, digital numbers; files at full resolution have no `gt`.
    public static let panCollection = ArrayLayout(
        ms: ["ms"], pan: ["pan"], reference: ["gt"], interpolated: ["lms"])

    /// HISR (CAVE, Harvard): `GT`, `LRHSI`, `HSI_up`, `RGB`, in 0…1.
    public static let hisr = ArrayLayout(
        ms: ["LRHSI"], pan: ["RGB"], reference: ["GT"], interpolated: ["HSI_up"])

    /// The MATLAB toolbox's scenes: `I_MS_LR`, `I_PAN`, `I_GT`, `I_MS`, or PanCollection's names.
    public static let toolbox = ArrayLayout(
        ms: ["I_MS_LR", "ms"], pan: ["I_PAN", "pan"], reference: ["I_GT", "gt"], interpolated: ["I_MS", "lms"])

    /// The arrays of a file by what they are.
    struct Found {
        let ms: StoredArray
        let pan: StoredArray
        let reference: StoredArray?
        let interpolated: StoredArray?
    }

    /// Finds the arrays of a file.
    ///
    /// - Throws: ``DatasetError/Code/missingArray`` with what the file holds.
    func arrays(of file: String) throws -> Found {
        let arrays = try ArrayFile.arrays(of: file)
        func find(_ names: [String]) -> StoredArray? {
            names.lazy.compactMap { name in
                arrays.first { array in
                    array.isNumeric && (array.name == name || array.name == "/" + name)
                }
                    ?? arrays.first { array in
                        array.isNumeric && array.name.lowercased().split(separator: "/").joined() == name.lowercased()
                    }
            }.first
        }
        func required(_ names: [String]) throws(DatasetError) -> StoredArray {
            if let array = find(names) { return array }
            let held = arrays.map(\.name).prefix(12).joined(separator: ", ")
            throw DatasetError(
                .missingArray, file, "it holds no array \(names.joined(separator: " or ")).",
                remedy: held.isEmpty ? "It holds none at all." : "It holds \(held); name another layout.")
        }
        return Found(
            ms: try required(ms), pan: try required(pan), reference: find(reference),
            interpolated: find(interpolated))
    }
}
