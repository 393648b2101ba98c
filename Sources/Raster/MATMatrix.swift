/// A variable of a MAT file: what its first elements say, and where its numbers are.
struct MATMatrix {
    /// Its name; empty for what MATLAB keeps for itself.
    let name: String
    /// Rows, columns, and so on.
    let lengths: [Int]
    /// What its numbers are; nil where it holds none, or complex ones.
    let type: SampleType?
    /// The element of the numbers; nil where it is not known, as of a matrix whose beginning only is there.
    let numbers: MATElement?

    /// What the bytes of a matrix say.
    ///
    /// - Parameter body: the bytes behind the tag, or their beginning.
    /// - Returns: nil where the first elements are not those of a matrix.
    init?(_ body: Range<Int>, of bytes: MATBytes) {
        let elements = MATElement.inside(body, of: bytes, atMost: 4)
        guard elements.count >= 3, elements[0].kind == .uint32, elements[0].body.count == 8 else { return nil }
        let flags = bytes.word(at: elements[0].body.lowerBound)
        let isComplex = flags & 0x800 != 0
        type = isComplex ? nil : Self.sampleType(ofClass: flags & 0xff)
        guard elements[1].kind == .int32, elements[1].body.count.isMultiple(of: 4),
            (2...16).contains(elements[1].body.count / 4), elements[2].kind == .int8
        else { return nil }
        lengths = stride(from: elements[1].body.lowerBound, to: elements[1].body.upperBound, by: 4)
            .map { bytes.word(at: $0) }
        guard lengths.allSatisfy({ $0 <= Int(Int32.max) }) else { return nil }
        name = String(decoding: bytes.bytes[elements[2].body], as: UTF8.self)
        numbers = elements.count > 3 ? elements[3] : nil
    }

    /// What MATLAB's classes of numbers are.
    private static func sampleType(ofClass number: Int) -> SampleType? {
        let types: [SampleType] = [
            .float64, .float32, .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64,
        ]
        let first = 6
        return types.indices.contains(number - first) ? types[number - first] : nil
    }
}
