extension FactoredFilter {
    /// Pixels that are computed together.
    private static let lanes = 8

    /// Filters one band of a window, border of the scene: replicate.
    ///
    /// - Parameters:
    ///   - window: pixels of the scene, at least those within `radius` of an output.
    ///   - band: which band of the window.
    ///   - rows: output rows.
    ///   - columns: output columns.
    /// - Returns: the samples, row by row.
    package func apply(to window: SceneWindow, band: Int, rows: Range<Int>, columns: Range<Int>) -> [Double] {
        guard !rows.isEmpty, !columns.isEmpty else { return [] }
        // Whole groups of lanes, of outputs and of what they read.
        let width = (columns.count + Self.lanes - 1) / Self.lanes * Self.lanes
        let span = (width + 2 * radius + Self.lanes - 1) / Self.lanes * Self.lanes
        let padded = padded(window, band: band, rows: rows, columns: columns, span: span)
        let rounded = padded.map { Float($0) }
        var result = [Double](repeating: 0, count: rows.count * columns.count)
        var tall = [Double](repeating: 0, count: span)
        var otherTall = [Float](repeating: 0, count: others.count * span)
        var line = [Double](repeating: 0, count: width)
        var otherLine = [Float](repeating: 0, count: width)
        padded.withUnsafeBufferPointer { padded in
            rounded.withUnsafeBufferPointer { rounded in
                for offset in 0..<rows.count {
                    let centre = (offset + radius) * span
                    weighRows(padded, at: centre, span: span, into: &tall)
                    weighOtherRows(rounded, at: centre, span: span, into: &otherTall)
                    weighColumns(tall, into: &line)
                    weighOtherColumns(otherTall, span: span, into: &otherLine)
                    for column in 0..<columns.count {
                        result[offset * columns.count + column] = line[column] + Double(otherLine[column])
                    }
                }
            }
        }
        return result
    }

    /// The samples of a band and those around it, in rows of `span` samples; 0 where no output reads.
    private func padded(
        _ window: SceneWindow, band: Int, rows: Range<Int>, columns: Range<Int>, span: Int
    ) -> [Double] {
        let rowTable = window.rowTable(rows.lowerBound - radius..<rows.upperBound + radius, border: .replicate)
        let columnTable = window.columnTable(
            columns.lowerBound - radius..<columns.upperBound + radius, border: .replicate)
        var padded = [Double](repeating: 0, count: rowTable.count * span)
        window.image.values.withUnsafeBufferPointer { values in
            padded.withUnsafeMutableBufferPointer { padded in
                for (row, source) in rowTable.enumerated() {
                    let start = (band * window.image.height + source) * window.image.width
                    for (column, place) in columnTable.enumerated() {
                        padded[row * span + column] = values[start + place]
                    }
                }
            }
        }
        return padded
    }

    /// The first term along columns: sums of rows above and below a row.
    private func weighRows(
        _ samples: UnsafeBufferPointer<Double>, at centre: Int, span: Int, into sums: inout [Double]
    ) {
        sums.withUnsafeMutableBufferPointer { sums in
            first.vertical.withUnsafeBufferPointer { taps in
                for column in stride(from: 0, to: span, by: 8) {
                    var (a, b) = (SIMD4<Double>(), SIMD4<Double>())
                    for distance in 0...first.rows {
                        let above = centre - distance * span + column
                        let below = centre + distance * span + column
                        a += taps[distance] * (samples.four(above) + samples.four(below))
                        b += taps[distance] * (samples.four(above + 4) + samples.four(below + 4))
                    }
                    sums.set(a, at: column)
                    sums.set(b, at: column + 4)
                }
            }
        }
    }

