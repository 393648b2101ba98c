/// Least squares from covariances.
enum LeastSquares {
    /// The weights w of smallest norm that minimise the variance of y − Σ w_k x_k.
    ///
    /// Directions in which the x hardly vary (below n·ε of the largest variance) are left out, so that linearly dependent
    /// bands, or more bands than pixels, still have an answer.
    ///
    /// - Parameters:
    ///   - covariance: n × n covariance of x, row by row.
    ///   - target: covariance of each x_k with y.
    static func weights(covariance: [Double], target: [Double]) -> [Double] {
        let count = target.count
        let (values, vectors) = eigen(covariance, count: count)
        let floor = Double(count) * .ulpOfOne * (values.max() ?? 0)
        var weights = [Double](repeating: 0, count: count)
        for index in 0..<count where values[index] > floor {
            var projection = 0.0
            for k in 0..<count { projection += vectors[index * count + k] * target[k] }
            for k in 0..<count { weights[k] += projection / values[index] * vectors[index * count + k] }
        }
        return weights
    }

    /// Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's rotations.
    ///
    /// - Returns: the values, and the vectors one after another.
    static func eigen(_ matrix: [Double], count: Int) -> (values: [Double], vectors: [Double]) {
        var a = matrix
        var vectors = [Double](repeating: 0, count: count * count)
        for index in 0..<count { vectors[index * count + index] = 1 }
        let size = a.map(abs).max() ?? 0
        for _ in 0..<60 {
            var rotated = false
            for p in 0..<count {
                for q in p + 1..<max(count, p + 1) {
                    let coupling = a[p * count + q]
                    let scale = (abs(a[p * count + p]) * abs(a[q * count + q])).squareRoot()
                    if abs(coupling) <= .ulpOfOne * max(scale, .ulpOfOne * size) { continue }
                    rotated = true
                    let theta = (a[q * count + q] - a[p * count + p]) / (2 * coupling)
                    let tangent = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
                    let cosine = 1 / (tangent * tangent + 1).squareRoot()
                    rotate(&a, &vectors, p, q, cosine, tangent * cosine, count)
                }
            }
            if !rotated { break }
        }
        return ((0..<count).map { a[$0 * count + $0] }, vectors)
    }

    /// One rotation in the plane of axes p and q.
    private static func rotate(
        _ a: inout [Double], _ vectors: inout [Double], _ p: Int, _ q: Int, _ cosine: Double, _ sine: Double,
        _ count: Int
    ) {
        for k in 0..<count {
            let (left, right) = (a[k * count + p], a[k * count + q])
            a[k * count + p] = cosine * left - sine * right
            a[k * count + q] = sine * left + cosine * right
        }
        for k in 0..<count {
            let (upper, lower) = (a[p * count + k], a[q * count + k])
            a[p * count + k] = cosine * upper - sine * lower
            a[q * count + k] = sine * upper + cosine * lower
            let (first, second) = (vectors[p * count + k], vectors[q * count + k])
            vectors[p * count + k] = cosine * first - sine * second
            vectors[q * count + k] = sine * first + cosine * second
        }
    }
}
