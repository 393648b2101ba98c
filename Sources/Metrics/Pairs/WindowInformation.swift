import Foundation

/// The information that windows of two feature maps share with those of a third.
enum WindowInformation {
    /// The mean over all 3 × 3 windows of the mean of both sources' normalised information.
    static func mean(_ first: Plane, _ second: Plane, _ fused: Plane) -> Double {
        let (rows, columns) = (fused.height - 2, fused.width - 2)
        var sum = 0.0
        // One allocation serves all windows.
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 3 * WindowDistribution.memory + CoupledPath.memory) {
            guard let memory = $0.baseAddress else { return }
            memory.initialize(repeating: 0, count: $0.count)
            var f = WindowDistribution(memory)
            var a = WindowDistribution(memory + WindowDistribution.memory)
            var b = WindowDistribution(memory + 2 * WindowDistribution.memory)
            var path = CoupledPath(memory + 3 * WindowDistribution.memory)
            first.values.withUnsafeBufferPointer { first in
                second.values.withUnsafeBufferPointer { second in
                    fused.values.withUnsafeBufferPointer { fusedValues in
                        for row in 0..<rows {
                            for place in row * fused.width..<row * fused.width + columns {
                                f.load(fusedValues, at: place, width: fused.width)
                                a.load(first, at: place, width: fused.width)
                                b.load(second, at: place, width: fused.width)
                                sum += f.normalizedInformation(&a, &path) + f.normalizedInformation(&b, &path)
                            }
                        }
                    }
                }
            }
        }
        return sum / 2 / Double(rows * columns)
    }
}

/// Nine features as a distribution over their places, column by column.
struct WindowDistribution {
    static let count = 9
    /// Numbers that an array of nine takes up, so that vectors of four cover it; those beyond stay 0.
    private static let room = 12
    static let memory = 4 * room
    private let features: UnsafeMutablePointer<Double>
    /// p, features stretched to 0…1 and divided by their sum.
    let probabilities: UnsafeMutablePointer<Double>
    /// Σ_{j < i} p_j at i = 0…9.
    let cumulative: UnsafeMutablePointer<Double>
    /// log p, any number where p is 0.
    let logarithms: UnsafeMutablePointer<Double>
    private var isConstant = false
    private var isAnalysed = false
    private var total = 0.0
    private var entropy = 0.0
    /// Mean of the places.
    private(set) var center = 0.0
    /// Their standard deviation.
    private var deviation = 0.0

    /// - Parameter memory: ``memory`` numbers, 0.
    init(_ memory: UnsafeMutablePointer<Double>) {
        features = memory
        probabilities = memory + Self.room
        cumulative = memory + 2 * Self.room
        logarithms = memory + 3 * Self.room
    }

    mutating func load(_ values: UnsafeBufferPointer<Double>, at place: Int, width: Int) {
        for column in 0..<3 {
            for row in 0..<3 { features[3 * column + row] = values[place + row * width + column] }
        }
        isAnalysed = false
    }

    /// 2·(H(A) + H(F) − H(F, A))/(H(A) + H(F)).
    mutating func normalizedInformation(_ other: inout WindowDistribution, _ path: inout CoupledPath) -> Double {
        var areEqual = true
        for index in 0..<Self.count where features[index] != other.features[index] { areEqual = false }
        if areEqual { return 1 }
        analyse()
        other.analyse()
        let entropies = entropy + other.entropy
        let shared = entropies - jointEntropy(other, &path)
        return shared == 0 || entropies == 0 ? 0 : 2 * shared / entropies
    }

    private mutating func analyse() {
        if isAnalysed { return }
        isAnalysed = true
        var (low, high) = (features[0], features[0])
        for index in 1..<Self.count {
            low = features[index] < low ? features[index] : low
            high = features[index] > high ? features[index] : high
        }
        isConstant = low == high
        var sum = 0.0
        // Quotients and no products with a reciprocal: a single feature that is not 0 has the share 1 exactly.
        for index in 0..<Self.count {
            probabilities[index] = isConstant ? 1 : (features[index] - low) / (high - low)
            sum += probabilities[index]
        }
        var (moment, square) = (0.0, 0.0)
        total = 0
        for index in 0..<Self.count {
            let probability = probabilities[index] / sum
            probabilities[index] = probability
            total += probability
            cumulative[index + 1] = total
            let position = Double(index + 1)
            moment += position * probability
            square += position * position * probability
        }
        var entropies = SIMD4<Double>()
        for index in stride(from: 0, to: Self.count, by: 4) {
            let probability = UnsafePointer(probabilities).vector(index)
            let logarithm = logarithmOfMagnitude(probability)
            UnsafeMutableRawPointer(logarithms + index).storeBytes(of: logarithm, as: SIMD4<Double>.self)
            entropies -= probability * logarithm
        }
        entropy = entropies.sum()
        center = moment
        let variance = square - moment * moment
        deviation = variance > 0 ? variance.squareRoot() : 0
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
    /// distribution of Fréchet and φ = c·σ_f·σ_a/Σ(U − F·A) makes its correlation of places c.
    ///
    /// Outside ``CoupledPath`` log((1 − φ)·p_f·p_a) is a sum of logarithms that are known, so the sum over all 81 cells takes
    /// those of the path and one more. Entries can be negative; then the real part of their logarithm counts.
    private func jointEntropy(_ other: WindowDistribution, _ path: inout CoupledPath) -> Double {
        let coefficient = correlation(other)
        var phi = 0.0
        if coefficient != 0 && deviation != 0 && other.deviation != 0 {
            let covariance = path.walk(self, other, isAscending: coefficient > 0)
            if covariance != 0 { phi = coefficient * deviation * other.deviation / covariance }
        }
        if phi == 0 { return entropy * other.total + other.entropy * total }
        let rest = 1 - phi
        let restLogarithm = rest == 0 ? 0 : log(abs(rest))
        let sum = rest * (restLogarithm * total * other.total - entropy * other.total - other.entropy * total)
        return -(sum + path.excess(phi: phi, restLogarithm: restLogarithm))
    }
}