    /// The first term along rows.
    private func weighColumns(_ samples: [Double], into sums: inout [Double]) {
        samples.withUnsafeBufferPointer { samples in
            sums.withUnsafeMutableBufferPointer { sums in
                first.horizontal.withUnsafeBufferPointer { taps in
                    for column in stride(from: 0, to: sums.count, by: 8) {
                        var (a, b) = (SIMD4<Double>(), SIMD4<Double>())
                        let centre = radius + column
                        for distance in 0...first.columns {
                            let (left, right) = (centre - distance, centre + distance)
                            a += taps[distance] * (samples.four(left) + samples.four(right))
                            b += taps[distance] * (samples.four(left + 4) + samples.four(right + 4))
                        }
                        sums.set(a, at: column)
                        sums.set(b, at: column + 4)
                    }
                }
            }
        }
    }

    /// The other terms along columns, four at a time: they share the sums of two rows.
    private func weighOtherRows(
        _ samples: UnsafeBufferPointer<Float>, at centre: Int, span: Int, into sums: inout [Float]
    ) {
        sums.withUnsafeMutableBufferPointer { sums in
            for term in stride(from: 0, to: others.count, by: Self.group) {
                let (first, second) = (others[term].vertical, others[term + 1].vertical)
                let (third, fourth) = (others[term + 2].vertical, others[term + 3].vertical)
                let rows = others[term..<term + Self.group].reduce(0) { max($0, $1.rows) }
                for column in stride(from: 0, to: span, by: 8) {
                    var (a, b, c, d) = (SIMD8<Float>(), SIMD8<Float>(), SIMD8<Float>(), SIMD8<Float>())
                    for distance in 0...rows {
                        let above = centre - distance * span + column
                        let below = centre + distance * span + column
                        let sum = samples.eight(above) + samples.eight(below)
                        a += first[distance] * sum
                        b += second[distance] * sum
                        c += third[distance] * sum
                        d += fourth[distance] * sum
                    }
                    sums.set(a, at: term * span + column)
                    sums.set(b, at: (term + 1) * span + column)
                    sums.set(c, at: (term + 2) * span + column)
                    sums.set(d, at: (term + 3) * span + column)
                }
            }
        }
    }

    /// The other terms along rows, all into one sum.
    private func weighOtherColumns(_ samples: [Float], span: Int, into sums: inout [Float]) {
        samples.withUnsafeBufferPointer { samples in
            sums.withUnsafeMutableBufferPointer { sums in
                for column in stride(from: 0, to: sums.count, by: 8) {
                    // Even and odd terms apart, so that fewer sums wait for the ones before.
                    var (a, b) = (SIMD8<Float>(), SIMD8<Float>())
                    for term in stride(from: 0, to: others.count, by: 2) {
                        let (even, odd) = (others[term].horizontal, others[term + 1].horizontal)
                        let reach = max(others[term].columns, others[term + 1].columns)
                        let centre = term * span + radius + column
                        for distance in 0...reach {
                            let (left, right) = (centre - distance, centre + distance)
                            a += even[distance] * (samples.eight(left) + samples.eight(right))
                            b += odd[distance] * (samples.eight(left + span) + samples.eight(right + span))
                        }
                    }
                    sums.set(a + b, at: column)
                }
            }
        }
    }
}

extension UnsafeBufferPointer<Double> {
    @inline(__always)
    fileprivate func four(_ start: Int) -> SIMD4<Double> {
        UnsafeRawPointer(baseAddress.unsafelyUnwrapped + start).loadUnaligned(as: SIMD4<Double>.self)
    }
}

extension UnsafeBufferPointer<Float> {
    @inline(__always)
    fileprivate func eight(_ start: Int) -> SIMD8<Float> {
        UnsafeRawPointer(baseAddress.unsafelyUnwrapped + start).loadUnaligned(as: SIMD8<Float>.self)
    }
}

extension UnsafeMutableBufferPointer {
    @inline(__always)
    fileprivate func set<Vector: SIMD>(_ vector: Vector, at start: Int) where Vector.Scalar == Element {
        UnsafeMutableRawPointer(baseAddress.unsafelyUnwrapped + start).storeBytes(of: vector, as: Vector.self)
    }
}
