/// Minimises Σ_i ½·f_iᵀA_i f_i − b_iᵀf_i over matrices F with orthonormal columns and rows f_i, by trust regions.
///
/// Riemannian trust regions with truncated conjugate gradients on the Stiefel manifold in the Euclidean metric; the retraction
/// is the orthonormal factor of F + U. Absil, Baker, Gallivan, "Trust-region methods on Riemannian manifolds", Foundations of
/// Computational Mathematics 7(3), 2007, with the constants of Boumal et al., "Manopt", JMLR 15, 2014.
package struct StiefelDescent {
    private static let tolerance = 1e-2
    private static let mostSteps = 1000

    /// A_i, row by row, and b_i.
    let grams: [[Double]]
    let targets: [[Double]]

    package init(grams: [[Double]], targets: [[Double]]) { (self.grams, self.targets) = (grams, targets) }

    /// The minimum that is reached from a matrix with orthonormal columns.
    package func minimum(from start: Matrix) -> Matrix {
        var current = start
        var cost = cost(of: current)
        let largest = Double(start.rows * start.columns).squareRoot()
        var radius = largest / 8
        for _ in 0..<Self.mostSteps {
            let slope = products(current).minus(
                Matrix(rows: start.rows, columns: start.columns, values: targets.flatMap { $0 }))
            let gradient = Self.tangent(slope, at: current)
            if gradient.size <= Self.tolerance { break }
            let step = step(at: current, slope: slope, gradient: gradient, radius: radius)
            let proposed = Self.orthonormal(current.plus(1, step.tangent))
            let proposedCost = self.cost(of: proposed)
            // Near the minimum both differences are mere rounding; this keeps their quotient near 1.
            let rounding = max(1, abs(cost)) * .ulpOfOne * 1e3
            let expected = -gradient.dot(step.tangent) - step.tangent.dot(step.turned) / 2
            let quotient = (cost - proposedCost + rounding) / (expected + rounding)
            if !(quotient >= 0.25) {
                radius /= 4
            } else if quotient > 0.75 && step.isAtRadius {
                radius = min(2 * radius, largest)
            }
            if quotient > 0.1 { (current, cost) = (proposed, proposedCost) }
        }
        return current
    }

    private func cost(of matrix: Matrix) -> Double {
        let linear = Matrix(rows: matrix.rows, columns: matrix.columns, values: targets.flatMap { $0 })
        return matrix.dot(products(matrix)) / 2 - matrix.dot(linear)
    }

    /// A_i u_i for every row.
    private func products(_ matrix: Matrix) -> Matrix {
        let count = matrix.columns
        var result = Matrix(rows: matrix.rows, columns: count)
        for row in 0..<matrix.rows {
            for k in 0..<count {
                result[row, k] = (0..<count).reduce(0) { $0 + grams[row][k * count + $1] * matrix[row, $1] }
            }
        }
        return result
    }

    /// The step within the radius that the quadratic model wants, what the Hessian makes of it, and whether it ends at the radius.
    private func step(
        at place: Matrix, slope: Matrix, gradient: Matrix, radius: Double
    ) -> (tangent: Matrix, turned: Matrix, isAtRadius: Bool) {
        let curvature = Self.symmetric(place.transposed * slope)
        func hessian(_ direction: Matrix) -> Matrix {
            Self.tangent(products(direction).minus(direction * curvature), at: place)
        }
        var tangent = Matrix(rows: place.rows, columns: place.columns)
        var (turned, residual) = (tangent, gradient)
        var direction = tangent.minus(residual)
        var power = residual.dot(residual)
        let goal = gradient.size * min(gradient.size, 0.1)
        let dimension = place.rows * place.columns - place.columns * (place.columns + 1) / 2
        for _ in 0..<max(dimension, 1) {
            let bent = hessian(direction)
            let bend = direction.dot(bent)
            let next = bend > 0 ? tangent.plus(power / bend, direction) : tangent
            if bend <= 0 || next.size >= radius {
                let (along, length) = (tangent.dot(direction), direction.dot(direction))
                let rest = max(radius * radius - tangent.dot(tangent), 0)
                let reach = (-along + (along * along + length * rest).squareRoot()) / length
                return (tangent.plus(reach, direction), turned.plus(reach, bent), true)
            }
            turned = turned.plus(power / bend, bent)
            residual = residual.plus(power / bend, bent)
            tangent = next
            let nextPower = residual.dot(residual)
            if nextPower.squareRoot() <= goal { break }
            direction = direction.scaled(nextPower / power).minus(residual)
            power = nextPower
        }
        return (tangent, turned, false)
    }

    /// The part of a matrix that is tangent to the manifold.
    private static func tangent(_ matrix: Matrix, at place: Matrix) -> Matrix {
        matrix.minus(place * symmetric(place.transposed * matrix))
    }

    private static func symmetric(_ matrix: Matrix) -> Matrix { matrix.plus(1, matrix.transposed).scaled(0.5) }

    /// Gram and Schmidt's orthonormal columns.
    private static func orthonormal(_ matrix: Matrix) -> Matrix {
        var columns: [[Double]] = []
        for index in 0..<matrix.columns {
            var column = matrix.column(index)
            // Twice, since the first time leaves what was lost to rounding.
            for _ in 0..<2 {
                for other in columns {
                    let product = zip(column, other).reduce(0) { $0 + $1.0 * $1.1 }
                    for row in column.indices { column[row] -= product * other[row] }
                }
            }
            let length = column.reduce(0) { $0 + $1 * $1 }.squareRoot()
            columns.append(column.map { $0 / length })
        }
        return Matrix(rows: matrix.columns, columns: matrix.rows, values: columns.flatMap { $0 }).transposed
    }
}

extension Matrix {
    fileprivate var size: Double { dot(self).squareRoot() }

    fileprivate func dot(_ other: Matrix) -> Double { zip(values, other.values).reduce(0) { $0 + $1.0 * $1.1 } }

    fileprivate func plus(_ factor: Double, _ other: Matrix) -> Matrix {
        Matrix(rows: rows, columns: columns, values: zip(values, other.values).map { $0 + factor * $1 })
    }

    fileprivate func minus(_ other: Matrix) -> Matrix { plus(-1, other) }

    fileprivate func scaled(_ factor: Double) -> Matrix {
        Matrix(rows: rows, columns: columns, values: values.map { factor * $0 })
    }
}
