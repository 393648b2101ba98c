import CTorch

/// Adam (Kingma and Ba 2015) as PyTorch computes it: both moments corrected for their start at zero, and ε added after
/// the root of the corrected second one.
public class Adam: Optimizer {
    /// Step size.
    public var learningRate: Double
    /// What is trained, by name.
    public let parameters: [(name: String, tensor: Tensor)]

    private let betas: (Double, Double)
    private let epsilon: Double
    private let weightDecay: Double
    private let decouplesDecay: Bool
    private var moments: [String: Moments] = [:]

    private struct Moments {
        var step: Int
        let mean: Tensor
        let square: Tensor
    }

    /// An optimiser that has made no step.
    ///
    /// - Parameters:
    ///   - parameters: with names that differ, as ``Module/namedParameters()`` gives them.
    ///   - learningRate: step size.
    ///   - betas: how much of the first and the second moment remains in a step.
    ///   - epsilon: added to the denominator.
    ///   - weightDecay: λ; λ · parameter is added to the gradient.
    public convenience init(
        _ parameters: [(name: String, tensor: Tensor)], learningRate: Double = 1e-3,
        betas: (Double, Double) = (0.9, 0.999), epsilon: Double = 1e-8, weightDecay: Double = 0
    ) {
        self.init(
            parameters, learningRate: learningRate, betas: betas, epsilon: epsilon, weightDecay: weightDecay,
            decouplesDecay: false)
    }

    init(
        _ parameters: [(name: String, tensor: Tensor)], learningRate: Double, betas: (Double, Double), epsilon: Double,
        weightDecay: Double, decouplesDecay: Bool
    ) {
        self.parameters = parameters
        self.learningRate = learningRate
        self.betas = betas
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        self.decouplesDecay = decouplesDecay
    }

    /// Changes every parameter that has a gradient. Steps are counted for each.
    public func step() {
        for (name, parameter) in parameters {
            guard let gradient = parameter.gradient else { continue }
            var moments =
                self.moments[name]
                ?? Moments(step: 0, mean: .zeros(like: parameter), square: .zeros(like: parameter))
            moments.step += 1
            self.moments[name] = moments
            checked(
                fk_adam_step(
                    parameter.pointer, gradient.pointer, moments.mean.pointer, moments.square.pointer,
                    Int64(moments.step), learningRate, betas.0, betas.1, epsilon, weightDecay, decouplesDecay))
        }
    }

    /// `step`, `exp_avg` and `exp_avg_sq` of each parameter that has stepped.
    public func state() -> [(name: String, tensor: Tensor)] {
        parameters.flatMap { name, _ -> [(name: String, tensor: Tensor)] in
            guard let moments = moments[name] else { return [] }
            return [
                ("\(name).step", Tensor(moments.step, dtype: .int64)), ("\(name).exp_avg", moments.mean),
                ("\(name).exp_avg_sq", moments.square),
            ]
        }
    }

    /// Takes over a state; see ``Optimizer/load(_:)``.
    public func load(_ state: [String: Tensor]) throws {
        let entries = try optimizerState(
            state, parameters: parameters,
            quantities: [("step", { _ in [] }), ("exp_avg", \.shape), ("exp_avg_sq", \.shape)], owner: "\(Self.self)")
        var loaded: [String: Moments] = [:]
        try withTorchErrors {
            for (name, parameter, quantities) in entries {
                let moments = Moments(
                    step: quantities[0].integerItem, mean: .zeros(like: parameter), square: .zeros(like: parameter))
                moments.mean.copy(from: quantities[1])
                moments.square.copy(from: quantities[2])
                loaded[name] = moments
            }
        }
        moments = loaded
    }
}

/// Adam whose weight decay shrinks the parameter by learning rate · λ before each step, apart from the gradient
/// (Loshchilov and Hutter 2019).
public final class AdamW: Adam {
    /// An optimiser that has made no step.
    ///
    /// - Parameters:
    ///   - parameters: with names that differ, as ``Module/namedParameters()`` gives them.
    ///   - learningRate: step size.
    ///   - betas: how much of the first and the second moment remains in a step.
    ///   - epsilon: added to the denominator.
    ///   - weightDecay: λ.
    public init(
        _ parameters: [(name: String, tensor: Tensor)], learningRate: Double = 1e-3,
        betas: (Double, Double) = (0.9, 0.999), epsilon: Double = 1e-8, weightDecay: Double = 1e-2
    ) {
        super.init(
            parameters, learningRate: learningRate, betas: betas, epsilon: epsilon, weightDecay: weightDecay,
            decouplesDecay: true)
    }
}
