import Foundation
import Testing
import Torch

@Suite("safetensors files") struct SafetensorsTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    @Test("come back as they were written: every type, empty, without axes, any name, any layout")
    func roundTrip() throws {
        let numbers = Tensor([-2, 0.5, 7, 65000, 0.1, -0.0] as [Float], shape: [2, 3])
        let types: [DType] = [.bool, .uint8, .float16, .bfloat16, .int32, .float32, .int64, .float64, .complex64]
        var written: [(name: String, tensor: Tensor)] = types.map { dtype in
            (dtype.rawValue, (dtype == .uint8 ? numbers.abs().clamped(0, 200) : numbers).to(dtype))
        }
        written.append(("empty", Tensor.zeros([0, 4])))
        written.append(("scalar", Tensor(3.25, dtype: .float64)))
        written.append(("größe \"重み\"\\\n\u{1}🛰", Tensor([1, 2, 3] as [Int32])))
        written.append(("transposed", numbers.transposed(0, 1)))
        written.append(("part", numbers[1]))
        let metadata = ["system": "fusionmamba-rs", "config": "{\"bands\": 8,\n\t\"名\": \"x\"}", "": ""]
        let path = scratch.path("all.safetensors")
        try SafetensorsFile.write(written, metadata: metadata, to: path)

        let file = try SafetensorsFile(path)
        #expect(file.metadata == metadata)
        #expect(file.names == written.map(\.name))
        for ((name, expected), (readName, read)) in zip(written, try file.tensors()) {
            #expect(readName == name)
            #expect(read.dtype == expected.dtype && read.shape == expected.shape, "\(name)")
            let expectedBytes = expected.contiguous().withUnsafeBytes { Array($0) }
            #expect(read.withUnsafeBytes { Array($0) } == expectedBytes, "\(name)")
        }
        #expect(file.entry("transposed")?.shape == [3, 2])
        #expect(file.entry("part")?.typeName == "F32")
    }

    @Test("have the same bytes each time, and the layout that the format prescribes")
    func layout() throws {
        let tensors = [("b", Tensor([1, 2, 3] as [UInt8])), ("a", Tensor([1.5] as [Float]))]
        let paths = [scratch.path("1"), scratch.path("2")]
        for path in paths {
            try SafetensorsFile.write(
                tensors.map { (name: $0.0, tensor: $0.1) }, metadata: ["z": "1", "y": "2"], to: path)
        }
        let contents = try bytes(ofFile: paths[0])
        #expect(try bytes(ofFile: paths[1]) == contents)
        let header =
            #"{"__metadata__":{"y":"2","z":"1"},"b":{"dtype":"U8","shape":[3],"data_offsets":[4,7]},"#
            + #""a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
        let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        #expect(
            contents == UInt64(padded.utf8.count).littleEndianBytes + Array(padded.utf8) + raw([Float(1.5)]) + [
                1, 2, 3,
            ])
    }

    @Test("give views of the mapping that outlive the file and never change it")
    func mapping() throws {
        let path = scratch.path("view.safetensors")
        try SafetensorsFile.write([(name: "x", tensor: Tensor([1, 2, 3] as [Float]))], to: path)
        let before = try bytes(ofFile: path)
        let first = try SafetensorsFile(path).tensor("x")
        let second = try SafetensorsFile(path).tensor("x")
        try FileManager.default.removeItem(atPath: path)
        try Data(before).write(to: URL(fileURLWithPath: path))
        first.fill(9)
        #expect(first.array(of: Float.self) == [9, 9, 9])
        #expect(second.array(of: Float.self) == [1, 2, 3])
        #expect(try bytes(ofFile: path) == before)

        let file = try SafetensorsFile(path)
        let (a, b) = (try file.tensor("x"), try file.tensor("x"))
        a.fill(5)
        #expect(b.array(of: Float.self) == [5, 5, 5], "two tensors of one opened file are views of one mapping")
    }

    @Test("are read where elements are not aligned for their type")
    func unaligned() throws {
        let header =
            #"{"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"d":{"dtype":"F64","shape":[2],"data_offsets":[1,17]}}"#
        let path = try scratch.file(
            UInt64(header.utf8.count).littleEndianBytes + Array(header.utf8) + [7] + raw([0.1, -2.0]))
        #expect(try SafetensorsFile(path).tensor("d").array(of: Double.self) == [0.1, -2])
    }

    @Test("of small integer types are widened without loss")
    func widening() throws {
        let header =
            #"{"i":{"dtype":"I16","shape":[2],"data_offsets":[0,4]},"u":{"dtype":"U16","shape":[1],"data_offsets":[4,6]},"#
            + #""s":{"dtype":"I8","shape":[1,1],"data_offsets":[6,7]},"w":{"dtype":"U32","shape":[],"data_offsets":[7,11]}}"#
        let path = try scratch.file(
            UInt64(header.utf8.count).littleEndianBytes + Array(header.utf8) + raw([-32768, 32767] as [Int16])
                + raw([65535] as [UInt16]) + [0x80] + raw([UInt32.max]))
        let tensors = try Checkpoint.load(path).tensors.map(\.tensor)
        #expect(tensors.map { $0.array(of: Int.self) } == [[-32768, 32767], [65535], [-128], [4_294_967_295]])
        #expect(tensors.map(\.dtype) == [.int32, .int32, .int32, .int64])
        #expect(try SafetensorsFile(path).entry("w")?.dtype == .int64)
    }

    @Test("of types that can't be read open, but those tensors are refused by name")
    func foreignTypes() throws {
        let header =
            #"{"q":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]},"f":{"dtype":"F32","shape":[],"data_offsets":[4,8]}}"#
        let path = try scratch.file(
            UInt64(header.utf8.count).littleEndianBytes + Array(header.utf8) + [1, 0, 2, 0] + raw([Float(2)]))
        let file = try SafetensorsFile(path)
        #expect(try file.tensor("f").item == 2)
        let error = #expect(throws: CheckpointError.self) { try file.tensor("q") }
        #expect(error?.code == .unsupported)
        #expect(error?.problem == "Tensor \"q\" is of type F8_E4M3.")
        #expect(loadingError(path)?.code == .unsupported)
    }

    @Test("are not written over names given twice, missing directories and directories, and leave nothing behind")
    func writingErrors() throws {
        let tensor = Tensor.zeros([2])
        let path = scratch.path("out.safetensors")
        func code(_ tensors: [(name: String, tensor: Tensor)], _ path: String) -> CheckpointError.Code? {
            #expect(throws: CheckpointError.self) { try SafetensorsFile.write(tensors, to: path) }?.code
        }
        #expect(code([("a", tensor), ("a", tensor)], path) == .malformed)
        #expect(code([("__metadata__", tensor)], path) == .malformed)
        #expect(code([("z", tensor.to(.complex128))], path) == .unsupported)
        #expect(code([("a", tensor)], scratch.path("none/out.safetensors")) == .unwritable)
        #expect(code([("a", tensor)], scratch.directory.path) == .unwritable)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.directory.path).isEmpty)
    }

    @Test("say which tensor is missing")
    func missing() throws {
        let path = scratch.path("one.safetensors")
        try SafetensorsFile.write([(name: "x", tensor: Tensor.zeros([1]))], to: path)
        let error = #expect(throws: CheckpointError.self) { try SafetensorsFile(path).tensor("y") }
        #expect(error?.code == .noSuchTensor)
        #expect(error?.description.contains("no tensor \"y\"") == true)
    }
}
