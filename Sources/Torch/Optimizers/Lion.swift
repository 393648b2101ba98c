/// Lion (Chen et al. 2023, "Symbolic discovery of optimization algorithms"): every step has the same size, and only the sign
/// of a momentum decides its direction. One moment instead of Adam's two.
///
/// Wants a learning rate of a third to a tenth of AdamW's, and a decay as many times larger.
public final class Lion: Optimizer {
    /// Step size.
    public var learningRate: Double
    /// What is trained, by name.
    public let parameters: [(name: String, tensor: Tensor)]

    private let betas: (Double, Double)
    private let weightDecay: Double
    private var moments: [String: Tensor] = [:]

    /// An optimiser that has made no step.
    ///
    /// - Parameters:
    ///   - parameters: with names that differ, as ``Module/namedParameters()`` gives them.
    ///   - learningRate: step size.
    ///   - betas: the share of the momentum in a step's direction, and what remains of it after the step.
    ///   - weightDecay: λ; parameters shrink by learning rate · λ before each step.
    public init(
        _ parameters: [(name: String, tensor: Tensor)], learningRate: Double = 1e-4,
        betas: (Double, Double) = (0.9, 0.99), weightDecay: Double = 0
    ) {
        self.parameters = parameters
        self.learningRate = learningRate
        self.betas = betas
        self.weightDecay = weightDecay
    }

    /// Changes every parameter that has a gradient.
    public func step() {
        withoutGradients {
            for (name, parameter) in parameters {
                guard let gradient = parameter.gradient else { continue }
                let moment = moments[name] ?? .zeros(like: parameter)
                moments[name] = moment
                let direction = moment.interpolated(to: gradient, weight: 1 - betas.0).sign()
                parameter.copy(from: parameter * (1 - learningRate * weightDecay) - direction * learningRate)
                moment.copy(from: moment.interpolated(to: gradient, weight: 1 - betas.1))
            }
        }
    }

    /// `exp_avg` of each parameter that has stepped.
    public func state() -> [(name: String, tensor: Tensor)] {
        parameters.compactMap { name, _ in moments[name].map { ("\(name).exp_avg", $0) } }
    }

    /// Takes over a state; see ``Optimizer/load(_:)``.
    public func load(_ state: [String: Tensor]) throws {
        let entries = try optimizerState(
            state, parameters: parameters, quantities: [("exp_avg", \.shape)], owner: "Lion")
        var loaded: [String: Tensor] = [:]
        try withTorchErrors {
            for (name, parameter, quantities) in entries {
                let moment = Tensor.zeros(like: parameter)
                moment.copy(from: quantities[0])
                loaded[name] = moment
            }
        }
        moments = loaded
    }
}
