import CGDAL
import Foundation

/// A MAT file of version 5, MATLAB's `-v6` and `-v7`; those of 7.3 are HDF5 files (``HDF5File``).
///
/// Read by code of our own: matio takes the lengths in a damaged file for granted, some keep it busy for ever, and it does
/// not look at the checksums of what it unpacks.
struct MATFile {
    let file: String
    private let data: Data
    private let isBigEndian: Bool
    private let variables: [Variable]

    /// A variable, and where it lies in the file.
    private struct Variable {
        let matrix: MATMatrix
        let element: MATElement
        /// Bytes of the matrix and its tag when unpacked; nil where it is not packed.
        let unpackedSize: Int?
    }

    private static let headingSize = 128
    /// What a hostile file may at most make us look at.
    private static let mostVariables = 4096
    /// Bytes of a packed variable that are unpacked to see what it is: more than a block of deflate that is kept as it is
    /// can have (65,535), as such blocks are unpacked as a whole or not at all.
    private static let previewSize = 1 << 17
    /// Deflate packs at most so many bytes into one.
    private static let mostPacked = 1032

    /// Whether a file is one by its heading, or by its name.
    static func isMAT(_ file: String) -> Bool {
        if (file as NSString).pathExtension.lowercased() == "mat" { return true }
        guard let handle = FileHandle(forReadingAtPath: file) else { return false }
        defer { try? handle.close() }
        let heading = Data("MATLAB 5.0 MAT-file".utf8)
        return (try? handle.read(upToCount: heading.count)) == heading
    }

    /// Opens a file and looks at its variables.
    init(_ file: String) throws(RasterError) {
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: file), options: .mappedIfSafe)
        } catch {
            throw RasterError(
                .notReadable, file: file, "it can't be read.", remedy: "Check its permissions.", cause: error)
        }
        let marks = [Data([0x00, 0x01]) + Data("IM".utf8): false, Data([0x01, 0x00]) + Data("MI".utf8): true]
        guard data.count >= Self.headingSize,
            let isBigEndian = marks[data.subdata(in: Self.headingSize - 4..<Self.headingSize)]
        else {
            throw RasterError(
                .notAnImage, file: file, "it is no MAT file of version 5 or 7.3, or is cut off.",
                remedy: "Save it in MATLAB with -v7 or -v7.3.")
        }
        self.file = file
        self.isBigEndian = isBigEndian
        let found = data.withUnsafeBytes { bytes -> [Variable]? in
            Self.variables(of: MATBytes(bytes: bytes, isBigEndian: isBigEndian))
        }
        guard let found else { throw Self.damaged(file) }
        variables = found
    }

    private static func damaged(_ file: String) -> RasterError {
        RasterError(
            .damaged, file: file, "it begins like a MAT file, but is truncated or damaged.",
            remedy: "Fetch the file again.")
    }

    /// All variables; nil where an element does not end within the file, or is no matrix.
    private static func variables(of bytes: MATBytes) -> [Variable]? {
        var variables: [Variable] = []
        var place = headingSize
        while place < bytes.count, variables.count < mostVariables {
            guard let element = MATElement(at: place, in: bytes, limit: bytes.count) else { return nil }
            place = element.end
            switch element.kind {
            case .matrix:
                // Objects of MATLAB's own are built otherwise.
                if let matrix = MATMatrix(element.body, of: bytes) {
                    variables.append(Variable(matrix: matrix, element: element, unpackedSize: nil))
                }
            case .compressed:
                guard let (length, matrix) = preview(bytes, element) else { return nil }
                guard let matrix else { continue }
                variables.append(Variable(matrix: matrix, element: element, unpackedSize: 8 + length))
            default: break
            }
        }
        return variables
    }

    /// What the beginning of a packed variable says: its length, and what it is unless that is an object of MATLAB's own.
    private static func preview(_ bytes: MATBytes, _ element: MATElement) -> (length: Int, matrix: MATMatrix?)? {
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: previewSize, alignment: 8)
        defer { room.deallocate() }
        room.initializeMemory(as: UInt8.self, repeating: 0)
        // It fails where the room is too small, but has filled it then.
        _ = unpack(bytes, element, into: room)
        let beginning = MATBytes(bytes: UnsafeRawBufferPointer(room), isBigEndian: bytes.isBigEndian)
        guard beginning.word(at: 0) == MATElement.Kind.matrix.rawValue else { return nil }
        let length = beginning.word(at: 4)
        return (length, MATMatrix(8..<min(8 + length, previewSize), of: beginning))
    }

    /// Unpacks an element; true when it fills the room to the end and its checksum is right.
    private static func unpack(
        _ bytes: MATBytes, _ element: MATElement, into room: UnsafeMutableRawBufferPointer
    ) -> Bool {
        var count = 0
        guard let packed = UnsafeRawBufferPointer(rebasing: bytes.bytes[element.body]).baseAddress else { return false }
        let result = CPLZLibInflate(packed, element.body.count, room.baseAddress, room.count, &count)
        return result != nil && count == room.count
    }

    /// Every variable with a name.
    var arrays: [StoredArray] {
        variables.filter { !$0.matrix.name.isEmpty }.map {
            StoredArray(
                name: $0.matrix.name, lengths: $0.matrix.lengths, type: $0.matrix.type?.name ?? "no real numbers",
                isNumeric: $0.matrix.type != nil, isMATLAB: true)
        }
    }

    /// Reads a variable of real numbers.
    func variable(_ array: StoredArray) throws(RasterError) -> MATVariable {
        guard let variable = variables.first(where: { $0.matrix.name == array.name }) else { throw damaged }
        let result = data.withUnsafeBytes { bytes -> MATVariable? in
            let bytes = MATBytes(bytes: bytes, isBigEndian: isBigEndian)
            guard let size = variable.unpackedSize else {
                return variable.matrix.numbers.flatMap { MATVariable(array, variable.matrix, $0, of: bytes) }
            }
            // No room is made for more than can be in the bytes.
            guard size <= saturatingProduct(variable.element.body.count, Self.mostPacked) else { return nil }
            let room = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 8)
            defer { room.deallocate() }
            guard Self.unpack(bytes, variable.element, into: room) else { return nil }
            let unpacked = MATBytes(bytes: UnsafeRawBufferPointer(room), isBigEndian: isBigEndian)
            guard let matrix = MATMatrix(8..<size, of: unpacked), let numbers = matrix.numbers else { return nil }
            return MATVariable(array, matrix, numbers, of: unpacked)
        }
        guard let result else { throw damaged }
        return result
    }

    private var damaged: RasterError { Self.damaged(file) }
}
