import Foundation
import Testing
import Torch

@Suite("Hostile safetensors files") struct SafetensorsHostileTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    private func error(header: [UInt8], data: Int = 0, length: UInt64? = nil) throws -> CheckpointError? {
        let path = try scratch.file(
            (length ?? UInt64(header.count)).littleEndianBytes + header + [UInt8](repeating: 1, count: data))
        return #expect(throws: CheckpointError.self) { try SafetensorsFile(path) }
    }

    private func error(_ header: String, data: Int = 0) throws -> CheckpointError? {
        try error(header: Array(header.utf8), data: data)
    }

    private func tensor(_ type: String, _ shape: String, _ offsets: String) -> String {
        #"{"dtype":"\#(type)","shape":[\#(shape)],"data_offsets":[\#(offsets)]}"#
    }

    @Test("with absurd or missing header lengths are refused")
    func lengths() throws {
        #expect(try error(header: Array("{}".utf8), length: .max)?.code == .malformed)
        #expect(try error(header: Array("{}".utf8), length: 100_000_001)?.code == .malformed)
        #expect(try error(header: Array("{}".utf8), length: 3)?.code == .truncated)
        #expect(try error(header: Array("{}".utf8), length: 0)?.code == .malformed)
        #expect(try error(header: Array(" {}".utf8))?.code == .malformed)
        let short = try scratch.file([1, 2, 3])
        #expect(#expect(throws: CheckpointError.self) { try SafetensorsFile(short) }?.code == .truncated)
    }

    @Test(
        "with ranges that overlap, leave gaps, leave the file or don't fit the shape are refused",
        arguments: [
            ("F32", "2", "0,4", 4), ("F32", "1", "4,0", 4), ("F32", "1", "0,8", 4), ("F32", "1", "4,8", 8),
            ("F32", "1", "0,4", 5), ("F32", "", "0,8", 8), ("F32", "-1", "0,4", 4), ("F32", "1.0", "0,4", 4),
            ("F32", "1e0", "0,4", 4), ("F32", "01", "0,4", 4), ("F32", "\"1\"", "0,4", 4), ("F32", "1", "0", 4),
            ("F32", "1", "0,4,4", 4), ("F32", "4294967296,4294967296", "0,0", 0), ("F4", "1", "0,0", 0),
            ("F32", "9223372036854775807,9223372036854775807,4", "0,4", 4), ("F32", "0,9223372036854775807", "0,0", 0),
            ("F32", "99999999999999999999999", "0,4", 4), ("F32", "1", "0,18446744073709551616", 4),
            ("F32", Array(repeating: "1", count: 65).joined(separator: ","), "0,4", 4), ("X9", "1", "0,4", 4),
            ("f32", "1", "0,4", 4),
        ] as [(String, String, String, Int)])
    func ranges(type: String, shape: String, offsets: String, data: Int) throws {
        #expect(try error(#"{"x":\#(tensor(type, shape, offsets))}"#, data: data)?.code == .malformed)
    }

    @Test("whose tensors overlap or leave a gap are refused")
    func overlap() throws {
        let (a, b) = (tensor("F32", "2", "0,8"), tensor("F32", "2", "4,12"))
        #expect(try error(#"{"a":\#(a),"b":\#(b)}"#, data: 12)?.problem.contains("overlap") == true)
        let c = tensor("F32", "1", "12,16")
        #expect(try error(#"{"a":\#(a),"c":\#(c)}"#, data: 16)?.problem.contains("gap") == true)
    }

    @Test(
        "with damaged JSON are refused",
        arguments: [
            "{", "{]", #"{"a"}"#, #"{"a":}"#, "{}}", "{} x", #"{"a":1}"#, #"{"a":{}}"#, #"{"a":{"dtype":"F32"}}"#,
            #"{"__metadata__":{"a":1}}"#, #"{"__metadata__":[]}"#, #"{"__metadata__":{"a":"1","a":"2"}}"#,
            #"{"__metadata__":{},"__metadata__":{}}"#, #"{"__metadata__":{"a":"\x"}}"#,
            #"{"__metadata__":{"a":"\ud800"}}"#, #"{"__metadata__":{"a":"\ud800A"}}"#,
            #"{"__metadata__":{"a":"\udc00"}}"#, #"{"__metadata__":{"a":"\u12"#, "{\"__metadata__\":{\"a\":\"\n\"}}",
            #"{"__metadata__":{"a":"b",}}"#, #"{"a":{"dtype":"F32","dtype":"F32","shape":[],"data_offsets":[0,4]}}"#,
            #"{"a":{"x":tru,"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#,
            #"{"a":{"x":-,"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#,
        ])
    func json(header: String) throws {
        let code = try error(header)?.code
        #expect(code == .malformed || code == .truncated)
    }

    @Test("with names given twice, also when one is escaped, are refused")
    func duplicates() throws {
        let empty = tensor("F32", "0", "0,0")
        #expect(try error(#"{"a":\#(empty),"\u0061":\#(empty)}"#)?.problem.contains("twice") == true)
    }

    @Test("with text that is not UTF-8 are refused")
    func encoding() throws {
        let bytes = Array(#"{"__metadata__":{"a":"?"}}"#.utf8).map { $0 == UInt8(ascii: "?") ? 0xFF : $0 }
        #expect(try error(header: bytes)?.problem.contains("UTF-8") == true)
    }

    @Test("with a million nested brackets are refused without using the call stack")
    func nesting() throws {
        for bracket in ["[", #"{"a":"#] {
            let deep = #"{"a":{"x":"# + String(repeating: bracket, count: 1_000_000)
            #expect(try error(deep)?.problem.contains("nested") == true)
        }
    }

    @Test("with unknown members are read, as the reference implementation does")
    func unknownMembers() throws {
        let header =
            #"{"a":{"x":[1,-2.5e-3,{"y":[null,true,false]},"z"],"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#
        let path = try scratch.file(UInt64(header.utf8.count).littleEndianBytes + Array(header.utf8) + [200])
        #expect(try SafetensorsFile(path).tensor("a").item == 200)
    }

    @Test("with truth values other than 0 and 1 are refused")
    func truthValues() throws {
        let header = #"{"a":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}"#
        let path = try scratch.file(UInt64(header.utf8.count).littleEndianBytes + Array(header.utf8) + [1, 2])
        #expect(loadingError(path)?.code == .malformed)
    }

    @Test("cut off at any byte are refused")
    func truncation() throws {
        let whole = scratch.path("whole")
        try SafetensorsFile.write(
            [(name: "a", tensor: Tensor.ones([3])), (name: "b", tensor: Tensor.ones([2], dtype: .int64))],
            metadata: ["k": "v"], to: whole)
        let contents = try bytes(ofFile: whole)
        for count in contents.indices {
            let path = try scratch.file(Array(contents[..<count]))
            #expect(throws: CheckpointError.self, "\(count) bytes") { try SafetensorsFile(path) }
        }
    }

    @Test("made by 5,000 random changes end in tensors or in an error, never in a trap")
    func fuzz() throws {
        let whole = scratch.path("whole")
        try SafetensorsFile.write(
            [
                (name: "a", tensor: Tensor.ones([3, 2])), (name: "b", tensor: Tensor.ones([2], dtype: .int64)),
                (name: "ü", tensor: Tensor.ones([4], dtype: .bool)), (name: "e", tensor: Tensor.ones([0, 7])),
            ], metadata: ["k\n": "v"], to: whole)
        let contents = try bytes(ofFile: whole)
        let digits = Array("0123456789{}[]\",:-.eE\\u \u{7F}".utf8)
        var random = SplitMix64(state: 20_261_121)
        var read = 0
        for _ in 0..<5000 {
            var mutated = contents
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let place = Int.random(in: 0..<mutated.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: mutated[place] = UInt8.random(in: 0...255, using: &random)
                case 1: mutated[place] = digits.randomElement(using: &random) ?? 0
                case 2: mutated.insert(digits.randomElement(using: &random) ?? 0, at: place)
                default: if mutated.count > 1 { mutated.remove(at: place) }
                }
            }
            let path = try scratch.file(mutated)
            do {
                for (_, tensor) in try Checkpoint.load(path).tensors { _ = tensor.to(.float64).sum().item }
                read += 1
            } catch is CheckpointError {}
        }
        #expect((1..<5000).contains(read))
    }
}
