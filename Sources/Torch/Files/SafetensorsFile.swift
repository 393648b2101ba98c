/// A safetensors file: named tensors with text metadata, mapped into memory.
///
/// Opening reads the header only and checks all of it; tensors are views of the mapping, which lives as long as any of
/// them. Changing such a tensor in place changes this process's copy, never the file. The file must not be shortened
/// while it is in use (replacing it by a rename, as ``write(_:metadata:to:)`` does, is safe).
public struct SafetensorsFile: Sendable {
    /// One tensor of the file.
    public struct Entry: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// The element type in the format's spelling: F32, BF16, I64, ….
        public let typeName: String
        /// Size of each axis; empty for a single number.
        public let shape: [Int]
        /// Where its elements lie in the file.
        package let bytes: Range<Int>

        /// The element type of the tensor: I8, I16 and U16 become int32, U32 becomes int64; nil for a type that can't be
        /// read, such as F8_E4M3.
        public var dtype: DType? { SafetensorsHeader.types[typeName]?.dtype }

        /// Number of elements.
        public var count: Int { shape.reduce(1, *) }
    }

    /// The path as it was given.
    public let path: String
    /// The tensors in the order of the header.
    public let entries: [Entry]
    /// The texts under `__metadata__`.
    public let metadata: [String: String]

    private let file: MappedFile
    private let indices: [String: Int]

    /// Opens a file and checks its header.
    ///
    /// - Throws: ``CheckpointError`` for a file that can't be read or breaks the format's rules in any way.
    public init(_ path: String) throws { try self.init(MappedFile(path)) }

    init(_ file: MappedFile) throws {
        let header = try withExtendedLifetime(file) {
            try SafetensorsHeader(UnsafeRawBufferPointer(file.bytes), file: file.path)
        }
        self.file = file
        path = file.path
        entries = header.entries
        metadata = header.metadata
        indices = Dictionary(uniqueKeysWithValues: header.entries.enumerated().map { ($1.name, $0) })
    }

    /// The tensors' names in the order of the header.
    public var names: [String] { entries.map(\.name) }

    /// The entry of that name, if there is one.
    public func entry(_ name: String) -> Entry? { indices[name].map { entries[$0] } }

    /// A tensor on the CPU, without a copy where its elements are aligned for their type and need no widening.
    ///
    /// - Throws: ``CheckpointError`` where there is none of that name, or its element type can't be used here;
    ///   ``TorchError`` where a copy is needed and finds no memory.
    public func tensor(_ name: String) throws -> Tensor {
        guard let entry = entry(name) else {
            throw CheckpointError(
                .noSuchTensor, path, "It has no tensor \(quoted(name)).",
                remedy: "It has \(entries.count) tensors; list them with `fusionkit info`.")
        }
        return try tensor(entry)
    }

    /// All tensors in the order of the header; see ``tensor(_:)``.
    public func tensors() throws -> [(name: String, tensor: Tensor)] {
        try entries.map { (name: $0.name, tensor: try tensor($0)) }
    }

    private func tensor(_ entry: Entry) throws -> Tensor {
        guard let type = SafetensorsHeader.types[entry.typeName] else {
            throw CheckpointError(
                .unsupported, path, "Tensor \(quoted(entry.name)) is of type \(entry.typeName).",
                remedy: "Convert it to one of \(SafetensorsHeader.types.keys.sorted().joined(separator: ", ")) first.")
        }
        return try file.tensor(entry.bytes, shape: entry.shape, type: type)
    }
}
