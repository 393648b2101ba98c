import Foundation

/// The information that windows of two feature maps share with those of a third.
enum WindowInformation {
    /// The mean over all 3 × 3 windows of the mean of both sources' normalised information.
    static func mean(_ first: Plane, _ second: Plane, _ fused: Plane) -> Double {
        let (rows, columns) = (fused.height - 2, fused.width - 2)
        let (a, b, f) = (WindowDistribution(), WindowDistribution(), WindowDistribution())
        let sum = first.values.withUnsafeBufferPointer { first in
            second.values.withUnsafeBufferPointer { second in
                fused.values.withUnsafeBufferPointer { fusedValues in
                    var sum = 0.0
                    for row in 0..<rows {
                        for column in 0..<columns {
                            let place = row * fused.width + column
                            f.load(fusedValues, at: place, width: fused.width)
                            a.load(first, at: place, width: fused.width)
                            b.load(second, at: place, width: fused.width)
                            sum += f.normalizedInformation(a) + f.normalizedInformation(b)
                        }
                    }
                    return sum
                }
            }
        }
        return sum / 2 / Double(rows * columns)
    }
}

/// Nine features as a distribution over their places, column by column. One object serves all windows.
private final class WindowDistribution {
    private static let count = 9
    private let features: UnsafeMutablePointer<Double>
    /// p, features stretched to 0…1 and divided by their sum.
    private let probabilities: UnsafeMutablePointer<Double>
    /// Σ_{j ≤ i} p_j.
    private let cumulative: UnsafeMutablePointer<Double>
    /// log p, 0 where p is 0.
    private let logarithms: UnsafeMutablePointer<Double>
    private var isConstant = false
    private var isAnalysed = false
    private var total = 0.0
    private var entropy = 0.0
    /// Mean and deviation of the place.
    private var center = 0.0
    private var deviation = 0.0

    init() {
        features = .allocate(capacity: 4 * Self.count)
        features.initialize(repeating: 0, count: 4 * Self.count)
        probabilities = features + Self.count
        cumulative = probabilities + Self.count
        logarithms = cumulative + Self.count
    }

    deinit { features.deallocate() }

    func load(_ values: UnsafeBufferPointer<Double>, at place: Int, width: Int) {
        for column in 0..<3 {
            for row in 0..<3 { features[3 * column + row] = values[place + row * width + column] }
        }
        isAnalysed = false
    }

    /// 2·(H(A) + H(F) − H(F, A))/(H(A) + H(F)).
    func normalizedInformation(_ other: WindowDistribution) -> Double {
        if (0..<Self.count).allSatisfy({ features[$0] == other.features[$0] }) { return 1 }
        analyse()
        other.analyse()
        let entropies = entropy + other.entropy
        let shared = entropies - jointEntropy(other)
        return shared == 0 || entropies == 0 ? 0 : 2 * shared / entropies
    }

    private func analyse() {
        if isAnalysed { return }
        isAnalysed = true
        var (low, high) = (features[0], features[0])
        for index in 1..<Self.count {
            low = min(low, features[index])
            high = max(high, features[index])
        }
        isConstant = low == high
        var sum = 0.0
        for index in 0..<Self.count {
            probabilities[index] = isConstant ? 1 : (features[index] - low) / (high - low)
            sum += probabilities[index]
        }
        var (moment, square) = (0.0, 0.0)
        (total, entropy) = (0, 0)
        for index in 0..<Self.count {
            let probability = probabilities[index] / sum
            probabilities[index] = probability
            total += probability
            cumulative[index] = total
            logarithms[index] = probability > 0 ? log(probability) : 0
            entropy -= probability * logarithms[index]
            let position = Double(index + 1)
            moment += position * probability
            square += position * position * probability
        }
        center = moment
        deviation = max(square - moment * moment, 0).squareRoot()
    }

    /// Pearson's coefficient of the probabilities; 0 where one is constant.
    private func correlation(_ other: WindowDistribution) -> Double {
        // Quirk: where both are, the authors' means of ninths leave a rounding error on either side, whose correlation is 1.
        if isConstant || other.isConstant { return isConstant && other.isConstant ? 1 : 0 }
        let (mean, otherMean) = (total / Double(Self.count), other.total / Double(Self.count))
        var (products, squares, otherSquares) = (0.0, 0.0, 0.0)
        for index in 0..<Self.count {
            let (x, y) = (probabilities[index] - mean, other.probabilities[index] - otherMean)
            products += x * y
            squares += x * x
            otherSquares += y * y
        }
        return products == 0 ? 0 : products / (squares * otherSquares).squareRoot()
    }

    /// The entropy of the joint distribution φ·ΔU + (1 − φ)·p_f·p_a, where U is the largest (c ≥ 0) or smallest (c < 0) joint
    /// distribution of Fréchet and φ makes its correlation of places c.
    ///
    /// ΔU isn't 0 on a monotone path of at most 17 cells. Elsewhere log((1 − φ)·p_f·p_a) is a sum of logarithms that are known,
    /// so the sum over all 81 cells takes those of the path and one more. Entries can be negative; then the real part of their
    /// logarithm counts.
    private func jointEntropy(_ other: WindowDistribution) -> Double {
        let coefficient = correlation(other)
        let phi = share(of: coefficient, other)
        let rest = 1 - phi
        let restLogarithm = rest == 0 ? 0 : log(abs(rest))
        var sum = rest * (restLogarithm * total * other.total - entropy * other.total - other.entropy * total)
        if phi == 0 { return -sum }
        visitPath(other, isAscending: coefficient >= 0) { i, j, mass in
            let independent = rest * probabilities[i] * other.probabilities[j]
            let joint = phi * mass + independent
            if joint != 0 { sum += joint * log(abs(joint)) }
            sum -= independent * (restLogarithm + logarithms[i] + other.logarithms[j])
        }
        return -sum
    }

    /// φ = c·σ_f·σ_a/Σ(U − F·A). The sum is the covariance of places under U (Hoeffding).
    private func share(of coefficient: Double, _ other: WindowDistribution) -> Double {
        if coefficient == 0 || deviation == 0 || other.deviation == 0 { return 0 }
        var covariance = 0.0
        visitPath(other, isAscending: coefficient >= 0) { i, j, mass in
            covariance += mass * (Double(i + 1) - center) * (Double(j + 1) - other.center)
        }
        return covariance == 0 ? 0 : coefficient * deviation * other.deviation / covariance
    }

    /// Visits the cells (i, j) that have mass under Fréchet's bound: what is common to the stretch of i and that of j when both
    /// distributions are laid out on 0…1, the other one backwards for the lower bound.
    @inline(__always)
    private func visitPath(_ other: WindowDistribution, isAscending: Bool, _ body: (Int, Int, Double) -> Void) {
        var (i, step) = (0, 0)
        var position = 0.0
        while i < Self.count && step < Self.count {
            let j = isAscending ? step : Self.count - 1 - step
            let end = isAscending ? other.cumulative[j] : 1 - (j > 0 ? other.cumulative[j - 1] : 0)
            let next = min(cumulative[i], end)
            if next > position {
                body(i, j, next - position)
                position = next
            }
            let (isOver, isOtherOver) = (cumulative[i] <= end, end <= cumulative[i])
            if isOver { i += 1 }
            if isOtherOver { step += 1 }
        }
    }
}
