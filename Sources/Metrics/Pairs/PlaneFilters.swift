import Foundation

/// What lies beyond the edge of a plane.
enum PlaneEdge {
    case zero
    /// `aaa|abc`
    case replicate
    /// `cb|abc`, the edge sample not repeated.
    case mirror
}

extension Plane {
    /// The plane with a frame of `margin` pixels; the plane is larger than the margin where it is mirrored.
    func padded(by margin: Int, _ edge: PlaneEdge) -> Plane {
        let (rows, columns) = (height + 2 * margin, width + 2 * margin)
        func index(_ position: Int, _ count: Int) -> Int? {
            if position >= 0 && position < count { return position }
            switch edge {
            case .zero: return nil
            case .replicate: return position < 0 ? 0 : count - 1
            case .mirror: return count == 1 ? 0 : position < 0 ? -position : 2 * count - 2 - position
            }
        }
        let sources = (-margin..<width + margin).map { index($0, width) }
        var result = Plane(height: rows, width: columns, values: [Double](repeating: 0, count: rows * columns))
        for row in 0..<rows {
            guard let source = index(row - margin, height) else { continue }
            for (column, position) in sources.enumerated() {
                guard let position else { continue }
                result.values[row * columns + column] = values[source * width + position]
            }
        }
        return result
    }

    /// Every second row and column, from the first on.
    var decimated: Plane {
        let (rows, columns) = ((height + 1) / 2, (width + 1) / 2)
        var result = Plane(height: rows, width: columns, values: [Double](repeating: 0, count: rows * columns))
        for row in 0..<rows {
            for column in 0..<columns { result.values[row * columns + column] = values[2 * row * width + 2 * column] }
        }
        return result
    }

    /// Half the size: the mean of each second pixel with its right, lower and lower-right neighbour; the last row and column
    /// are repeated where a neighbour lacks.
    var halved: Plane {
        let (rows, columns) = ((height + 1) / 2, (width + 1) / 2)
        var result = Plane(height: rows, width: columns, values: [Double](repeating: 0, count: rows * columns))
        for row in 0..<rows {
            let upper = 2 * row * width
            let lower = min(2 * row + 1, height - 1) * width
            for column in 0..<columns {
                let (left, right) = (2 * column, min(2 * column + 1, width - 1))
                let sum = values[upper + left] + values[upper + right] + values[lower + left] + values[lower + right]
                result.values[row * columns + column] = sum / 4
            }
        }
        return result
    }

    /// Less its first sample: variances are the same, keep their digits, and are exactly 0 where the plane is constant.
    var shifted: Plane {
        let first = values.first ?? 0
        return Plane(height: height, width: width, values: values.map { $0 - first })
    }

    /// Pixel by pixel.
    static func - (a: Plane, b: Plane) -> Plane {
        Plane(height: a.height, width: a.width, values: zip(a.values, b.values).map { $0 - $1 })
    }

    var mean: Double { values.reduce(0, +) / Double(values.count) }
}

/// 2·radius + 1 samples of exp(−x²/2σ²), which add up to 1.
package func gaussianTaps(radius: Int, sigma: Double) -> [Double] {
    let samples = (-radius...radius).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
    let sum = samples.reduce(0, +)
    return samples.map { $0 / sum }
}

/// Pearson's coefficient; nil where either is constant.
func correlation(_ a: Plane, _ b: Plane) -> Double? {
    let (meanA, meanB) = (a.mean, b.mean)
    var (squaresA, squaresB, products) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a.values, b.values) {
        squaresA += (x - meanA) * (x - meanA)
        squaresB += (y - meanB) * (y - meanB)
        products += (x - meanA) * (y - meanB)
    }
    // What rounding the mean leaves of a constant plane is no variance.
    let count = Double(a.values.count)
    func isConstant(_ squares: Double, _ mean: Double) -> Bool { squares <= count * (1e-14 * mean) * (1e-14 * mean) }
    if isConstant(squaresA, meanA) || isConstant(squaresB, meanB) { return nil }
    return products / (squaresA.squareRoot() * squaresB.squareRoot())
}
