/// What `torch.save` wrote: the values of the pickle, and where each storage lies in the mapped file.
///
/// Two formats exist. Since PyTorch 1.6 the file is a zip archive with the pickle as `<name>/data.pkl` and each storage
/// as `<name>/data/<key>`. Before, it was five parts after each other: a magic number, a version, the writer's number
/// sizes, the pickle, the list of storage keys (each a pickle), then for each storage its number of elements and them.
struct TorchArchive {
    let format: Checkpoint.Format
    let file: MappedFile
    let root: PickleValue
    let objects: PickleObjects
    /// Where the elements of each storage lie in the file, by key.
    let storages: [String: Range<Int>]

    /// 0x1950a86a20f9469cfc6c, little-endian.
    private static let legacyMagic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]

    /// The zip format.
    init(zip file: MappedFile) throws {
        let bytes = UnsafeRawBufferPointer(file.bytes)
        let directory = try ZipDirectory(bytes, file: file.path)
        let pickles = directory.names.filter { $0.hasSuffix("/data.pkl") && $0.count(where: { $0 == "/" }) == 1 }
        guard pickles.count == 1, let pickle = pickles.first, let range = try directory.contents(of: pickle) else {
            throw CheckpointError(
                .unsupported, file.path,
                "It is a zip archive with \(directory.names.count) entries, \(pickles.count) of them named data.pkl.",
                remedy: "A file of torch.save has one; unpack other archives first.")
        }
        let prefix = pickle.dropLast("data.pkl".count)
        guard try directory.contents(of: prefix + "constants.pkl") == nil else {
            throw CheckpointError(
                .unsupported, file.path, "It is a TorchScript program rather than a state dictionary.",
                remedy: "Load it with torch.jit.load and save its state_dict() with torch.save.")
        }
        if let order = try directory.contents(of: prefix + "byteorder"), bytes[order].elementsEqual("big".utf8) {
            throw TorchArchive.bigEndian(file.path)
        }
        var unpickler = Unpickler(UnsafeRawBufferPointer(rebasing: bytes[range]), file: file.path)
        root = try unpickler.load()
        objects = unpickler.objects
        var storages: [String: Range<Int>] = [:]
        for storage in objects.storages where storages[storage.key] == nil {
            storages[storage.key] = try directory.contents(of: "\(prefix)data/\(storage.key)")
        }
        self.storages = storages
        self.file = file
        format = .torchZip
    }

    /// Whether a file begins as one of the format before PyTorch 1.6 does: a pickle of the magic number.
    static func beginsLegacy(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count > 2, bytes[0] == 0x80 else { return false }
        // Protocols from 4 on put a FRAME of 9 bytes before it.
        let start = bytes[2] == 0x95 ? 11 : 2
        return bytes.dropFirst(start).starts(with: [0x8A, 0x0A] + legacyMagic)
    }

    /// The format before PyTorch 1.6.
    init(legacy file: MappedFile) throws {
        let bytes = UnsafeRawBufferPointer(file.bytes)
        var unpickler = Unpickler(bytes, file: file.path)
        guard case .longInteger(TorchArchive.legacyMagic) = try unpickler.load() else {
            throw unpickler.malformed("the magic number of PyTorch's legacy format is missing")
        }
        guard case .integer(let version) = try unpickler.load(), version == 1001 else {
            throw CheckpointError(
                .unsupported, file.path, "It is of another version of PyTorch's legacy format than 1001.",
                remedy: "Load it with PyTorch and save it again.")
        }
        if case .mapping(let index) = try unpickler.load(),
            case .boolean(false)? = unpickler.objects.mappings[index]["little_endian"]
        {
            throw TorchArchive.bigEndian(file.path)
        }
        root = try unpickler.load()
        let described = unpickler.objects.storages
        guard case .list(let index) = try unpickler.load() else {
            throw unpickler.malformed("the list of storages is missing")
        }
        let elements = Dictionary(described.map { ($0.key, $0.element) }, uniquingKeysWith: { first, _ in first })
        var storages: [String: Range<Int>] = [:]
        for value in unpickler.objects.sequences[index] {
            guard let key = unpickler.key(value), let element = elements[key] else {
                throw unpickler.malformed("its list of storages names one that no tensor has")
            }
            let count = try unpickler.reader.integer(Int64.self)
            let (size, overflow) = Int(count).multipliedReportingOverflow(by: element.byteCount)
            guard !overflow else { throw unpickler.malformed("storage \(quoted(key)) claims \(count) elements") }
            let start = unpickler.reader.position
            try unpickler.reader.skip(size)
            guard storages.updateValue(start..<start + size, forKey: key) == nil else {
                throw unpickler.malformed("storage \(quoted(key)) is there twice")
            }
        }
        objects = unpickler.objects
        self.storages = storages
        self.file = file
        format = .torchLegacy
    }

    private static func bigEndian(_ path: String) -> CheckpointError {
        CheckpointError(
            .unsupported, path, "It was written on a big-endian machine.",
            remedy: "Load it with PyTorch on a little-endian machine and save it again.")
    }
}
