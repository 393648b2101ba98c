import Testing
import Torch

@Suite("A list of averaged parameters")
struct ShadowParametersTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private static func list(_ elements: [[UInt8]]) -> [UInt8] { [0x5D, 0x28] + elements.flatMap { $0 } + [0x65] }

    private static let storage = Pickle.storage("FloatStorage", key: "0", count: 5)
    private static let averages = Pickle.dictionary([
        ("num_updates", Pickle.integer(7)),
        (
            "shadow_params",
            list([
                Pickle.tensor(storage, shape: [2], strides: [1]),
                Pickle.tensor(storage, offset: 2, shape: [3, 1], strides: [1, 1]),
            ])
        ),
    ])

    private func file(_ items: [(String, [UInt8])]) throws -> String {
        try scratch.file(
            torchArchive(
                pickle: Pickle.program(Pickle.dictionary(items)), storages: [("0", raw([1, 2, 3, 4, 5] as [Float]))]),
            "list.pth")
    }

    @Test("gives tensors with numbers for names, and a notice")
    func numbers() throws {
        let path = try file([("epoch", Pickle.integer(3)), ("ema_model", Self.averages)])
        let checkpoint = try Checkpoint.load(path)
        #expect(checkpoint.tensors.map(\.name) == ["0", "1"])
        #expect(checkpoint["0"]?.array(of: Float.self) == [1, 2])
        #expect(checkpoint["1"]?.shape == [3, 1])
        #expect(checkpoint["1"]?.array(of: Float.self) == [3, 4, 5])
        #expect(checkpoint.notices.contains { $0.contains("shadow_params") && $0.contains("no names") })
    }

    @Test("gives way to parameters with names, unless it is asked for")
    func named() throws {
        let model = Pickle.dictionary([("weight", Pickle.tensor(Self.storage, shape: [5], strides: [1]))])
        let path = try file([("model", model), ("ema_model", Self.averages)])
        #expect(try Checkpoint.load(path).tensors.map(\.name) == ["weight"])
        #expect(try Checkpoint.load(path, entry: "ema_model").tensors.map(\.name) == ["0", "1"])
    }

    @Test("that holds other things is none")
    func mixed() throws {
        let list = Self.list([Pickle.tensor(Self.storage, shape: [2], strides: [1]), Pickle.integer(1)])
        let path = try file([("shadow_params", list)])
        #expect(loadingError(path)?.code == .noStateDictionary)
    }
}
