/// One element of a MAT file of version 5: a tag with type and length, and the bytes that it announces.
///
/// Everything is looked up within the bytes that are there, whatever the tags claim.
struct MATElement {
    /// What the numbers in an element are stored as.
    enum Kind: Int {
        case int8 = 1
        case uint8, int16, uint16, int32, uint32, float32
        case float64 = 9
        case int64 = 12
        case uint64, matrix, compressed

        /// The type of numbers; nil for elements of elements.
        var sampleType: SampleType? {
            switch self {
            case .int8: .int8
            case .uint8: .uint8
            case .int16: .int16
            case .uint16: .uint16
            case .int32: .int32
            case .uint32: .uint32
            case .float32: .float32
            case .float64: .float64
            case .int64: .int64
            case .uint64: .uint64
            case .matrix, .compressed: nil
            }
        }
    }

    /// What it holds; nil for types that are of no interest here.
    let kind: Kind?
    /// Where its bytes are.
    let body: Range<Int>
    /// Where the next element begins, before the gap that fills up to 8 bytes.
    var end: Int { body.upperBound }

    /// The element whose tag begins at a place.
    ///
    /// - Returns: nil where tag or bytes would lie beyond the limit.
    init?(at place: Int, in bytes: MATBytes, limit: Int) {
        guard place >= 0, limit <= bytes.count, place + 8 <= limit else { return nil }
        let first = bytes.word(at: place)
        // Up to four bytes are kept in the tag itself, with their number in its upper half.
        let isSmall = first >> 16 != 0
        kind = Kind(rawValue: isSmall ? first & 0xffff : first)
        let length = isSmall ? first >> 16 : bytes.word(at: place + 4)
        let start = place + (isSmall ? 4 : 8)
        guard length <= (isSmall ? 4 : limit - start) else { return nil }
        body = start..<start + length
    }

    /// The elements that follow each other inside of a matrix, up to some number.
    static func inside(_ body: Range<Int>, of bytes: MATBytes, atMost count: Int) -> [MATElement] {
        var elements: [MATElement] = []
        var place = body.lowerBound
        while elements.count < count, place < body.upperBound,
            let element = MATElement(at: place, in: bytes, limit: body.upperBound)
        {
            elements.append(element)
            // Each begins at a multiple of 8 from the first.
            place = body.lowerBound + (element.end - body.lowerBound + 7) / 8 * 8
        }
        return elements
    }
}

/// Bytes of a MAT file, or of an element that was packed in one.
struct MATBytes {
    let bytes: UnsafeRawBufferPointer
    let isBigEndian: Bool

    var count: Int { bytes.count }

    /// Four bytes as a whole number; the place must be within.
    func word(at place: Int) -> Int {
        let stored = bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)
        return Int(isBigEndian ? UInt32(bigEndian: stored) : UInt32(littleEndian: stored))
    }

    /// A number of some type as a `Double`; the place must be within.
    func number(at place: Int, as type: SampleType) -> Double {
        func integer<Stored: FixedWidthInteger>(_: Stored.Type) -> Stored {
            let stored = bytes.loadUnaligned(fromByteOffset: place, as: Stored.self)
            return isBigEndian ? Stored(bigEndian: stored) : Stored(littleEndian: stored)
        }
        return switch type {
        case .uint8: Double(integer(UInt8.self))
        case .int8: Double(integer(Int8.self))
        case .uint16: Double(integer(UInt16.self))
        case .int16: Double(integer(Int16.self))
        case .uint32: Double(integer(UInt32.self))
        case .int32: Double(integer(Int32.self))
        case .uint64: Double(integer(UInt64.self))
        case .int64: Double(integer(Int64.self))
        case .float32: Double(Float(bitPattern: integer(UInt32.self)))
        case .float64: Double(bitPattern: integer(UInt64.self))
        }
    }
}
