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
        weights(covariance: covariance, targets: [target])[0]
    }

    /// ``weights(covariance:target:)`` for several y.
    static func weights(covariance: [Double], targets: [[Double]]) -> [[Double]] {
        let count = targets.first?.count ?? 0
        let (values, vectors) = eigen(covariance, count: count)
        let floor = Double(count) * .ulpOfOne * (values.max() ?? 0)
        return targets.map { target in
            var weights = [Double](repeating: 0, count: count)
            for index in 0..<count where values[index] > floor {
                var projection = 0.0
                for k in 0..<count { projection += vectors[index * count + k] * target[k] }
                for k in 0..<count { weights[k] += projection / values[index] * vectors[index * count + k] }
            }
            return weights
        }
    }

    /// The solution of a positive definite system by Cholesky's factors; nil where the matrix is not positive definite.
    ///
    /// - Parameters:
    ///   - matrix: n × n, row by row; its lower triangle is read.
    ///   - target: n.
    static func solution(
        _ matrix: [Double], _ target: [Double]
    ) -> (values: [Double], determinant: Double)? {
        let count = target.count
        var factor = matrix
        var determinant = 1.0
        for column in 0..<count {
            for k in 0..<column {
                factor[column * count + column] -= factor[column * count + k] * factor[column * count + k]
            }
            let pivot = factor[column * count + column]
            guard pivot > Double(count) * .ulpOfOne * matrix[column * count + column] else { return nil }
            determinant *= pivot
            let root = pivot.squareRoot()
            factor[column * count + column] = root
            for row in column + 1..<max(count, column + 1) {
                for k in 0..<column {
                    factor[row * count + column] -= factor[row * count + k] * factor[column * count + k]
                }
                factor[row * count + column] /= root
            }
        }
        var solution = target
        for row in 0..<count {
            for k in 0..<row { solution[row] -= factor[row * count + k] * solution[k] }
            solution[row] /= factor[row * count + row]
        }
        for row in (0..<count).reversed() {
            for k in row + 1..<max(count, row + 1) { solution[row] -= factor[k * count + row] * solution[k] }
            solution[row] /= factor[row * count + row]
        }
        return (solution, determinant)
    }

    /// The weights w ≥ 0 that minimise wᵀGw − 2wᵀf: least squares without negative weights.
    ///
    /// Lawson and Hanson's active sets (1974) on the normal equations.
    ///
    /// - Parameters:
    ///   - gram: G, n × n products of the x, row by row.
    ///   - target: f, the product of each x_k with y.
    static func nonNegativeWeights(gram: [Double], target: [Double]) -> [Double] {
        let count = target.count
        var weights = [Double](repeating: 0, count: count)
        var active: [Int] = []
        let tolerance = 1e-12 * (target.map(abs).max() ?? 0)
        for _ in 0..<3 * count + 10 {
            let gradient = (0..<count).map { k in
                target[k] - (0..<count).reduce(0) { $0 + gram[k * count + $1] * weights[$1] }
            }
            let candidate = (0..<count).filter { !active.contains($0) }.max { gradient[$0] < gradient[$1] }
            guard let candidate, gradient[candidate] > tolerance else { break }
            active = (active + [candidate]).sorted()
            while !active.isEmpty {
                let own = active.flatMap { row in active.map { gram[row * count + $0] } }
                let goal = active.map { target[$0] }
                let free = solution(own, goal)?.values ?? Self.weights(covariance: own, target: goal)
                guard free.contains(where: { $0 <= 0 }) else {
                    weights = [Double](repeating: 0, count: count)
                    for (place, k) in active.enumerated() { weights[k] = free[place] }
                    break
                }
                // As far towards the free solution as no weight becomes negative.
                var step = 1.0
                for (place, k) in active.enumerated() where free[place] <= 0 {
                    let reach = weights[k] - free[place]
                    step = min(step, reach > 0 ? weights[k] / reach : 0)
                }
                for (place, k) in active.enumerated() { weights[k] += step * (free[place] - weights[k]) }
                active = active.enumerated().filter { place, k in
                    free[place] > 0 || weights[k] > 1e-14 * abs(free[place])
                }.map(\.element)
                for k in 0..<count where !active.contains(k) { weights[k] = 0 }
            }
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
