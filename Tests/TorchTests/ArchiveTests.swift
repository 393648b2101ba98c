import Foundation
import Testing
import Torch

@Suite("Files of torch.save") struct ArchiveTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    @Test(
        "of both formats and several protocols give PyTorch's tensors",
        arguments: ["types-zip.pth", "types-zip4.pth", "types-legacy.pth", "types-legacy4.pth"])
    func types(name: String) throws {
        let checkpoint = try Checkpoint.load(resource(name))
        #expect(checkpoint.format == (name.contains("zip") ? .torchZip : .torchLegacy))
        #expect(checkpoint.notices.isEmpty)
        let grid = (0..<12).map { Double($0) * 0.5 - 1 }
        let expected: [(name: String, dtype: DType, shape: [Int], values: [Double])] = [
            ("f64", .float64, [2], [1.0 / 3, -2.5e300]), ("f32", .float32, [3, 4], grid),
            ("f32.transposed", .float32, [4, 3], [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11].map { grid[$0] }),
            ("f32.column", .float32, [3], [grid[1], grid[5], grid[9]]),
            ("f16", .float16, [2, 2], [1.5, -0.25, 65504, 0]), ("bf16", .bfloat16, [2], [3.140625, -0x1.94p99]),
            ("i64", .int64, [2], [-0x1p62, 7]), ("i32", .int32, [3], [-0x1p31, 5, 0x1p31 - 1]),
            ("u8", .uint8, [3], [0, 255, 17]), ("bool", .bool, [3], [1, 0, 1]), ("c64", .complex64, [1], []),
            ("scalar", .float32, [], [42.25]), ("empty", .float32, [0, 3], []),
            ("expanded", .float32, [2, 3], [Double](repeating: 9, count: 6)), ("parameter", .float32, [2], [4, 5]),
            ("parameter.marked", .float32, [2], [6, 7]), ("tensor.marked", .float32, [1], [8]),
            ("größe.重み", .float32, [1], [1]),
        ]
        #expect(checkpoint.tensors.map(\.name) == expected.map(\.name))
        for ((_, tensor), truth) in zip(checkpoint.tensors, expected) {
            #expect(tensor.dtype == truth.dtype && tensor.shape == truth.shape, "\(truth.name)")
            #expect(tensor.device == .cpu && !tensor.requiresGradient)
            guard truth.dtype != .complex64 else { continue }
            for (value, wanted) in zip(tensor.array(of: Double.self), truth.values) {
                #expect(abs(value - wanted) <= 1e-6 * abs(wanted), "\(truth.name)")
            }
        }
        let (whole, column) = (try #require(checkpoint["f32"]), try #require(checkpoint["f32.column"]))
        #expect(whole.sharesStorage(with: column))
    }

    @Test("of a whole training run give the network alone, and tell what was left out")
    func training() throws {
        let checkpoint = try Checkpoint.load(resource("training.pth"))
        #expect(
            checkpoint.tensors.map(\.name) == [
                "0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked",
            ])
        #expect(checkpoint["0.weight"]?.array(of: Float.self) == [0, 0.25, 0.5, 0.75, 1, 1.25])
        #expect(checkpoint["1.num_batches_tracked"]?.integerItem == 1)
        #expect(checkpoint.notices.count == 3)
        #expect(checkpoint.notices[0] == "The parameters are those of entry \"state_dict\".")
        #expect(checkpoint.notices[1].hasPrefix("19 other entries were skipped: \"epoch\""))
        #expect(checkpoint.notices[2] == "The prefix \"module.\" was taken off every name.")
    }

    @Test("that hold a network object, a program or quantised weights are refused by name")
    func otherContents() throws {
        let network = loadingError(try resource("network-object.pth"))
        #expect(network?.code == .refused)
        #expect(network?.problem.contains("torch.nn.modules.container.Sequential") == true)
        #expect(loadingError(try resource("torchscript.pt"))?.problem.contains("TorchScript") == true)
        let quantized = loadingError(try resource("quantized.pth"))
        #expect(quantized?.problem.contains("torch._utils._rebuild_qtensor") == true)
    }

    @Test("cut off at any byte are refused")
    func truncation() throws {
        for name in ["types-zip4.pth", "types-legacy4.pth"] {
            let contents = try bytes(ofFile: resource(name))
            for count in contents.indices {
                let path = try scratch.file(Array(contents[..<count]))
                #expect(throws: CheckpointError.self, "\(name), \(count) bytes") { try Checkpoint.load(path) }
            }
        }
    }

    private func dictionary(_ names: [String]) -> [UInt8] {
        let storage = Pickle.storage("FloatStorage", key: "0", count: 1)
        return Pickle.dictionary(names.map { ($0, Pickle.tensor(storage, shape: [1], strides: [1])) })
    }

    private func archive(_ root: [UInt8]) throws -> String {
        try scratch.file(torchArchive(pickle: Pickle.program(root), storages: [("0", raw([Float(1)]))]))
    }

    @Test(
        "keep the parameters under the names that programs use",
        arguments: [
            "params_ema", "state_dict", "model_state_dict", "model", "net", "generator", "params", "ema", "mine",
        ])
    func wrappers(name: String) throws {
        let path = try archive(
            Pickle.dictionary([("step", [0x4B, 1]), (name, dictionary(["_orig_mod.module.a", "_orig_mod.module.b"]))]))
        let checkpoint = try Checkpoint.load(path)
        #expect(checkpoint.tensors.map(\.name) == ["a", "b"])
        #expect(checkpoint.notices.count == 4)
    }

    @Test("with wrappers inside wrappers and averaged weights beside them are read as documented")
    func nesting() throws {
        let inner = Pickle.dictionary([("state_dict", dictionary(["deep"]))])
        #expect(try Checkpoint.load(archive(Pickle.dictionary([("model", inner)]))).tensors.map(\.name) == ["deep"])

        let both = Pickle.dictionary([("params", dictionary(["p"])), ("params_ema", dictionary(["e"]))])
        #expect(try Checkpoint.load(archive(both)).tensors.map(\.name) == ["e"])
        #expect(try Checkpoint.load(archive(both), entry: "params").tensors.map(\.name) == ["p"])
        #expect(loadingError(try archive(both), entry: "nothing")?.code == .noStateDictionary)

        let several = Pickle.dictionary([("encoder", dictionary(["p"])), ("decoder", dictionary(["e"]))])
        let error = loadingError(try archive(several))
        #expect(error?.code == .noStateDictionary)
        #expect(error?.problem.contains("\"encoder\", \"decoder\"") == true)
        #expect(try Checkpoint.load(archive(several), entry: "decoder").tensors.map(\.name) == ["e"])
    }

    @Test("keep a prefix that only some names have")
    func partialPrefix() throws {
        let checkpoint = try Checkpoint.load(archive(dictionary(["module.a", "b"])))
        #expect(checkpoint.tensors.map(\.name) == ["module.a", "b"])
    }

    @Test("without a dictionary of tensors say what they hold")
    func noTensors() throws {
        #expect(loadingError(try archive([0x4B, 1]))?.problem.contains("an integer") == true)
        #expect(
            loadingError(try archive(Pickle.dictionary([("epoch", [0x4B, 1])])))?.remedy.contains("\"epoch\"") == true)
        #expect(loadingError(try archive([0x7D]))?.code == .noStateDictionary)
    }

    @Test("zipped by others are refused with the reason")
    func otherArchives() throws {
        let compressed = try scratch.file(storedZip([("x/data.pkl", [1])], method: 8))
        #expect(loadingError(compressed)?.problem.contains("compressed") == true)
        let twice = try scratch.file(storedZip([("x/data.pkl", [1]), ("x/data.pkl", [1])]))
        #expect(loadingError(twice)?.problem.contains("two entries") == true)
        var overlapping = storedZip([("x/data.pkl", [1, 2]), ("x/data/0", [3])])
        let second = try #require(overlapping.indices.last { overlapping[$0...].starts(with: [0x50, 0x4B, 1, 2]) })
        overlapping.replaceSubrange(second + 42..<second + 46, with: [0, 0, 0, 0])
        #expect(loadingError(try scratch.file(overlapping))?.problem.contains("overlap") == true)
        #expect(loadingError(try scratch.file(storedZip([("a.npy", [1])])))?.code == .unsupported)
        #expect(loadingError(try scratch.file(storedZip([])))?.code == .unsupported)
        let bigEndian = try scratch.file(
            storedZip([("x/data.pkl", Pickle.program([0x7D])), ("x/byteorder", Array("big".utf8))]))
        #expect(loadingError(bigEndian)?.problem.contains("big-endian") == true)
    }

    @Test("are told apart from anything else by their contents")
    func otherFiles() throws {
        #expect(loadingError(scratch.path("nothing.pth"))?.code == .notFound)
        #expect(loadingError(scratch.directory.path)?.code == .notAFile)
        #expect(loadingError("/dev/null")?.code == .notAFile)
        #expect(loadingError(try scratch.file([]))?.problem.contains("empty") == true)
        #expect(loadingError(try scratch.file([0x80]))?.code == .unsupported)
        #expect(loadingError(try scratch.file(Array("<html>".utf8)))?.code == .unsupported)
        #expect(loadingError(try scratch.file(Pickle.program([0x7D])))?.problem.contains("pickle") == true)
        let tar = [UInt8](repeating: 0, count: 257) + Array("ustar\u{0}00".utf8)
        #expect(loadingError(try scratch.file(tar))?.problem.contains("tar") == true)
        let pointer = Array("version https://git-lfs.github.com/spec/v1\n".utf8)
        #expect(loadingError(try scratch.file(pointer))?.remedy.contains("git lfs pull") == true)
        let pipe = scratch.path("pipe")
        try #require(mkfifo(pipe, 0o600) == 0)
        #expect(loadingError(pipe)?.code == .notAFile)

        let misnamed = scratch.path("really-safetensors.pth")
        try SafetensorsFile.write([(name: "x", tensor: Tensor.ones([2]))], metadata: ["k": "v"], to: misnamed)
        let checkpoint = try Checkpoint.load(misnamed)
        #expect(checkpoint.format == .safetensors && checkpoint.metadata == ["k": "v"])
    }
}
