/// Fields of a protocol buffer message, in the wire format of version 3.
struct ProtocolBuffer {
    private(set) var bytes: [UInt8] = []

    /// A whole number of 0 or more.
    mutating func add(_ field: Int, _ value: Int) {
        addVariable(UInt64(field << 3))
        addVariable(UInt64(value))
    }

    mutating func add(_ field: Int, _ value: Double) {
        addVariable(UInt64(field << 3 | 1))
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
    }

    mutating func add(_ field: Int, _ value: Float) {
        addVariable(UInt64(field << 3 | 5))
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
    }

    /// Numbers one after the other in one field.
    mutating func add(_ field: Int, _ values: [Double]) {
        add(field, values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } })
    }

    /// Bytes, or a message inside this one.
    mutating func add(_ field: Int, _ value: [UInt8]) {
        addVariable(UInt64(field << 3 | 2))
        addVariable(UInt64(value.count))
        bytes += value
    }

    mutating func add(_ field: Int, _ value: String) { add(field, Array(value.utf8)) }

    private mutating func addVariable(_ value: UInt64) {
        var rest = value
        while rest > 127 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
