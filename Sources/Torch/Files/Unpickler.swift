/// Reads Python's pickle format (protocols 2 to 5, the opcodes that `torch.save` writes) without Python.
///
/// A pickle is a program for a stack machine that may name any function and call it. Here a name either stands for one
/// of the few things in ``PickleName``, which this type builds itself, or ends the reading with an error that tells the
/// name. There is nothing that could run foreign code.
struct Unpickler {
    static let maximumStack = 1 << 20
    static let maximumMemo = 1 << 22

    var reader: ByteReader
    var objects = PickleObjects()
    var stack: [PickleValue] = []
    /// Heights of the stack where MARK was met.
    private var marks: [Int] = []
    private var memo: [UInt32: PickleValue] = [:]

    init(_ bytes: UnsafeRawBufferPointer, file: String) { reader = ByteReader(bytes, file: file) }

    /// Reads one pickle, up to its STOP; the next one may follow.
    mutating func load() throws -> PickleValue {
        stack = []
        marks = []
        memo = [:]
        while true {
            let opcode = try reader.byte()
            if opcode == 0x2E { return try pop() }
            try step(opcode)
            guard stack.count <= Unpickler.maximumStack, marks.count <= Unpickler.maximumStack,
                memo.count <= Unpickler.maximumMemo, objects.count <= PickleObjects.maximumCount,
                objects.elements <= PickleObjects.maximumElements
            else {
                throw CheckpointError(
                    .refused, reader.file,
                    "Its pickle is larger than that of any checkpoint: \(objects.count) objects.",
                    remedy: "Save the state dictionary alone: torch.save(model.state_dict(), path).")
            }
        }
    }

    private mutating func step(_ opcode: UInt8) throws {
        switch opcode {
        case 0x80:
            let version = try reader.byte()
            guard (2...5).contains(version) else { throw malformed("it is of protocol \(version)") }
        case 0x95: try reader.skip(8)  // FRAME: how much follows, a hint

        case 0x28: marks.append(stack.count)
        case 0x30: try discard()
        case 0x31: _ = try popToMark()
        case 0x32: stack.append(try top())

        case 0x4E: stack.append(.none)
        case 0x88: stack.append(.boolean(true))
        case 0x89: stack.append(.boolean(false))
        case 0x4A: stack.append(.integer(Int(try reader.integer(Int32.self))))
        case 0x4B: stack.append(.integer(Int(try reader.byte())))
        case 0x4D: stack.append(.integer(Int(try reader.integer(UInt16.self))))
        case 0x8A: try pushLong(Int(reader.byte()))
        case 0x8B: try pushLong(Int(reader.integer(Int32.self)))
        case 0x47: stack.append(.real(Double(bitPattern: try reader.integer(UInt64.self).byteSwapped)))

        case 0x8C: stack.append(.string(try reader.text(reader.byte())))
        case 0x58: stack.append(.string(try reader.text(reader.integer(UInt32.self))))
        case 0x8D: stack.append(.string(try reader.text(reader.integer(UInt64.self))))
        case 0x55: pushBytes(try reader.run(reader.byte()))
        case 0x54: pushBytes(try reader.run(reader.integer(Int32.self)))
        case 0x43: try pushPlainBytes(reader.byte())
        case 0x42: try pushPlainBytes(reader.integer(UInt32.self))
        case 0x8E, 0x96: try pushPlainBytes(reader.integer(UInt64.self))

        case 0x29: stack.append(PickleObjects.emptyTuple)
        case 0x85: try pushTuple(1)
        case 0x86: try pushTuple(2)
        case 0x87: try pushTuple(3)
        case 0x74: stack.append(objects.addTuple(try popToMark()))
        case 0x5D, 0x8F: stack.append(objects.addList())
        case 0x6C: stack.append(objects.addList(try popToMark()))
        case 0x91: stack.append(objects.addTuple(try popToMark()))
        case 0x7D: stack.append(objects.addMapping())
        case 0x64:
            let items = try popToMark()
            stack.append(objects.addMapping())
            try setItems(items)
        case 0x61: try append([pop()])
        case 0x65, 0x90: try append(popToMark())
        case 0x73:
            let value = try pop()
            try setItems([pop(), value])
        case 0x75: try setItems(popToMark())

        case 0x71: try remember(UInt32(reader.byte()))
        case 0x72: try remember(reader.integer(UInt32.self))
        case 0x94: try remember(UInt32(memo.count))
        case 0x70: try remember(decimal(reader.line()))
        case 0x68: try recall(UInt32(reader.byte()))
        case 0x6A: try recall(reader.integer(UInt32.self))
        case 0x67: try recall(decimal(reader.line()))

        case 0x63: try pushName(module: reader.line(), name: reader.line())
        case 0x93:
            guard case .string(let name) = try pop(), case .string(let module) = try pop() else {
                throw malformed("STACK_GLOBAL needs two strings")
            }
            try pushName(module: module, name: name)
        case 0x69: try refuse(module: reader.line(), name: reader.line())  // INST names a class and calls it
        case 0x52, 0x81:
            let arguments = try pop()
            try stack.append(construct(pop(), arguments))
        case 0x92:
            _ = try pop()
            let arguments = try pop()
            try stack.append(construct(pop(), arguments))
        case 0x62: try build()
        case 0x51: try stack.append(persistentStorage(pop()))
        default:
            throw malformed(
                "opcode 0x\(String(opcode, radix: 16)) at byte \(reader.position - 1) is not one of torch.save")
        }
    }

