import Sensors

/// A dense matrix, row by row; products run in a fixed order, so that they have the same bits wherever they are computed.
package struct Matrix: Sendable, Equatable {
    package let rows: Int
    package let columns: Int
    package var values: [Double]

    package init(rows: Int, columns: Int, values: [Double]) {
        precondition(values.count == rows * columns, "\(values.count) values for \(rows) × \(columns)")
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    init(rows: Int, columns: Int, repeating value: Double = 0) {
        self.init(rows: rows, columns: columns, values: [Double](repeating: value, count: rows * columns))
    }

    package subscript(row: Int, column: Int) -> Double {
        get { values[row * columns + column] }
        set { values[row * columns + column] = newValue }
    }

    package var transposed: Matrix {
        var result = Matrix(rows: columns, columns: rows)
        for row in 0..<rows {
            for column in 0..<columns { result[column, row] = self[row, column] }
        }
        return result
    }

    /// A column.
    package func column(_ index: Int) -> [Double] { (0..<rows).map { self[$0, index] } }

    /// Columns of a matrix beside each other, in the order of their indices.
    func columns(_ indices: [Int]) -> Matrix {
        Matrix(
            rows: rows, columns: indices.count, values: (0..<rows).flatMap { row in indices.map { self[row, $0] } })
    }

    /// The product, in pieces of columns that stay in the cache.
    package static func * (left: Matrix, right: Matrix) -> Matrix {
        precondition(left.columns == right.rows, "\(left.columns) columns times \(right.rows) rows")
        var result = Matrix(rows: left.rows, columns: right.columns)
        left.values.withUnsafeBufferPointer { first in
            right.values.withUnsafeBufferPointer { second in
                result.values.withUnsafeMutableBufferPointer { result in
                    multiplyAdd(
                        first, second, into: result, rows: left.rows, inner: left.columns, columns: right.columns)
                }
            }
        }
        return result
    }

    private static func multiplyAdd(
        _ left: UnsafeBufferPointer<Double>, _ right: UnsafeBufferPointer<Double>,
        into result: UnsafeMutableBufferPointer<Double>, rows: Int, inner: Int, columns: Int
    ) {
        let piece = 512
        for start in stride(from: 0, to: columns, by: piece) {
            let count = min(piece, columns - start)
            for row in 0..<rows {
                let target = row * columns + start
                for k in 0..<inner {
                    let (factor, source) = (left[row * inner + k], k * columns + start)
                    for n in 0..<count { result[target &+ n] += factor * right[source &+ n] }
                }
            }
        }
    }

    /// The product with the transpose of another matrix.
    func timesTransposed(_ other: Matrix) -> Matrix {
        precondition(columns == other.columns, "\(columns) columns and \(other.columns)")
        var result = Matrix(rows: rows, columns: other.rows)
        values.withUnsafeBufferPointer { first in
            other.values.withUnsafeBufferPointer { second in
                for row in 0..<rows {
                    for column in 0..<other.rows {
                        result[row, column] = Self.dot(
                            first, row * columns, second, column * columns, count: columns)
                    }
                }
            }
        }
        return result
    }

    /// A sum of products in eight interleaved partial sums.
    private static func dot(
        _ first: UnsafeBufferPointer<Double>, _ start: Int, _ second: UnsafeBufferPointer<Double>, _ other: Int,
        count: Int
    ) -> Double {
        guard let first = first.baseAddress, let second = second.baseAddress else { return 0 }
        var partial = SIMD8<Double>.zero
        var index = 0
        while index + 8 <= count {
            let a = UnsafeRawPointer(first + start + index).loadUnaligned(as: SIMD8<Double>.self)
            let b = UnsafeRawPointer(second + other + index).loadUnaligned(as: SIMD8<Double>.self)
            partial += a * b
            index += 8
        }
        var sum = partial.sum()
        while index < count {
            sum += first[start + index] * second[other + index]
            index += 1
        }
        return sum
    }
}

extension Matrix {
    /// The bands of an image as rows.
    package init(_ image: Image) { self.init(rows: image.bands, columns: image.pixels, values: image.values) }

    /// Rows as bands of an image.
    func image(height: Int, width: Int) -> Image {
        Image(bands: rows, height: height, width: width, values: values)
    }

    /// (G + μI)⁻¹ of a positive semi-definite matrix G.
    func regularisedInverse(_ weight: Double) -> Matrix {
        var shifted = self
        for index in 0..<rows { shifted[index, index] += weight }
        let units = (0..<rows).map { unit in (0..<rows).map { $0 == unit ? 1.0 : 0 } }
        let columns = units.map {
            LeastSquares.solution(shifted.values, $0)?.values
                ?? LeastSquares.weights(covariance: shifted.values, target: $0)
        }
        return Matrix(rows: rows, columns: rows, values: columns.flatMap { $0 }).transposed
    }
}
