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

    /// What copies of averages have to be multiplied with so that their sum comes nearest to the average of another width
    /// (least squares over the weights of all steps, algorithm 3 of the paper).
    ///
    /// - Parameters:
    ///   - exponent: γ of the wanted average.
    ///   - step: at which it is wanted, 1 or more.
    ///   - copies: γ and step of each copy; which differ.
    /// - Returns: one factor for each copy.
    public static func synthesis(
        of exponent: Double, at step: Double, from copies: [(exponent: Double, step: Double)]
    ) throws -> [Double] {
        try withTorchErrors {
            let products = copies.flatMap { a in copies.map { b in product(a, b) } }
            let wanted = copies.map { product($0, (exponent, step)) }
            let factors = Tensor(products, shape: [copies.count, copies.count])
                .solving(Tensor(wanted, shape: [copies.count, 1]))
            return factors.array(of: Double.self)
        }
    }

    /// The inner product of two weight functions t^γ on 0…step, each of integral 1.
    private static func product(
        _ a: (exponent: Double, step: Double), _ b: (exponent: Double, step: Double)
    ) -> Double {
        let common = min(a.step, b.step)
        let ratio = a.step < b.step ? pow(a.step / b.step, b.exponent) : pow(b.step / a.step, a.exponent)
        return (a.exponent + 1) * (b.exponent + 1) * ratio / ((a.exponent + b.exponent + 1) * max(a.step, b.step))
            * (common > 0 ? 1 : 0)
    }
}
