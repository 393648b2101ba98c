import Foundation
import Testing
import Torch

@Suite("Pickles of torch.save") struct PickleTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    private let floats: [(key: String, contents: [UInt8])] = [("0", raw([1, 2, 3, 4, 5, 6] as [Float]))]

    private func load(_ pickle: [UInt8], _ storages: [(key: String, contents: [UInt8])]? = nil) throws -> Checkpoint {
        try Checkpoint.load(scratch.file(torchArchive(pickle: pickle, storages: storages ?? floats)))
    }

    private func error(
        _ pickle: [UInt8], _ storages: [(key: String, contents: [UInt8])]? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> CheckpointError? {
        loadingError(
            try scratch.file(torchArchive(pickle: pickle, storages: storages ?? floats)), sourceLocation: sourceLocation
        )
    }

    private var storage: [UInt8] { Pickle.storage("FloatStorage", key: "0", count: 6) }

    @Test("give tensors with the strides and offsets that were saved, sharing their storage")
    func views() throws {
        let checkpoint = try load(
            Pickle.program(
                Pickle.dictionary([
                    ("rows", Pickle.tensor(storage, shape: [2, 3], strides: [3, 1])),
                    ("columns", Pickle.tensor(storage, shape: [3, 2], strides: [1, 3])),
                    ("tail", Pickle.tensor(storage, offset: 4, shape: [2], strides: [1], function: "_rebuild_tensor")),
                    ("scalar", Pickle.tensor(storage, offset: 5, shape: [], strides: [])),
                    ("empty", Pickle.tensor(storage, shape: [0, 2], strides: [2, 1])),
                    ("repeated", Pickle.tensor(storage, offset: 2, shape: [2, 4], strides: [0, 0])),
                ])))
        #expect(checkpoint.tensors.map(\.name) == ["rows", "columns", "tail", "scalar", "empty", "repeated"])
        let values = checkpoint.tensors.map { $0.tensor.array(of: Float.self) }
        #expect(
            values == [[1, 2, 3, 4, 5, 6], [1, 4, 2, 5, 3, 6], [5, 6], [6], [], [Float](repeating: 3, count: 8)])
        #expect(checkpoint["empty"]?.shape == [0, 2])
        let (rows, columns) = (try #require(checkpoint["rows"]), try #require(checkpoint["columns"]))
        #expect(rows.sharesStorage(with: columns))
        rows.fill(7)
        #expect(columns.array(of: Float.self) == [Float](repeating: 7, count: 6))
        #expect(checkpoint.notices.isEmpty && checkpoint.format == .torchZip)
    }

    @Test(
        "whose tensors don't fit their storage are refused",
        arguments: [
            (0, [7], [1]), (1, [6], [1]), (-1, [1], [1]), (0, [2], [-1]), (0, [-1], [1]), (0, [2, 2], [1]),
            (0, [.max, .max], [1, 1]), (0, [2], [.max]), (.max, [2], [1]), (0, [1 << 62], [0]),
            (0, [1 << 30], [0]), (0, [0, .max, .max], [1, 1, 1]),
        ] as [(Int, [Int], [Int])])
    func bounds(offset: Int, shape: [Int], strides: [Int]) throws {
        let tensor = Pickle.tensor(storage, offset: offset, shape: shape, strides: strides)
        #expect(try error(Pickle.program(Pickle.dictionary([("x", tensor)])))?.code == .malformed)
    }

    @Test("whose storages are missing or shorter than they claim are refused")
    func storages() throws {
        func pickle(_ key: String, _ count: Int) -> [UInt8] {
            let storage = Pickle.storage("FloatStorage", key: key, count: count)
            return Pickle.program(Pickle.dictionary([("x", Pickle.tensor(storage, shape: [1], strides: [1]))]))
        }
        #expect(try error(pickle("1", 6))?.problem.contains("missing") == true)
        #expect(try error(pickle("../data.pkl", 6))?.problem.contains("missing") == true)
        #expect(try error(pickle("0", 7))?.code == .malformed)
        #expect(try error(pickle("0", .max))?.code == .malformed)
        #expect(try error(pickle("0", -1))?.code == .malformed)
    }

    @Test("of small integers are widened; of types that can't be read name the tensor and the type")
    func types() throws {
        let short = Pickle.storage("ShortStorage", key: "0", count: 3)
        let widened = try load(
            Pickle.program(Pickle.dictionary([("x", Pickle.tensor(short, offset: 1, shape: [2], strides: [1]))])),
            [("0", raw([1, -2, 3] as [Int16]))])
        #expect(widened["x"]?.array(of: Int.self) == [-2, 3])

        let storage = Pickle.storage("QInt8Storage", key: "0", count: 6)
        let tensor = Pickle.tensor(storage, shape: [1], strides: [1])
        let error = try error(Pickle.program(Pickle.dictionary([("conv.weight", tensor)])))
        #expect(error?.code == .unsupported)
        #expect(error?.problem == "Tensor \"conv.weight\" is of type qint8.")
    }

    @Test("use every opcode that protocols 2 to 5 have for plain values")
    func opcodes() throws {
        let tensor = Pickle.tensor(storage, shape: [6], strides: [1])
        let values: [[UInt8]] = [
            [0x4E], [0x88], [0x89], [0x4A, 0xFF, 0xFF, 0xFF, 0xFF], [0x4B, 5], [0x4D, 1, 2], [0x8A, 0],
            [0x8A, 1, 0x80],
            [0x8A, 12] + [UInt8](repeating: 7, count: 12), [0x8B, 2, 0, 0, 0, 1, 1],
            [0x47, 0x3F, 0xF0, 0, 0, 0, 0, 0, 0],
            [0x8C, 1, 0x61], [0x8D, 1, 0, 0, 0, 0, 0, 0, 0, 0x61], [0x55, 1, 0x61], [0x54, 1, 0, 0, 0, 0xFF],
            [0x43, 1, 0xFF], [0x42, 1, 0, 0, 0, 0xFF], [0x8E, 1, 0, 0, 0, 0, 0, 0, 0, 0xFF],
            [0x96, 1, 0, 0, 0, 0, 0, 0, 0, 0xFF], [0x29], [0x4E, 0x85], [0x4E, 0x4E, 0x86], [0x4E, 0x4E, 0x4E, 0x87],
            [0x28, 0x4E, 0x74], [0x5D, 0x4E, 0x61], [0x5D, 0x28, 0x4E, 0x4E, 0x65], [0x28, 0x4E, 0x6C],
            [0x8F, 0x28, 0x4E, 0x90], [0x28, 0x4E, 0x91], [0x7D, 0x4B, 1, 0x4E, 0x73], [0x28, 0x4B, 1, 0x4E, 0x64],
            [0x4E, 0x71, 9, 0x30, 0x68, 9], [0x4E, 0x72, 9, 1, 0, 0, 0x30, 0x6A, 9, 1, 0, 0],
            [0x4E] + Array("p77\n0g77\n".utf8), [0x4E, 0x94], [0x4E, 0x32, 0x30], [0x28, 0x4E, 0x4E, 0x31, 0x4E],
            [0x28, 0x30, 0x4E], [0x95, 1, 0, 0, 0, 0, 0, 0, 0, 0x4E],
            [0x8C, 11] + Array("collections".utf8) + [0x8C, 11] + Array("OrderedDict".utf8) + [0x93, 0x29, 0x52],
            Pickle.global("argparse", "Namespace") + [0x29, 0x81, 0x7D, 0x62],
            Pickle.global("argparse", "Namespace") + [0x29, 0x7D, 0x92],
            Pickle.global("torch", "Size") + Pickle.tuple([Pickle.integers([1, 2])]) + [0x52],
            Pickle.global("torch", "float16"),
        ]
        let items = values.enumerated().map { ("value \($0)", $1) } + [("weight", tensor)]
        let checkpoint = try load(Pickle.program(Pickle.dictionary(items)))
        #expect(checkpoint.tensors.map(\.name) == ["weight"])
        #expect(checkpoint.notices.count == 1)
        #expect(checkpoint.notices.first?.hasPrefix("\(values.count) other entries were skipped: \"value 0\"") == true)
    }
}
