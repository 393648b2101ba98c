import Foundation
import Testing
import Torch

@Suite("Hostile pickles") struct PickleHostileTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    private func error(_ pickle: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) throws -> CheckpointError?
    {
        loadingError(try scratch.file(torchArchive(pickle: pickle)), sourceLocation: sourceLocation)
    }

    @Test("that would run a program are refused by the name they call, and run nothing")
    func foreignNames() throws {
        let trace = scratch.path("trace")
        let command = Pickle.tuple([Pickle.text("touch \(trace)")])
        func stackGlobal(_ module: String, _ name: String) -> [UInt8] {
            Pickle.text(module) + Pickle.text(name) + [0x93]
        }
        let attacks: [(String, [UInt8])] = [
            ("os.system", Pickle.global("os", "system") + command + [0x52]),
            ("posix.system", stackGlobal("posix", "system") + command + [0x52]),
            ("os.system", [0x28] + Pickle.text("touch \(trace)") + Array("ios\nsystem\n".utf8)),
            ("builtins.eval", Pickle.global("builtins", "eval") + command + [0x52]),
            ("__builtin__.getattr", stackGlobal("__builtin__", "getattr") + command + [0x52]),
            ("subprocess.Popen", Pickle.global("subprocess", "Popen") + command + [0x81]),
            ("torch.storage._load_from_bytes", Pickle.global("torch.storage", "_load_from_bytes") + command + [0x52]),
            ("torch.load", Pickle.global("torch", "load") + command + [0x52]),
            ("torch.hub.load", stackGlobal("torch", "hub.load") + command + [0x52]),
            ("models.Net", Pickle.global("models", "Net") + [0x29, 0x81, 0x7D, 0x62]),
        ]
        for (name, attack) in attacks {
            for pickle in [Pickle.program(attack), Pickle.program(Pickle.dictionary([("epoch", attack)]))] {
                let error = try error(pickle)
                #expect(error?.code == .refused)
                #expect(error?.problem.contains("\"\(name)\"") == true, "\(String(describing: error))")
            }
        }
        #expect(!FileManager.default.fileExists(atPath: trace))
    }

    @Test("in files of the format before 1.6 are refused in the same way")
    func legacy() throws {
        let magic: [UInt8] = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]
        let path = try scratch.file(
            magic + Pickle.program([0x4D, 0xE9, 3]) + Pickle.program([0x7D])
                + Pickle.program(Pickle.global("os", "system") + Pickle.tuple([Pickle.text("true")]) + [0x52]))
        let error = loadingError(path)
        #expect(error?.code == .refused)
        #expect(error?.problem.contains("os.system") == true)
    }

    @Test(
        "that misuse the stack, the memo or values are refused",
        arguments: [
            [0x2E], [0x30, 0x2E], [0x74, 0x2E], [0x31, 0x2E], [0x28, 0x32, 0x2E], [0x52, 0x2E],
            [0x4E, 0x29, 0x52, 0x2E],
            [0x68, 0, 0x2E], [0x67, 0x78, 0x0A, 0x2E], [0x70, 0x2D, 0x31, 0x0A, 0x2E], [0x4E, 0x4E, 0x61, 0x2E],
            [0x29, 0x4E, 0x61, 0x2E], [0x7D, 0x28, 0x4E, 0x75, 0x2E], [0x4E, 0x28, 0x4E, 0x4E, 0x75, 0x2E],
            [0x4E, 0x51, 0x2E], [0x29, 0x51, 0x2E], [0x4E, 0x4E, 0x62, 0x2E], [0x4E, 0x4E, 0x93, 0x2E],
            [0x58, 0xFF, 0xFF, 0xFF, 0xFF, 0x2E], [0x8D, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x2E],
            [0x8E, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0x2E], [0x8B, 0xFF, 0xFF, 0xFF, 0xFF, 0x2E],
            [0x54, 0xFE, 0xFF, 0xFF, 0xFF, 0x2E], [0x58, 1, 0, 0, 0, 0xFF, 0x2E], [0x80, 9, 0x2E], [0x50, 0x0A, 0x2E],
            [0x49, 0x31, 0x0A, 0x2E], [0x82, 1, 0x2E], [0x97, 0x2E], [0xFF, 0x2E], [0x63, 0x61], [0x95, 1, 2],
        ] as [[UInt8]])
    func misuse(program: [UInt8]) throws {
        let code = try error([0x80, 2] + program)?.code
        #expect(code == .malformed || code == .truncated, "\(String(describing: code))")
    }

    @Test("nested, cyclic or endless ones neither trap nor exhaust anything")
    func depth() throws {
        let deepTuple = Pickle.program([0x4E], [UInt8](repeating: 0x85, count: 1_000_000))
        #expect(try error(deepTuple)?.code == .noStateDictionary)
        let deepLists = Pickle.program(
            [UInt8](repeating: 0x5D, count: 500_000), [UInt8](repeating: 0x61, count: 499_999))
        #expect(try error(deepLists)?.code == .noStateDictionary)
        let deepDictionaries = (0..<100_000).reduce(into: [] as [UInt8]) { program, _ in
            program += [0x7D] + Pickle.text("a")
        }
        let closing = [UInt8](repeating: 0x73, count: 100_000)
        #expect(try error(Pickle.program(deepDictionaries, [0x7D], closing))?.code == .noStateDictionary)
        let cyclic = Pickle.program([0x7D, 0x71, 0], Pickle.text("model"), [0x68, 0, 0x73])
        #expect(try error(cyclic)?.code == .noStateDictionary)
        #expect(try error(Pickle.program([UInt8](repeating: 0x28, count: 2_000_000)))?.code == .refused)
        #expect(try error(Pickle.program([UInt8](repeating: 0x4E, count: 2_000_000)))?.code == .refused)
        let lists = [0x28] + [UInt8](repeating: 0x5D, count: 500_000) + [0x31]
        let manyLists = [[UInt8]](repeating: lists, count: 10).flatMap { $0 }
        #expect(try error(Pickle.program(manyLists))?.code == .refused)
    }

    @Test("that make much out of little by copying are refused")
    func amplification() throws {
        let pairs = [[UInt8]](repeating: [0x4E, 0x4E, 0x86], count: 100_000).flatMap { $0 }
        let copy = Pickle.global("collections", "OrderedDict") + [0x68, 0, 0x85, 0x52, 0x30]
        let copies = [[UInt8]](repeating: copy, count: 10_000).flatMap { $0 }
        #expect(try error(Pickle.program([0x28], pairs, [0x6C, 0x71, 0], copies))?.code == .refused)
        let tensor =
            Pickle.global("torch._utils", "_rebuild_tensor")
            + Pickle.tuple([
                Pickle.storage("FloatStorage", key: "0", count: 1), [0x4B, 0],
                Pickle.integers([Int](repeating: 1, count: 65)),
                Pickle.integers([Int](repeating: 1, count: 65)),
            ]) + Pickle.call
        #expect(try error(Pickle.program(tensor))?.code == .malformed)
    }

    @Test("dictionaries that contain each other a thousand times over are searched once")
    func sharedDictionaries() throws {
        var program: [UInt8] = []
        for level in 0..<8 {
            program += [0x7D, 0x71, UInt8(level)]
            if level > 0 {
                program += [0x28]
                for item in 0..<1000 { program += Pickle.text("k\(item)") + [0x68, UInt8(level - 1)] }
                program += [0x75]
            }
        }
        #expect(try error(Pickle.program(program))?.code == .noStateDictionary)
    }

    @Test("made by 5,000 random changes of a sound archive end in tensors or in an error, never in a trap")
    func fuzz() throws {
        for name in ["training.pth", "types-zip.pth", "types-zip4.pth", "types-legacy.pth", "types-legacy4.pth"] {
            let contents = try bytes(ofFile: resource(name))
            var random = SplitMix64(state: 16_045_690_984)
            var read = 0
            for _ in 0..<1000 {
                var mutated = contents
                for _ in 0...Int.random(in: 0..<6, using: &random) {
                    let place = Int.random(in: 0..<mutated.count, using: &random)
                    switch Int.random(in: 0..<5, using: &random) {
                    case 0: mutated[place] = UInt8.random(in: 0...255, using: &random)
                    case 1: mutated[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                    case 2: mutated[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
                    case 3:
                        // An opcode out of the first pages, where the pickles are.
                        mutated[Int.random(in: 0..<min(2500, mutated.count), using: &random)] =
                            Array("().012NKMJGX}]{sutaelqrhjcRbQ".utf8).randomElement(using: &random) ?? 0
                    default:
                        let end = min(mutated.count, place + Int.random(in: 0..<16, using: &random))
                        mutated[place..<end] = mutated[..<(end - place)]
                    }
                }
                do {
                    let checkpoint = try Checkpoint.load(scratch.file(mutated))
                    for (_, tensor) in checkpoint.tensors where tensor.count < 1 << 20 { _ = tensor.copy() }
                    read += 1
                } catch is CheckpointError {}
            }
            #expect((1..<1000).contains(read), "\(name)")
        }
    }

    @Test("changed in the pickle alone end in tensors or in an error, never in a trap")
    func pickleFuzz() throws {
        let storage = Pickle.storage("FloatStorage", key: "0", count: 6)
        let sound = Pickle.program(
            Pickle.dictionary([
                (
                    "state_dict",
                    Pickle.dictionary([
                        ("module.a", Pickle.tensor(storage, shape: [2, 3], strides: [3, 1])),
                        ("module.b", Pickle.tensor(storage, offset: 3, shape: [3], strides: [1])),
                    ])
                ), ("epoch", [0x4B, 7]),
            ]))
        let opcodes = [UInt8](0x28...0x96)
        var random = SplitMix64(state: 7)
        var read = 0
        for _ in 0..<5000 {
            var mutated = sound
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                let place = Int.random(in: 0..<mutated.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: mutated[place] = UInt8.random(in: 0...255, using: &random)
                case 1: mutated[place] = opcodes.randomElement(using: &random) ?? 0
                case 2: mutated.insert(opcodes.randomElement(using: &random) ?? 0, at: place)
                default: mutated.remove(at: place)
                }
            }
            let path = try scratch.file(
                torchArchive(pickle: mutated, storages: [("0", raw([1, 2, 3, 4, 5, 6] as [Float]))]))
            do {
                for (_, tensor) in try Checkpoint.load(path).tensors where tensor.count < 1 << 20 { _ = tensor.copy() }
                read += 1
            } catch is CheckpointError {}
        }
        #expect((1..<5000).contains(read))
    }
}
