/// Reads JSON text token by token, strictly and without building a tree, for headers that nobody vouches for.
///
/// Memory grows with the text that the caller asks for, the call depth not at all beyond ``maximumDepth``.
struct JSONScanner {
    static let maximumDepth = 32

    private var reader: ByteReader

    init(_ bytes: UnsafeRawBufferPointer, file: String) { reader = ByteReader(bytes, file: file) }

    /// The next byte that is not white space, without reading it.
    private mutating func next() -> UInt8? {
        while !reader.isAtEnd {
            switch reader.bytes[reader.position] {
            case 0x20, 0x09, 0x0A, 0x0D: reader.position += 1
            case let byte: return byte
            }
        }
        return nil
    }

    private mutating func expect(_ character: Character) throws {
        guard let byte = next(), byte == character.asciiValue else { throw error("'\(character)' is expected") }
        reader.position += 1
    }

    private mutating func accept(_ character: Character) -> Bool {
        guard let byte = next(), byte == character.asciiValue else { return false }
        reader.position += 1
        return true
    }

    func error(_ problem: String) -> CheckpointError {
        CheckpointError(.malformed, reader.file, "Its JSON header is wrong at byte \(reader.position): \(problem).")
    }

    /// Calls `body` with each key of an object; the body reads the value. A key given twice is an error.
    mutating func object(_ body: (String, inout JSONScanner) throws -> Void) throws {
        try expect("{")
        if accept("}") { return }
        var keys = Set<String>()
        repeat {
            let key = try string()
            guard keys.insert(key).inserted else { throw error("the name \(quoted(key)) occurs twice") }
            try expect(":")
            try body(key, &self)
        } while accept(",")
        try expect("}")
    }

    /// Calls `body` for each element of an array; the body reads the element.
    mutating func array(_ body: (inout JSONScanner) throws -> Void) throws {
        try expect("[")
        if accept("]") { return }
        repeat { try body(&self) } while accept(",")
        try expect("]")
    }

    /// A whole number from 0 that fits in `Int`, without sign, fraction or exponent.
    mutating func count() throws -> Int {
        _ = next()
        let start = reader.position
        var value = 0
        while !reader.isAtEnd, case let digit = reader.bytes[reader.position], (0x30...0x39).contains(digit) {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(Int(digit - 0x30))
            guard !overflow, !carry else { throw error("a number is too large") }
            value = sum
            reader.position += 1
        }
        let digits = reader.position - start
        guard digits > 0 else { throw error("a whole number from 0 is expected") }
        guard digits == 1 || reader.bytes[start] != 0x30 else { throw error("a number begins with 0") }
        if !reader.isAtEnd, [0x2E, 0x65, 0x45].contains(reader.bytes[reader.position]) {
            throw error("a whole number is expected")
        }
        return value
    }

    mutating func string() throws -> String {
        try expect("\"")
        var units: [UInt8] = []
        while true {
            let byte = try reader.byte()
            switch byte {
            case 0x22:
                guard let text = String(validating: units, as: UTF8.self) else {
                    throw error("a string is not valid UTF-8")
                }
                return text
            case 0x5C: try appendEscape(to: &units)
            case ..<0x20: throw error("a string holds a control character")
            default: units.append(byte)
            }
        }
    }

    private mutating func appendEscape(to units: inout [UInt8]) throws {
        switch try reader.byte() {
        case 0x22: units.append(0x22)
        case 0x5C: units.append(0x5C)
        case 0x2F: units.append(0x2F)
        case 0x62: units.append(0x08)
        case 0x66: units.append(0x0C)
        case 0x6E: units.append(0x0A)
        case 0x72: units.append(0x0D)
        case 0x74: units.append(0x09)
        case 0x75:
            var code = UInt32(try hexadecimal())
            if (0xD800..<0xDC00).contains(code) {
                guard try reader.byte() == 0x5C, try reader.byte() == 0x75, case let low = UInt32(try hexadecimal()),
                    (0xDC00..<0xE000).contains(low)
                else { throw error("half a surrogate pair") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw error("half a surrogate pair") }
            units.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default: throw error("an unknown escape")
        }
    }

    private mutating func hexadecimal() throws -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(try reader.byte())).hexDigitValue else {
                throw error("a \\u escape is not hexadecimal")
            }
            value = value << 4 | UInt16(digit)
        }
        return value
    }

    /// Reads a value that nobody needs.
    mutating func skipValue(depth: Int = 1) throws {
        guard depth <= JSONScanner.maximumDepth else {
            throw error("values are nested more than \(JSONScanner.maximumDepth) deep")
        }
        switch next() {
        case 0x7B: try object { try $1.skipValue(depth: depth + 1) }
        case 0x5B: try array { try $0.skipValue(depth: depth + 1) }
        case 0x22: _ = try string()
        case .some(0x2D), .some(0x30...0x39): try skipNumber()
        case 0x74: try skip("true")
        case 0x66: try skip("false")
        case 0x6E: try skip("null")
        default: throw error("a value is expected")
        }
    }

    private mutating func skip(_ word: String) throws {
        for unit in word.utf8 where try reader.byte() != unit { throw error("'\(word)' is expected") }
    }

    private mutating func skipNumber() throws {
        _ = accept("-")
        try skipDigits()
        if !reader.isAtEnd, reader.bytes[reader.position] == 0x2E {
            reader.position += 1
            try skipDigits()
        }
        if !reader.isAtEnd, [0x65, 0x45].contains(reader.bytes[reader.position]) {
            reader.position += 1
            if !reader.isAtEnd, [0x2B, 0x2D].contains(reader.bytes[reader.position]) { reader.position += 1 }
            try skipDigits()
        }
    }

    private mutating func skipDigits() throws {
        let start = reader.position
        while !reader.isAtEnd, (0x30...0x39).contains(reader.bytes[reader.position]) { reader.position += 1 }
        guard reader.position > start else { throw error("a digit is expected") }
    }

    /// Only white space may be left.
    mutating func end() throws {
        guard next() == nil else { throw error("something follows the header's closing brace") }
    }
}
