import Foundation

/// Averages of parameters whose weights grow as a power of the step, so that their reach is a fixed share of the training so
/// far (Karras et al. 2024, "Analyzing and improving the training dynamics of diffusion models", section 3).
///
/// From copies of two such averages at several times, the average of any other width can be made after the training:
/// ``synthesis(of:at:from:)``.
public final class PowerAverage {
    /// What is averaged, by name.
    public let parameters: [(name: String, tensor: Tensor)]
    /// The averages under the names of the parameters; ``update()`` changes them in place.
    public let averages: [(name: String, tensor: Tensor)]
    /// The exponent γ.
    public let exponent: Double
    /// How often ``update()`` was called.
    public private(set) var steps = 0

    /// Averages of a width.
    ///
    /// - Parameters:
    ///   - parameters: with names that differ; integers are copied, not averaged.
    ///   - width: standard deviation of the weights, as a share of the training: above 0, below 0.288; 0.05 and 0.1 are the
    ///     published ones.
    public init(_ parameters: [(name: String, tensor: Tensor)], width: Double) {
        self.parameters = parameters
        exponent = Self.exponent(width: width)
        averages = parameters.map { ($0.name, $0.tensor.detached().copy()) }
    }

    /// Takes in the parameters' values; call it after each step of the optimiser.
    public func update() {
        steps += 1
        // β = (1 − 1/t)^(γ+1) is the share that the average keeps; 0 at the first step.
        let share = pow(1 - 1 / Double(steps), exponent + 1)
        withoutGradients {
            for (average, parameter) in zip(averages, parameters) {
                if parameter.tensor.dtype.isFloatingPoint {
                    average.tensor.copy(from: parameter.tensor.interpolated(to: average.tensor, weight: share))
                } else {
                    average.tensor.copy(from: parameter.tensor)
                }
            }
        }
    }

    /// All that a later run needs to go on: the averages under their names, and `steps`.
    public func state() -> [(name: String, tensor: Tensor)] { averages + [("steps", Tensor(steps, dtype: .int64))] }

    /// Takes over what ``state()`` of averages of the same parameters has given.
    ///
    /// - Throws: ``StateError``; nothing has been changed then.
    public func load(_ state: [String: Tensor]) throws {
        let expected = self.state().map { (name: $0.name, shape: $0.tensor.shape) }
        if let error = compare(state, with: expected, owner: "PowerAverage", allowing: []) { throw error }
        try withTorchErrors {
            withoutGradients {
                for (name, average) in averages {
                    if let values = state[name] { average.copy(from: values) }
                }
            }
            steps = state["steps"]?.integerItem ?? 0
        }
    }

    /// γ of a width: the positive root of (γ + 1) / ((γ + 2)² (γ + 3)) = width² (equation 127 of the paper).
    public static func exponent(width: Double) -> Double {
        precondition(width > 0 && width < 1 / 12.0.squareRoot(), "an average of width \(width)")
        var (low, high) = (0.0, 1.0)
        func isWider(_ exponent: Double) -> Bool {
            (exponent + 1) / ((exponent + 2) * (exponent + 2) * (exponent + 3)) > width * width
        }
        while isWider(high) { high *= 2 }
        for _ in 0..<200 {
            let middle = (low + high) / 2
            if isWider(middle) { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// What copies of averages have to be multiplied with so that their sum comes nearest to the average of another width:
    /// least squares over the weights of all steps, as algorithm 3 of the paper, with two differences that matter for short
    /// trainings: weights are those of ``update()`` to the last digit, and the factors add up to 1.
    ///
    /// - Parameters:
    ///   - exponent: γ of the wanted average.
    ///   - step: at which it is wanted, 1 or more.
    ///   - copies: γ and step of each copy, 1 or more; which differ.
    /// - Returns: one factor for each copy.
    public static func synthesis(
        of exponent: Double, at step: Int, from copies: [(exponent: Double, step: Int)]
    ) throws -> [Double] {
        let products = WeightProducts(
            of: [exponent] + copies.map(\.exponent), steps: ([step] + copies.map(\.step)).max() ?? 1)
        func product(_ a: (exponent: Double, step: Int), _ b: (exponent: Double, step: Int)) -> Double {
            products.product(a, b)
        }
        // Weights of length 1, as early copies have far larger ones than late ones.
        let lengths = copies.map { product($0, $0).squareRoot() }
        let count = copies.count
        var matrix = [Double](repeating: 0, count: (count + 1) * (count + 1))
        var right = [Double](repeating: 1, count: count + 1)
        for (row, a) in copies.enumerated() {
            for (column, b) in copies.enumerated() {
                matrix[row * (count + 1) + column] = product(a, b) / (lengths[row] * lengths[column])
            }
            // The first copies may be the same whatever their exponents.
            matrix[row * (count + 2)] += 1e-12
            matrix[row * (count + 1) + count] = 1 / lengths[row]
            matrix[count * (count + 1) + row] = 1 / lengths[row]
            right[row] = product(a, (exponent, step)) / lengths[row]
        }
        let solution = try withTorchErrors {
            Tensor(matrix, shape: [count + 1, count + 1]).solving(Tensor(right, shape: [count + 1, 1]))
                .array(of: Double.self)
        }
        return zip(solution, lengths).map { $0 / $1 }
    }
}

/// Inner products of the weights that averages give to the values of all steps.
///
/// After T steps the average with exponent γ gives step t the weight (1 − β_t) β_(t+1) … β_T, β_t = (1 − 1/t)^(γ+1).
private struct WeightProducts {
    private let exponents: [Double]
    /// For each pair of exponents the products after 1, 2, … steps.
    private let sums: [[Double]]

    init(of exponents: [Double], steps: Int) {
        let exponents = Set(exponents).sorted()
        self.exponents = exponents
        sums = exponents.flatMap { a in
            exponents.map { b in
                var sum = 0.0
                return (1...steps).map { step in
                    let (first, second) = (Self.share(a, step), Self.share(b, step))
                    sum = sum * first * second + (1 - first) * (1 - second)
                    return sum
                }
            }
        }
    }

    /// β
    private static func share(_ exponent: Double, _ step: Int) -> Double { pow(1 - 1 / Double(step), exponent + 1) }

    func product(_ a: (exponent: Double, step: Int), _ b: (exponent: Double, step: Int)) -> Double {
        let (early, late) = a.step < b.step ? (a, b) : (b, a)
        guard let row = exponents.firstIndex(of: early.exponent), let column = exponents.firstIndex(of: late.exponent)
        else { preconditionFailure("exponents are those of init") }
        // What the later one has kept of its weights since.
        let kept = pow(Double(early.step) / Double(late.step), late.exponent + 1)
        return sums[row * exponents.count + column][early.step - 1] * kept
    }
}
