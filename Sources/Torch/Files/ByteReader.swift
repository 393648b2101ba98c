/// Reads little-endian numbers and runs of bytes one after the other, never past the end.
struct ByteReader {
    let bytes: UnsafeRawBufferPointer
    let file: String
    var position: Int

    init(_ bytes: UnsafeRawBufferPointer, from position: Int = 0, file: String) {
        self.bytes = bytes
        self.file = file
        self.position = position
    }

    var isAtEnd: Bool { position >= bytes.count }
    var remaining: Int { bytes.count - position }

    mutating func byte() throws -> UInt8 {
        guard position < bytes.count else { throw endError(needing: 1) }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func integer<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
        let size = MemoryLayout<Number>.size
        guard size <= remaining else { throw endError(needing: size) }
        defer { position += size }
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Number.self))
    }

    /// The next `count` bytes, without a copy. A count is any number that a file may claim.
    mutating func run(_ count: some BinaryInteger) throws -> UnsafeRawBufferPointer {
        guard let length = Int(exactly: count), length >= 0, length <= remaining else {
            throw CheckpointError(
                .truncated, file, "\(count) bytes are announced at byte \(position), \(remaining) are left.")
        }
        defer { position += length }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + length])
    }

    mutating func skip(_ count: some BinaryInteger) throws { _ = try run(count) }

    /// The next `count` bytes as text.
    mutating func text(_ count: some BinaryInteger) throws -> String {
        let start = position
        guard let text = String(validating: try run(count), as: UTF8.self) else {
            throw CheckpointError(.malformed, file, "The text at byte \(start) is not valid UTF-8.")
        }
        return text
    }

    /// Text up to a line feed, which is read too.
    mutating func line() throws -> String {
        guard let end = bytes[position...].firstIndex(of: 0x0A) else { throw endError(needing: 1) }
        let text = try text(end - position)
        position += 1
        return text
    }

    private func endError(needing count: Int) -> CheckpointError {
        CheckpointError(
            .truncated, file, "It ends too early: \(count) more bytes are needed at byte \(position) of \(bytes.count)."
        )
    }
}
