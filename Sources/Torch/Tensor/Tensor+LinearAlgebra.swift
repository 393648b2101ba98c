import CTorch

/// Linear algebra on the last two axes, (…, m, n), each matrix of a batch on its own; float32, float64 or complex.
/// `cutoff` is relative to the largest singular value: smaller ones count as zero. It is the type's precision times
/// the longer side when nil.
extension Tensor {
    /// x of self · x = b: (…, n, n) and (…, n, k), or (n) for one right side. Fails for a singular matrix.
    public func solving(_ b: Tensor) -> Tensor { Tensor(taking: fk_solve(pointer, b.pointer)) }

    /// x of self · x = b, where only the upper (or lower) triangle of this matrix is read.
    public func solvingTriangular(_ b: Tensor, upper: Bool) -> Tensor {
        Tensor(taking: fk_solve_triangular(pointer, b.pointer, upper))
    }

    /// The x of least |self · x − b|, and where several exist (a rank below n) the shortest: LAPACK's gelsd.
    ///
    /// - Parameter b: (…, m, k).
    /// - Returns: (…, n, k).
    public func leastSquares(_ b: Tensor, cutoff: Double? = nil) -> Tensor {
        withCutoff(cutoff) { Tensor(taking: fk_least_squares(pointer, b.pointer, $0)) }
    }

    /// The inverse. Fails for a singular matrix.
    public func inverse() -> Tensor { Tensor(taking: fk_inverse(pointer)) }

    /// The pseudo-inverse of Moore and Penrose, (…, n, m).
    public func pseudoInverse(cutoff: Double? = nil) -> Tensor {
        withCutoff(cutoff) { Tensor(taking: fk_pseudo_inverse(pointer, $0)) }
    }

    /// How many singular values are above the cutoff.
    public func matrixRank(cutoff: Double? = nil) -> Tensor {
        withCutoff(cutoff) { Tensor(taking: fk_matrix_rank(pointer, $0)) }
    }

    private func withCutoff(_ cutoff: Double?, _ body: (UnsafePointer<Double>?) -> Tensor) -> Tensor {
        guard let cutoff else { return body(nil) }
        return withUnsafePointer(to: cutoff) { body($0) }
    }

    /// Singular value decomposition: self = u · diagonal(values) · vTransposed, values in falling order.
    ///
    /// - Parameter full: whether u and v are square.
    public func svd(full: Bool = false) -> (u: Tensor, values: Tensor, vTransposed: Tensor) {
        var u: fk_tensor?
        var values: fk_tensor?
        var v: fk_tensor?
        guard fk_svd(pointer, full, &u, &values, &v) else {
            let failed = Tensor(taking: nil)
            return (failed, failed, failed)
        }
        return (Tensor(taking: u), Tensor(taking: values), Tensor(taking: v))
    }

    /// Singular values in falling order.
    public func singularValues() -> Tensor { Tensor(taking: fk_singular_values(pointer)) }

    /// Eigenvalues in rising order and eigenvectors (columns) of a symmetric matrix, of which the lower triangle is
    /// read.
    public func symmetricEigen() -> (values: Tensor, vectors: Tensor) {
        let results = pair { fk_symmetric_eigen(pointer, $0, $1) }
        return (results.values, results.indices)
    }

    /// self = q · r: orthonormal columns and an upper triangle.
    ///
    /// - Parameter complete: whether q is square.
    public func qr(complete: Bool = false) -> (q: Tensor, r: Tensor) {
        let results = pair { fk_qr(pointer, complete, $0, $1) }
        return (results.values, results.indices)
    }

    /// The lower triangle l of l · lᵀ = self, or the upper one u of uᵀ · u. Fails where the matrix is not positive
    /// definite.
    public func cholesky(upper: Bool = false) -> Tensor { Tensor(taking: fk_cholesky(pointer, upper)) }

    /// The determinant.
    public func determinant() -> Tensor { Tensor(taking: fk_determinant(pointer)) }

    /// The determinant's sign and the logarithm of its absolute value.
    public func logDeterminant() -> (sign: Tensor, logarithm: Tensor) {
        let results = pair { fk_log_determinant(pointer, $0, $1) }
        return (results.values, results.indices)
    }
}
