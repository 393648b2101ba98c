import Torch

/// How parameters follow their gradients.
public struct OptimizerSettings: Configuration, Hashable {
    /// The optimisers by name.
    public enum Name: String, Codable, Sendable, CaseIterable { case adamw, adam, sgd, lion }

    /// Which one.
    public var name = Name.adamw
    /// The highest learning rate.
    public var rate = 1e-3
    /// Weight decay λ.
    public var decay = 1e-6
    /// Whether biases and the scales of normalisations decay too.
    public var decaysAll = true
    /// How much of the first moment (of the momentum with sgd) remains in a step.
    public var beta1 = 0.9
    /// How much of the second moment remains in a step.
    public var beta2 = 0.999
    /// What Adam adds to its denominator.
    public var epsilon = 1e-8
    /// The largest norm of the gradient of all parameters; 0 for no limit.
    public var clip = 0.0
    /// Batches whose gradients make one step together.
    public var accumulation = 1

    /// All keys.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case name, rate, decay
        case decaysAll = "decay-all"
        case beta1, beta2, epsilon, clip, accumulation
    }

    /// The defaults.
    public init() {}

    /// Checks that every number is one that can be used.
    public func validate() throws(ConfigurationError) {
        try require(rate > 0 && rate.isFinite, "optimizer.rate", rate, "a number above 0")
        try require(decay >= 0 && decay.isFinite, "optimizer.decay", decay, "0 or more")
        for (key, beta) in [("beta1", beta1), ("beta2", beta2)] {
            try require((0..<1).contains(beta), "optimizer.\(key)", beta, "0 or more, less than 1")
        }
        try require(epsilon > 0, "optimizer.epsilon", epsilon, "a number above 0")
        try require(clip >= 0 && clip.isFinite, "optimizer.clip", clip, "0 or more")
        try require((1...4096).contains(accumulation), "optimizer.accumulation", accumulation, "1 to 4096")
    }

    /// The optimiser of some parameters.
    ///
    /// - Parameter sparing: names of parameters that don't decay.
    func optimizer(for parameters: [(name: String, tensor: Tensor)], sparing: Set<String>) -> any Optimizer {
        func make(_ parameters: [(name: String, tensor: Tensor)], _ decay: Double) -> any Optimizer {
            let betas = (beta1, beta2)
            return switch name {
            case .adamw:
                AdamW(parameters, learningRate: rate, betas: betas, epsilon: epsilon, weightDecay: decay)
            case .adam: Adam(parameters, learningRate: rate, betas: betas, epsilon: epsilon, weightDecay: decay)
            case .sgd: SGD(parameters, learningRate: rate, momentum: beta1, weightDecay: decay)
            case .lion: Lion(parameters, learningRate: rate, betas: betas, weightDecay: decay)
            }
        }
        if decaysAll { return make(parameters, decay) }
        return OptimizerGroup([
            make(parameters.filter { !sparing.contains($0.name) }, decay),
            make(parameters.filter { sparing.contains($0.name) }, 0),
        ])
    }
}
