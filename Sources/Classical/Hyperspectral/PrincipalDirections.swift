/// The eigenvectors of a symmetric matrix, that of the largest eigenvalue first.
struct PrincipalDirections: Sendable {
    /// In falling order.
    let values: [Double]
    private let all: [Double]

    init(_ matrix: Matrix) {
        let count = matrix.rows
        let (values, vectors) = LeastSquares.eigen(matrix.values, count: count)
        let order = values.indices.sorted { (values[$0], $1) > (values[$1], $0) }
        self.values = order.map { values[$0] }
        all = order.flatMap { index -> [Double] in
            let vector = vectors[index * count..<(index + 1) * count]
            // One of two directions, the same whatever rounding did.
            let sign: Double = vector.reduce(0, +) < 0 ? -1 : 1
            return vector.map { sign * $0 }
        }
    }

    /// The first eigenvectors as columns.
    func vectors(_ count: Int) -> Matrix {
        Matrix(rows: count, columns: values.count, values: Array(all.prefix(count * values.count))).transposed
    }
}
