/// The table of contents of a safetensors file, checked in full before any tensor is made.
///
/// The file is a 64-bit length, that many bytes of JSON, and the elements: name → type, shape, and the range of bytes
/// after the header, little-endian, row-major. The ranges have to cover the rest of the file without gap or overlap.
struct SafetensorsHeader {
    /// The reference implementation's limit.
    static let maximumLength = 100_000_000
    static let maximumRank = 64

    var entries: [SafetensorsFile.Entry] = []
    var metadata: [String: String] = [:]

    /// Bits of one element, of every type that the format knows.
    static let elementBits: [String: Int] = [
        "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8,
        "F8_E5M2FNUZ": 8, "BOOL": 8, "I8": 8, "U8": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32,
        "U32": 32, "F32": 32, "I64": 64, "U64": 64, "F64": 64, "C64": 64,
    ]

    /// The types that are read; those of `.same` are also written.
    static let types: [String: StoredType] = [
        "F64": .same(.float64), "F32": .same(.float32), "F16": .same(.float16), "BF16": .same(.bfloat16),
        "I64": .same(.int64), "I32": .same(.int32), "U8": .same(.uint8), "BOOL": .same(.bool),
        "C64": .same(.complex64), "I8": .int8, "I16": .int16, "U16": .uint16, "U32": .uint32,
    ]

    /// Whether a file begins as the format does: a length, then a brace.
    static func begins(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.count >= 9 && bytes[8] == 0x7B }

    init(_ bytes: UnsafeRawBufferPointer, file: String) throws {
        var reader = ByteReader(bytes, file: file)
        let length = try reader.integer(UInt64.self)
        guard length <= UInt64(SafetensorsHeader.maximumLength) else {
            throw CheckpointError(
                .malformed, file,
                "Its header claims \(length) bytes; safetensors allows \(SafetensorsHeader.maximumLength).",
                remedy: "This is not a safetensors file, or a damaged one.")
        }
        guard length <= UInt64(reader.remaining) else {
            throw CheckpointError(
                .truncated, file, "Its header claims \(length) bytes, but \(reader.remaining) bytes follow.")
        }
        let text = try reader.run(length)
        guard text.first == 0x7B else {
            throw CheckpointError(
                .malformed, file, "Its header does not begin with a brace.", remedy: "This is not a safetensors file.")
        }
        try parse(JSONScanner(text, file: file), dataStart: reader.position, dataLength: reader.remaining)
        try checkCoverage(reader.position..<bytes.count, file: file)
    }

    private mutating func parse(_ scanner: JSONScanner, dataStart: Int, dataLength: Int) throws {
        var scanner = scanner
        var entries: [SafetensorsFile.Entry] = []
        var metadata: [String: String] = [:]
        try scanner.object { name, scanner in
            if name == "__metadata__" {
                try scanner.object { key, scanner in metadata[key] = try scanner.string() }
            } else {
                entries.append(
                    try SafetensorsHeader.entry(name, &scanner, dataStart: dataStart, dataLength: dataLength))
            }
        }
        try scanner.end()
        self.entries = entries
        self.metadata = metadata
    }

    private static func entry(
        _ name: String, _ scanner: inout JSONScanner, dataStart: Int, dataLength: Int
    ) throws -> SafetensorsFile.Entry {
        var type: String?
        var shape: [Int]?
        var offsets: [Int]?
        try scanner.object { key, scanner in
            switch key {
            case "dtype": type = try scanner.string()
            case "shape": shape = try numbers(&scanner, atMost: maximumRank)
            case "data_offsets": offsets = try numbers(&scanner, atMost: 2)
            default: try scanner.skipValue()
            }
        }
        guard let type, let shape, let offsets, offsets.count == 2 else {
            throw scanner.error("tensor \(quoted(name)) lacks one of dtype, shape and two data_offsets")
        }
        guard let bits = elementBits[type] else {
            throw scanner.error("tensor \(quoted(name)) is of an unknown type \(quoted(type))")
        }
        guard offsets[0] <= offsets[1], offsets[1] <= dataLength else {
            throw scanner.error(
                "tensor \(quoted(name)) lies at bytes \(offsets[0])..<\(offsets[1]) of \(dataLength) bytes of elements")
        }
        guard let size = checkedByteCount(shape: shape, elementBits: bits), size == offsets[1] - offsets[0] else {
            throw scanner.error(
                "tensor \(quoted(name)) of shape \(shape) and type \(type) does not take the "
                    + "\(offsets[1] - offsets[0]) bytes that it is given")
        }
        return SafetensorsFile.Entry(
            name: name, typeName: type, shape: shape,
            bytes: dataStart + offsets[0]..<dataStart + offsets[1])
    }

    private static func numbers(_ scanner: inout JSONScanner, atMost limit: Int) throws -> [Int] {
        var values: [Int] = []
        try scanner.array { scanner in
            guard values.count < limit else { throw scanner.error("a list has more than \(limit) numbers") }
            values.append(try scanner.count())
        }
        return values
    }

    /// Every byte after the header belongs to exactly one tensor.
    private func checkCoverage(_ elements: Range<Int>, file: String) throws {
        var position = elements.lowerBound
        let sorted = entries.sorted {
            ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
        }
        for entry in sorted {
            guard entry.bytes.lowerBound == position else {
                let relation = entry.bytes.lowerBound < position ? "overlap" : "leave a gap before"
                throw CheckpointError(
                    .malformed, file, "The tensors before it \(relation) tensor \(quoted(entry.name)).")
            }
            position = entry.bytes.upperBound
        }
        guard position == elements.upperBound else {
            throw CheckpointError(
                .malformed, file,
                "Its tensors take \(position - elements.lowerBound) bytes, but \(elements.count) bytes follow the header."
            )
        }
    }
}
