import CTorch

/// Gradient descent, with momentum if wanted, as PyTorch computes it: the velocity starts as the first gradient, and the
/// learning rate multiplies the velocity, not the gradient.
public final class SGD: Optimizer {
    /// Step size.
    public var learningRate: Double
    /// What is trained, by name.
    public let parameters: [(name: String, tensor: Tensor)]

    private let momentum: Double
    private let dampening: Double
    private let weightDecay: Double
    private let usesNesterov: Bool
    private var velocities: [String: Tensor] = [:]

    /// An optimiser that has made no step.
    ///
    /// - Parameters:
    ///   - parameters: with names that differ, as ``Module/namedParameters()`` gives them.
    ///   - learningRate: step size.
    ///   - momentum: how much of the velocity remains in a step; 0 for none.
    ///   - dampening: how much of a gradient is kept out of the velocity.
    ///   - weightDecay: λ; λ · parameter is added to the gradient.
    ///   - usesNesterov: follows the gradient plus momentum · velocity (Sutskever et al. 2013); needs a momentum, and no
    ///     dampening.
    public init(
        _ parameters: [(name: String, tensor: Tensor)], learningRate: Double = 1e-3, momentum: Double = 0,
        dampening: Double = 0, weightDecay: Double = 0, usesNesterov: Bool = false
    ) {
        precondition(
            !usesNesterov || (momentum > 0 && dampening == 0), "Nesterov's rule needs momentum and no dampening")
        self.parameters = parameters
        self.learningRate = learningRate
        self.momentum = momentum
        self.dampening = dampening
        self.weightDecay = weightDecay
        self.usesNesterov = usesNesterov
    }

    /// Changes every parameter that has a gradient.
    public func step() {
        for (name, parameter) in parameters {
            guard let gradient = parameter.gradient else { continue }
            let isFirst = velocities[name] == nil
            if momentum != 0 && isFirst { velocities[name] = .zeros(like: parameter) }
            checked(
                fk_sgd_step(
                    parameter.pointer, gradient.pointer, velocities[name]?.pointer, isFirst, learningRate, momentum,
                    dampening, weightDecay, usesNesterov))
        }
    }

    /// `momentum_buffer` of each parameter that has stepped; nothing without momentum.
    public func state() -> [(name: String, tensor: Tensor)] {
        parameters.compactMap { name, _ in velocities[name].map { ("\(name).momentum_buffer", $0) } }
    }

    /// Takes over a state; see ``Optimizer/load(_:)``.
    public func load(_ state: [String: Tensor]) throws {
        let entries = try optimizerState(
            state, parameters: parameters, quantities: [("momentum_buffer", \.shape)], owner: "SGD")
        var loaded: [String: Tensor] = [:]
        try withTorchErrors {
            for (name, parameter, quantities) in entries {
                let velocity = Tensor.zeros(like: parameter)
                velocity.copy(from: quantities[0])
                loaded[name] = velocity
            }
        }
        velocities = loaded
    }
}
