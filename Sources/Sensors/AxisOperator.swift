/// A linear operation along one axis: each output is a weighted sum of neighbouring inputs.
///
/// Interpolation, reduction and separable filters are such operations; they differ in their weights only. Two of them,
/// one an axis, make an operation on images. An output is always summed in the order of its weights, rows first, so its
/// bits depend on neither the window nor the number of threads.
struct AxisOperator: Sendable {
    /// One output: the inputs `first`, `first + 1`, … weighted with a set of weights.
    struct Output: Sendable {
        /// Position of the first input on the axis of the scene; may lie beyond its ends.
        let first: Int
        /// Which of ``AxisOperator/weights`` applies.
        let weights: Int
    }

    /// Sets of weights; no set is empty.
    let weights: [[Double]]
    /// The outputs in order.
    let outputs: [Output]

    /// The stretch of the axis that all outputs together read.
    var inputs: Range<Int> {
        var lower = Int.max
        var upper = Int.min
        for output in outputs {
            lower = min(lower, output.first)
            upper = max(upper, output.first + weights[output.weights].count)
        }
        return lower < upper ? lower..<upper : 0..<0
    }

    /// Applies one operation along rows' axis and one along columns' axis to every band.
    ///
    /// - Parameters:
    ///   - window: the samples that the operations read, with those that the border rule replaces.
    ///   - border: what lies beyond the edge of the scene.
    /// - Returns: (C, `rows.outputs.count`, `columns.outputs.count`).
    static func apply(
        rows: AxisOperator, columns: AxisOperator, to window: SceneWindow, border: Border
    ) -> Image {
        let source = window.image
        let height = rows.outputs.count
        let width = columns.outputs.count
        let rowTable = window.rowTable(rows.inputs, border: border)
        let columnTable = window.columnTable(columns.inputs, border: border)
        var result = Image(bands: source.bands, height: height, width: width)
        guard height > 0 && width > 0 else { return result }
        var tall = [Double](repeating: 0, count: height * source.width)
        var turned = tall
        var wide = [Double](repeating: 0, count: height * width)
        source.values.withUnsafeBufferPointer { values in
            result.values.withUnsafeMutableBufferPointer { target in
                guard let input = values.baseAddress, let output = target.baseAddress else { return }
                tall.withUnsafeMutableBufferPointer { tall in
                    turned.withUnsafeMutableBufferPointer { turned in
                        wide.withUnsafeMutableBufferPointer { wide in
                            guard let tall = tall.baseAddress, let turned = turned.baseAddress,
                                let wide = wide.baseAddress
                            else { return }
                            for band in 0..<source.bands {
                                rows.combineRows(
                                    of: input + band * source.pixels, width: source.width, table: rowTable, into: tall)
                                transpose(tall, height: height, width: source.width, into: turned)
                                columns.combineRows(of: turned, width: height, table: columnTable, into: wide)
                                transpose(wide, height: width, width: height, into: output + band * height * width)
                            }
                        }
                    }
                }
            }
        }
        return result
    }

    /// Writes each output row as the weighted sum of input rows.
    private func combineRows(
        of input: UnsafePointer<Double>, width: Int, table: [Int], into result: UnsafeMutablePointer<Double>
    ) {
        let lower = inputs.lowerBound
        for (index, output) in outputs.enumerated() {
            let target = result + index * width
            let base = output.first - lower
            let set = weights[output.weights]
            let head = input + table[base] * width
            let headWeight = set[0]
            for column in 0..<width { target[column] = headWeight * head[column] }
            var tap = 1
            while tap + 3 < set.count {
                let (w0, w1, w2, w3) = (set[tap], set[tap + 1], set[tap + 2], set[tap + 3])
                let row0 = input + table[base + tap] * width
                let row1 = input + table[base + tap + 1] * width
                let row2 = input + table[base + tap + 2] * width
                let row3 = input + table[base + tap + 3] * width
                for column in 0..<width {
                    target[column] =
                        (((target[column] + w0 * row0[column]) + w1 * row1[column]) + w2 * row2[column])
                        + w3 * row3[column]
                }
                tap += 4
            }
            while tap < set.count {
                let weight = set[tap]
                let row = input + table[base + tap] * width
                for column in 0..<width { target[column] += weight * row[column] }
                tap += 1
            }
        }
    }

    /// Turns rows into columns, in squares that stay in the cache.
    private static func transpose(
        _ source: UnsafePointer<Double>, height: Int, width: Int, into target: UnsafeMutablePointer<Double>
    ) {
        let side = 16
        var row = 0
        while row < height {
            let rowEnd = min(row + side, height)
            var column = 0
            while column < width {
                let columnEnd = min(column + side, width)
                for j in column..<columnEnd {
                    for i in row..<rowEnd { target[j * height + i] = source[i * width + j] }
                }
                column += side
            }
            row += side
        }
    }
}
