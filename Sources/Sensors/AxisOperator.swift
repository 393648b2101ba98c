import CFilter

/// A linear operation along one axis: each output is a weighted sum of neighbouring inputs.
///
/// Interpolation, reduction and separable filters are such operations; they differ in their weights only. Two of them,
/// one an axis, make an operation on images. An output is always summed in the order of its weights, along its row first, so its
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
        guard height > 0 && width > 0 else { return Image(bands: source.bands, height: height, width: width) }
        var turned = [Double](repeating: 0, count: source.pixels)
        var wideTurned = [Double](repeating: 0, count: width * source.height)
        var wide = wideTurned
        return Image(bands: source.bands, height: height, width: width) { target in
            source.values.withUnsafeBufferPointer { values in
                turned.withUnsafeMutableBufferPointer { turned in
                    wideTurned.withUnsafeMutableBufferPointer { wideTurned in
                        wide.withUnsafeMutableBufferPointer { wide in
                            guard let input = values.baseAddress, let output = target.baseAddress,
                                let turned = turned.baseAddress, let wideTurned = wideTurned.baseAddress,
                                let wide = wide.baseAddress
                            else { return }
                            for band in 0..<source.bands {
                                transpose(
                                    input + band * source.pixels, height: source.height, width: source.width,
                                    into: turned)
                                columns.combineRows(
                                    of: turned, width: source.height, table: columnTable, into: wideTurned)
                                transpose(wideTurned, height: width, width: source.height, into: wide)
                                rows.combineRows(
                                    of: wide, width: width, table: rowTable, into: output + band * height * width)
                            }
                        }
                    }
                }
            }
        }
    }

    /// Writes each output row as the weighted sum of input rows.
    private func combineRows(
        of input: UnsafePointer<Double>, width: Int, table: [Int], into result: UnsafeMutablePointer<Double>
    ) {
        let lower = inputs.lowerBound
        var rows: [UnsafePointer<Double>?] = []
        for (index, output) in outputs.enumerated() {
            let (base, set) = (output.first - lower, weights[output.weights])
            rows.removeAll(keepingCapacity: true)
            for tap in set.indices { rows.append(input + table[base + tap] * width) }
            fk_weighted_sum(rows, set, set.count, result + index * width, width)
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
