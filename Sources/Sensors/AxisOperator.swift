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
        // Rows a power of two apart would all meet in the same few lines of the cache.
        let pitch = width + 8
        let wide = UnsafeMutablePointer<Double>.allocate(capacity: pitch * source.height)
        defer { wide.deallocate() }
        return Image(bands: source.bands, height: height, width: width) { target in
            source.values.withUnsafeBufferPointer { values in
                guard let input = values.baseAddress, let output = target.baseAddress else { return }
                for band in 0..<source.bands {
                    columns.combineColumns(
                        of: input + band * source.pixels, height: source.height, width: source.width,
                        table: columnTable, pitch: pitch, into: wide)
                    rows.combineRows(
                        of: wide, width: width, pitch: pitch, table: rowTable,
                        into: output + band * height * width)
                }
            }
        }
    }

    /// Writes each output column as the weighted sum of input columns; rows of the result begin `pitch` samples apart.
    private func combineColumns(
        of input: UnsafePointer<Double>, height: Int, width: Int, table: [Int], pitch: Int,
        into result: UnsafeMutablePointer<Double>
    ) {
        if interpolates {
            interpolateColumns(
                of: input, height: height, width: width, table: table, pitch: pitch, into: result)
            return
        }
        let turned = UnsafeMutablePointer<Double>.allocate(capacity: width * height)
        let wideTurned = UnsafeMutablePointer<Double>.allocate(capacity: outputs.count * height)
        defer {
            turned.deallocate()
            wideTurned.deallocate()
        }
        Self.transpose(input, height: height, width: width, pitch: height, into: turned)
        combineRows(of: turned, width: height, pitch: height, table: table, into: wideTurned)
        Self.transpose(wideTurned, height: outputs.count, width: height, pitch: pitch, into: result)
    }

    /// Whether the outputs are those of an interpolation at every position: sets of weights take turns, and with each turn
    /// the inputs move on by one.
    private var interpolates: Bool {
        let count = weights.count
        guard outputs.count >= 2 * count, Set(outputs.prefix(count).map(\.weights)).count == count else { return false }
        return zip(outputs, outputs.dropFirst(count)).allSatisfy {
            $0.weights == $1.weights && $0.first + 1 == $1.first
        }
    }

    /// As ``combineRows(of:width:pitch:table:into:)`` for columns, one phase of the interpolation after the other.
    private func interpolateColumns(
        of input: UnsafePointer<Double>, height: Int, width: Int, table: [Int], pitch: Int,
        into result: UnsafeMutablePointer<Double>
    ) {
        let (phases, lower) = (weights.count, inputs.lowerBound)
        // What is beyond the last output of a phase is computed and not used.
        let length = (outputs.count + phases - 1) / phases
        let padded = UnsafeMutablePointer<Double>.allocate(capacity: table.count + 1)
        let sums = UnsafeMutablePointer<Double>.allocate(capacity: phases * length)
        let mixed = UnsafeMutablePointer<Double>.allocate(capacity: phases * length)
        padded[table.count] = 0
        defer {
            padded.deallocate()
            sums.deallocate()
            mixed.deallocate()
        }
        var shifted: [UnsafePointer<Double>?] = []
        for row in 0..<height {
            let source = input + row * width
            for (place, column) in table.enumerated() { padded[place] = source[column] }
            for phase in 0..<phases {
                let set = weights[outputs[phase].weights]
                shifted.removeAll(keepingCapacity: true)
                for tap in set.indices { shifted.append(UnsafePointer(padded) + outputs[phase].first - lower + tap) }
                fk_weighted_sum(shifted, set, set.count, sums + phase * length, length)
            }
            fk_interleave(sums, phases, length, mixed)
            (result + row * pitch).update(from: mixed, count: outputs.count)
        }
    }

    /// Writes each output row as the weighted sum of input rows, which begin `pitch` samples apart.
    private func combineRows(
        of input: UnsafePointer<Double>, width: Int, pitch: Int, table: [Int], into result: UnsafeMutablePointer<Double>
    ) {
        let lower = inputs.lowerBound
        var rows: [UnsafePointer<Double>?] = []
        for (index, output) in outputs.enumerated() {
            let (base, set) = (output.first - lower, weights[output.weights])
            rows.removeAll(keepingCapacity: true)
            for tap in set.indices { rows.append(input + table[base + tap] * pitch) }
            fk_weighted_sum(rows, set, set.count, result + index * width, width)
        }
    }

    /// Turns rows into columns, in squares that stay in the cache; rows of the result begin `pitch` samples apart.
    private static func transpose(
        _ source: UnsafePointer<Double>, height: Int, width: Int, pitch: Int,
        into target: UnsafeMutablePointer<Double>
    ) {
        let side = 16
        var row = 0
        while row < height {
            let rowEnd = min(row + side, height)
            var column = 0
            while column < width {
                let columnEnd = min(column + side, width)
                for j in column..<columnEnd {
                    for i in row..<rowEnd { target[j * pitch + i] = source[i * width + j] }
                }
                column += side
            }
            row += side
        }
    }
}
