/// The table of contents of a zip archive, every position checked against the file's size.
///
/// Only what `torch.save` writes is read: one file, entries stored without compression, zip64 where sizes need it.
/// Reading an entry is taking a range of the mapped file; no size that the archive claims is ever allocated. The
/// checksums are not compared, since PyTorch may leave them out.
struct ZipDirectory {
    /// One entry of the archive.
    struct Entry {
        /// Where its bytes lie in the file.
        let bytes: Range<Int>
        /// Where its own header begins.
        let start: Int
        /// Whether the bytes are the contents as they are.
        let isStored: Bool
    }

    private(set) var names: [String] = []
    private var entries: [String: Entry] = [:]
    private let file: String

    static func begins(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0x50, 0x4B, 5, 6])
    }

    init(_ bytes: UnsafeRawBufferPointer, file: String) throws {
        self.file = file
        let (range, count) = try ZipDirectory.locate(bytes, file: file)
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[..<range.upperBound]), file: file)
        reader.position = range.lowerBound
        var found = 0
        while !reader.isAtEnd {
            let (name, entry) = try ZipDirectory.entry(&reader, archive: bytes, file: file)
            guard entries.updateValue(entry, forKey: name) == nil else {
                throw CheckpointError(.malformed, file, "Its zip archive has two entries named \(quoted(name)).")
            }
            names.append(name)
            found += 1
        }
        try checkSeparation()
        guard found == count else {
            throw CheckpointError(.malformed, file, "Its zip archive announces \(count) entries and has \(found).")
        }
    }

    /// Entries that share bytes would let a small file pose as a large one.
    private func checkSeparation() throws {
        var end = 0
        for entry in entries.values.sorted(by: { ($0.start, $0.bytes.upperBound) < ($1.start, $1.bytes.upperBound) }) {
            guard entry.start >= end else {
                throw ZipDirectory.malformed(file, "entries overlap at byte \(entry.start)")
            }
            end = entry.bytes.upperBound
        }
    }

    /// Where an entry's contents lie in the file.
    func contents(of name: String) throws -> Range<Int>? {
        guard let entry = entries[name] else { return nil }
        guard entry.isStored else {
            throw CheckpointError(
                .unsupported, file,
                "Entry \(quoted(name)) of its zip archive is compressed, which torch.save never does.",
                remedy: "Unpack the archive and pack it again without compression (zip -0).")
        }
        return entry.bytes
    }

    /// The range of the central directory and the number of its entries.
    private static func locate(
        _ bytes: UnsafeRawBufferPointer, file: String
    ) throws -> (range: Range<Int>, count: UInt64) {
        let length = 22
        guard
            let end = stride(from: bytes.count - length, through: max(0, bytes.count - length - 0xFFFF), by: -1)
                .first(where: { position in
                    bytes[position...].starts(with: [0x50, 0x4B, 5, 6])
                        && position + length + Int(bytes[position + 20]) + Int(bytes[position + 21]) << 8 == bytes.count
                })
        else {
            throw CheckpointError(.truncated, file, "It begins as a zip archive, but the archive's end is missing.")
        }
        var reader = ByteReader(bytes, from: end + 4, file: file)
        let disks = (try reader.integer(UInt16.self), try reader.integer(UInt16.self))
        try reader.skip(2)
        var count = UInt64(try reader.integer(UInt16.self))
        var size = UInt64(try reader.integer(UInt32.self))
        var offset = UInt64(try reader.integer(UInt32.self))
        var limit = end
        if end >= 20, bytes[(end - 20)...].starts(with: [0x50, 0x4B, 6, 7]) {
            reader.position = end - 12
            let start = try reader.integer(UInt64.self)
            guard start <= UInt64(end - 20), bytes[Int(start)...].starts(with: [0x50, 0x4B, 6, 6]) else {
                throw malformed(file, "the zip64 record is not at byte \(start)")
            }
            limit = Int(start)
            reader.position = limit + 24
            try reader.skip(8)
            count = try reader.integer(UInt64.self)
            size = try reader.integer(UInt64.self)
            offset = try reader.integer(UInt64.self)
        } else if disks != (0, 0) {
            throw malformed(file, "it is one of several parts")
        }
        guard offset <= UInt64(limit), size <= UInt64(limit) - offset else {
            throw malformed(file, "a directory of \(size) bytes at byte \(offset) does not fit in front of its end")
        }
        return (Int(offset)..<Int(offset + size), count)
    }

    private static func entry(
        _ reader: inout ByteReader, archive: UnsafeRawBufferPointer, file: String
    ) throws -> (name: String, entry: Entry) {
        guard try reader.integer(UInt32.self) == 0x0201_4B50 else {
            throw malformed(file, "its directory is damaged before byte \(reader.position)")
        }
        try reader.skip(4)
        let flags = try reader.integer(UInt16.self)
        let method = try reader.integer(UInt16.self)
        try reader.skip(8)
        var packedSize = UInt64(try reader.integer(UInt32.self))
        var size = UInt64(try reader.integer(UInt32.self))
        let nameLength = try reader.integer(UInt16.self)
        let extraLength = try reader.integer(UInt16.self)
        let commentLength = try reader.integer(UInt16.self)
        try reader.skip(8)
        var offset = UInt64(try reader.integer(UInt32.self))
        let name = try reader.text(nameLength)
        var extras = ByteReader(try reader.run(extraLength), file: file)
        try reader.skip(commentLength)
        while extras.remaining >= 4 {
            let kind = try extras.integer(UInt16.self)
            var field = ByteReader(try extras.run(extras.integer(UInt16.self)), file: file)
            guard kind == 1 else { continue }
            if size == 0xFFFF_FFFF { size = try field.integer(UInt64.self) }
            if packedSize == 0xFFFF_FFFF { packedSize = try field.integer(UInt64.self) }
            if offset == 0xFFFF_FFFF { offset = try field.integer(UInt64.self) }
        }
        guard flags & 1 == 0 else { throw malformed(file, "entry \(quoted(name)) is encrypted") }

        guard let start = Int(exactly: offset), start < archive.count else {
            throw malformed(file, "entry \(quoted(name)) lies at byte \(offset), outside of the file")
        }
        var local = ByteReader(archive, from: start, file: file)
        guard try local.integer(UInt32.self) == 0x0403_4B50 else {
            throw malformed(file, "entry \(quoted(name)) is not at byte \(offset)")
        }
        try local.skip(22)
        let skipped = Int(try local.integer(UInt16.self)) + Int(try local.integer(UInt16.self))
        try local.skip(skipped)
        let contents = local.position
        try local.skip(packedSize)
        return (
            name, Entry(bytes: contents..<local.position, start: start, isStored: method == 0 && size == packedSize)
        )
    }

    private static func malformed(_ file: String, _ problem: String) -> CheckpointError {
        CheckpointError(.malformed, file, "Its zip archive is wrong: \(problem).")
    }
}
