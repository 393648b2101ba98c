/// A small square filter of any taps, border replicate.
public struct TapFilter: Sendable, Hashable {
    /// Taps on each side of the centre.
    public let radius: Int
    /// All taps, row by row, (2·radius + 1)².
    public let taps: [Double]

    /// A filter.
    public init(radius: Int, taps: [Double]) {
        precondition(taps.count == (2 * radius + 1) * (2 * radius + 1), "\(taps.count) taps for a radius of \(radius)")
        self.radius = radius
        self.taps = taps
    }

    /// The correlation of an image of one band with the taps at the pixels step·i + step/2 of the scene.
    ///
    /// - Parameters:
    ///   - window: one band, at least the pixels within ``radius`` of an output.
    ///   - step: distance of the outputs.
    ///   - rows: output rows i.
    ///   - columns: output columns j.
    /// - Returns: (1, rows, columns).
    public func apply(to window: SceneWindow, step: Int = 1, rows: Range<Int>, columns: Range<Int>) -> Image {
        var result = Image(bands: 1, height: rows.count, width: columns.count)
        guard !rows.isEmpty && !columns.isEmpty else { return result }
        let side = 2 * radius + 1
        let left = step * columns.lowerBound + step / 2 - radius
        let columnTable = window.columnTable(
            left..<left + step * (columns.count - 1) + side, border: .replicate)
        var line = [Double](repeating: 0, count: columnTable.count)
        let width = window.image.width
        result.values.withUnsafeMutableBufferPointer { result in
            window.image.values.withUnsafeBufferPointer { values in
                line.withUnsafeMutableBufferPointer { line in
                    for (outputRow, row) in rows.enumerated() {
                        let top = step * row + step / 2 - radius
                        let rowTable = window.rowTable(top..<top + side, border: .replicate)
                        let target = outputRow * columns.count
                        for (tapRow, source) in rowTable.enumerated() {
                            for (slot, column) in columnTable.enumerated() {
                                line[slot] = values[source * width + column]
                            }
                            for tapColumn in 0..<side {
                                let weight = taps[tapRow * side + tapColumn]
                                if weight == 0 { continue }
                                for output in 0..<columns.count {
                                    result[target + output] += weight * line[step * output + tapColumn]
                                }
                            }
                        }
                    }
                }
            }
        }
        return result
    }
}