    func malformed(_ problem: String) -> CheckpointError {
        CheckpointError(.malformed, reader.file, "Its pickle is wrong: \(problem).")
    }
}

// MARK: - The stack

extension Unpickler {
    mutating func pop() throws -> PickleValue {
        guard stack.count > marks.last ?? 0, let value = stack.popLast() else {
            throw malformed("the stack is empty at byte \(reader.position)")
        }
        return value
    }

    private func top() throws -> PickleValue {
        guard stack.count > marks.last ?? 0, let value = stack.last else {
            throw malformed("the stack is empty at byte \(reader.position)")
        }
        return value
    }

    /// POP takes a mark away where one is on top.
    private mutating func discard() throws {
        if let mark = marks.last, mark == stack.count {
            marks.removeLast()
        } else {
            _ = try pop()
        }
    }

    private mutating func popToMark() throws -> [PickleValue] {
        guard let mark = marks.popLast() else { throw malformed("a MARK is missing at byte \(reader.position)") }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[mark...])
    }

    private mutating func pushTuple(_ count: Int) throws {
        var elements: [PickleValue] = []
        for _ in 0..<count { elements.append(try pop()) }
        stack.append(objects.addTuple(elements.reversed()))
    }

    private mutating func pushLong(_ length: Int) throws {
        let bytes = try reader.run(length)
        guard bytes.count > 8 else {
            var value: UInt64 = bytes.last.map { $0 >= 0x80 ? .max : 0 } ?? 0
            for byte in bytes.reversed() { value = value << 8 | UInt64(byte) }
            stack.append(.integer(Int(Int64(bitPattern: value))))
            return
        }
        guard bytes.count <= 64 else { throw malformed("an integer of \(bytes.count) bytes") }
        stack.append(.longInteger(Array(bytes)))
    }

    /// Python 2 kept text and bytes in one type; names are text.
    private mutating func pushBytes(_ run: UnsafeRawBufferPointer) {
        stack.append(String(validating: run, as: UTF8.self).map { .string($0) } ?? .bytes)
    }

    private mutating func pushPlainBytes(_ count: some BinaryInteger) throws {
        try reader.skip(count)
        stack.append(.bytes)
    }

    private mutating func append(_ elements: [PickleValue]) throws {
        switch try top() {
        case .list(let index): objects.append(elements, toList: index)
        case .object: break
        case let other: throw malformed("\(other.kind) is appended to")
        }
    }

    private mutating func setItems(_ items: [PickleValue]) throws {
        guard items.count % 2 == 0 else { throw malformed("a dictionary has a key without a value") }
        switch try top() {
        case .mapping(let index):
            for item in stride(from: 0, to: items.count, by: 2) {
                objects.set(items[item], items[item + 1], inMapping: index)
            }
        case .object: break
        case let other: throw malformed("items are set in \(other.kind)")
        }
    }

    private func decimal(_ text: String) throws -> UInt32 {
        guard let number = UInt32(text) else { throw malformed("\(quoted(text)) is not a place in the memo") }
        return number
    }

    private mutating func remember(_ place: UInt32) throws { memo[place] = try top() }

    private mutating func recall(_ place: UInt32) throws {
        guard let value = memo[place] else { throw malformed("place \(place) of the memo is empty") }
        stack.append(value)
    }
}
