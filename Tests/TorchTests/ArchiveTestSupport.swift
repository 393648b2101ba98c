import Foundation
import Testing
import Torch

/// A repeatable source of random numbers (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators").
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// A directory of one test, removed when the test is over.
final class Scratch {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("fusionkit-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: directory) }

    func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

    func file(_ bytes: [UInt8], _ name: String = "file") throws -> String {
        try Data(bytes).write(to: directory.appendingPathComponent(name))
        return path(name)
    }
}

func bytes(ofFile path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

func resource(_ name: String) throws -> String {
    // The folder is found inside the bundle or taken for the bundle's own, depending on the system.
    let url =
        Bundle.module.url(forResource: name, withExtension: nil, subdirectory: "Resources")
        ?? Bundle.module.url(forResource: name, withExtension: nil)
    return try #require(url).path
}

/// Trained weights outside of the repository: beside the fixtures of FUSIONKIT_FIXTURES, or of ../shared.
let checkpointsDirectory: URL? = {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let fixtures =
        ProcessInfo.processInfo.environment["FUSIONKIT_FIXTURES"].map { URL(fileURLWithPath: $0) }
        ?? package.deletingLastPathComponent().appendingPathComponent("shared/fixtures")
    let directory = fixtures.deletingLastPathComponent().appendingPathComponent("checkpoints")
    return FileManager.default.fileExists(atPath: directory.path) ? directory : nil
}()

extension FixedWidthInteger {
    var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}

/// A zip archive of stored entries, as small as the format allows.
func storedZip(_ entries: [(name: String, contents: [UInt8])], method: UInt16 = 0) -> [UInt8] {
    var archive: [UInt8] = []
    var directory: [UInt8] = []
    for (name, contents) in entries {
        let offset = UInt32(archive.count)
        let sizes = UInt32(contents.count).littleEndianBytes + UInt32(contents.count).littleEndianBytes
        let shared =
            [20, 0, 0, 0] + method.littleEndianBytes + [UInt8](repeating: 0, count: 8) + sizes
            + UInt16(name.utf8.count).littleEndianBytes + [0, 0]
        archive += [0x50, 0x4B, 3, 4] + shared + Array(name.utf8) + contents
        directory +=
            [0x50, 0x4B, 1, 2, 20, 0] + shared + [UInt8](repeating: 0, count: 10) + offset.littleEndianBytes
            + Array(name.utf8)
    }
    let count = UInt16(entries.count).littleEndianBytes
    return archive + directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + count + count
        + UInt32(directory.count).littleEndianBytes + UInt32(archive.count).littleEndianBytes + [0, 0]
}

/// An archive as `torch.save` lays it out.
func torchArchive(pickle: [UInt8], storages: [(key: String, contents: [UInt8])] = []) -> [UInt8] {
    storedZip(
        [("test/data.pkl", pickle)] + storages.map { ("test/data/\($0.key)", $0.contents) }
            + [("test/version", Array("3\n".utf8))])
}

/// Pickles written opcode by opcode, in protocol 2.
enum Pickle {
    static func program(_ parts: [UInt8]...) -> [UInt8] { [0x80, 2] + parts.flatMap { $0 } + [0x2E] }
    static func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }
    static func text(_ text: String) -> [UInt8] {
        [0x58] + UInt32(text.utf8.count).littleEndianBytes + Array(text.utf8)
    }
    static func integer(_ value: Int) -> [UInt8] { [0x8A, 8] + Int64(value).littleEndianBytes }
    static func tuple(_ elements: [[UInt8]]) -> [UInt8] { [0x28] + elements.flatMap { $0 } + [0x74] }
    static func integers(_ values: [Int]) -> [UInt8] { tuple(values.map(integer)) }
    static func dictionary(_ items: [(String, [UInt8])]) -> [UInt8] {
        [0x7D, 0x28] + items.flatMap { text($0.0) + $0.1 } + [0x75]
    }
    static let call: [UInt8] = [0x52]

    static func storage(_ type: String, key: String, count: Int) -> [UInt8] {
        tuple([text("storage"), global("torch", type), text(key), text("cuda:0"), integer(count)]) + [0x51]
    }
    static func tensor(
        _ storage: [UInt8], offset: Int = 0, shape: [Int], strides: [Int], function: String = "_rebuild_tensor_v2"
    ) -> [UInt8] {
        global("torch._utils", function)
            + tuple([
                storage, integer(offset), integers(shape), integers(strides), [0x89],
                global("collections", "OrderedDict") + [0x29, 0x52],
            ]) + call
    }
}

/// The bytes of numbers as a file holds them.
func raw<Number: BitwiseCopyable>(_ values: [Number]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }

/// The error that loading a file ends with.
func loadingError(
    _ path: String, entry: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
) -> CheckpointError? {
    #expect(throws: CheckpointError.self, sourceLocation: sourceLocation) {
        _ = try Checkpoint.load(path, entry: entry)
    }
}
