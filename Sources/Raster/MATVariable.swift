/// The numbers of a variable of a MAT file in memory, columns first as MATLAB keeps them.
///
/// `@unchecked Sendable`: nobody changes the numbers.
final class MATVariable: @unchecked Sendable {
    /// What the file says of it.
    let array: StoredArray
    /// What the numbers are.
    let type: SampleType
    /// The numbers.
    let data: UnsafeMutableRawPointer

    /// Copies the numbers of an element.
    ///
    /// - Returns: nil when they are not as many as the lengths say.
    init?(_ array: StoredArray, _ matrix: MATMatrix, _ element: MATElement, of bytes: MATBytes) {
        let count = array.placeCount
        guard let type = matrix.type, matrix.lengths == array.lengths, let stored = element.kind?.sampleType,
            element.body.count == saturatingProduct(count, stored.byteCount)
        else { return nil }
        (self.array, self.type) = (array, type)
        data = .allocate(byteCount: max(1, count * type.byteCount), alignment: 16)
        if stored == type, bytes.isBigEndian == (1.bigEndian == 1) {
            UnsafeMutableRawBufferPointer(start: data, count: element.body.count)
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes.bytes[element.body]))
            return
        }
        // MATLAB keeps whole numbers in the fewest bytes that hold them, whatever their class.
        let step = 4096
        for start in stride(from: 0, to: count, by: step) {
            let values = (start..<min(count, start + step)).map {
                bytes.number(at: element.body.lowerBound + $0 * stored.byteCount, as: stored)
            }
            SampleConversion.store(
                values, valid: nil, count: values.count, as: type, nodata: nil, into: data + start * type.byteCount)
        }
    }

    deinit { data.deallocate() }

    /// The numbers, in their order.
    var values: [Double] {
        let bytes = MATBytes(
            bytes: UnsafeRawBufferPointer(start: data, count: array.placeCount * type.byteCount),
            isBigEndian: 1.bigEndian == 1)
        return (0..<array.placeCount).map { bytes.number(at: $0 * type.byteCount, as: type) }
    }
}
