import Foundation

/// Averages of parameters over the steps of a training, in which old values fade (Polyak averaging with exponential weights);
/// often better in use than the parameters themselves.
///
/// At first the averages follow closely, so that the start of the training is soon forgotten: they are copies of the
/// parameters until ``Rule/copies`` calls were made, and from then on keep the share 1 − (1 + n / γ)^−p of themselves, n
/// calls later, up to a limit.
public final class MovingAverage {
    /// How fast old values fade; the defaults are those of LE-Mamba's training (Cao et al. 2024, the authors' program).
    public struct Rule: Hashable, Sendable {
        /// The share that an average finally keeps of itself in an update.
        public var limit = 0.995
        /// The share that it keeps at least.
        public var least = 0.0
        /// p
        public var power = 2.0 / 3
        /// γ
        public var gamma = 1.0
        /// The last call, counted from 0, that makes copies.
        public var copies = 100
        /// Only every so manieth call, counted from 0, does something.
        public var interval = 1

        /// The defaults.
        public init() {}

        /// The same share from the first step on.
        public static func constant(_ share: Double) -> Rule {
            var rule = Rule()
            (rule.limit, rule.least, rule.copies) = (share, share, -1)
            return rule
        }
    }

    /// How fast old values fade.
    public let rule: Rule
    /// What is averaged, by name.
    public let parameters: [(name: String, tensor: Tensor)]
    /// The averages under the names of the parameters; ``update()`` changes them in place.
    public let averages: [(name: String, tensor: Tensor)]
    /// How often ``update()`` was called.
    public private(set) var calls = 0
    private var hasStarted: Bool

    /// Averages that begin with the parameters' values.
    ///
    /// - Parameters:
    ///   - parameters: with names that differ, as ``Module/state()`` gives them; integers are copied, not averaged.
    ///   - rule: how fast old values fade.
    public init(_ parameters: [(name: String, tensor: Tensor)], rule: Rule = Rule()) {
        self.parameters = parameters
        self.rule = rule
        averages = parameters.map { ($0.name, $0.tensor.detached().copy()) }
        hasStarted = rule.copies < 0
    }

    /// The share of itself that an average keeps in an update after the calls made; 0 while copies are made.
    public var decay: Double {
        let age = calls - rule.copies - 1
        guard age > 0 else { return rule.copies < 0 ? rule.least : 0 }
        return max(rule.least, min(rule.limit, 1 - pow(1 + Double(age) / rule.gamma, -rule.power)))
    }

    /// Takes in the parameters' values; call it after each step of the optimiser.
    public func update() {
        let call = calls
        calls += 1
        guard call % rule.interval == 0 else { return }
        let copies = call <= rule.copies || !hasStarted
        if call > rule.copies { hasStarted = true }
        withoutGradients {
            for (average, parameter) in zip(averages, parameters) {
                if copies || !parameter.tensor.dtype.isFloatingPoint {
                    average.tensor.copy(from: parameter.tensor)
                } else {
                    average.tensor.copy(
                        from: average.tensor.interpolated(to: parameter.tensor, weight: 1 - decay))
                }
            }
        }
    }

    /// All that a later run needs to go on: the averages under their names, and `calls`.
    public func state() -> [(name: String, tensor: Tensor)] {
        averages + [("calls", Tensor(calls, dtype: .int64)), ("started", Tensor(hasStarted ? 1 : 0, dtype: .int64))]
    }

    /// Takes over what ``state()`` of averages of the same parameters has given.
    ///
    /// - Throws: ``StateError``; nothing has been changed then.
    public func load(_ state: [String: Tensor]) throws {
        let expected = self.state().map { (name: $0.name, shape: $0.tensor.shape) }
        if let error = compare(state, with: expected, owner: "MovingAverage", allowing: []) { throw error }
        try withTorchErrors {
            withoutGradients {
                for (name, average) in averages {
                    if let values = state[name] { average.copy(from: values) }
                }
            }
            calls = state["calls"]?.integerItem ?? 0
            hasStarted = state["started"]?.integerItem == 1
        }
    }
}
