/// Counts of unknown pixels in rectangles, from a table of sums.
struct UnknownPixels {
    private let height: Int
    private let width: Int
    private var sums: [Int32]

    /// - Parameter isValid: 0 where a pixel is unknown, row by row.
    init(isValid: [UInt8], height: Int, width: Int) {
        precondition(isValid.count == height * width, "a mask of another size than the image")
        (self.height, self.width) = (height, width)
        sums = [Int32](repeating: 0, count: (height + 1) * (width + 1))
        for row in 0..<height {
            var line: Int32 = 0
            for column in 0..<width {
                line += isValid[row * width + column] == 0 ? 1 : 0
                sums[(row + 1) * (width + 1) + column + 1] = sums[row * (width + 1) + column + 1] + line
            }
        }
    }

    /// Whether a rectangle, as far as it lies inside, has an unknown pixel.
    func isAny(rows: Range<Int>, columns: Range<Int>) -> Bool {
        let (top, bottom) = (max(0, rows.lowerBound), min(height, rows.upperBound))
        let (left, right) = (max(0, columns.lowerBound), min(width, columns.upperBound))
        guard top < bottom, left < right else { return false }
        let stride = width + 1
        return sums[bottom * stride + right] - sums[top * stride + right] - sums[bottom * stride + left]
            + sums[top * stride + left] != 0
    }
}
