import Foundation
import Torch

extension Tensor {
    /// log(1), log(2), … log(N) along the last axis, so that A = -exp(A_log) is -1, -2, … -N: S4D-Real (Gu et al. 2022;
    /// Gu, Dao 2023, section 3.6).
    package func initializeLogDecay() {
        copy(from: Tensor.range(from: 1, to: size(-1) + 1, dtype: dtype, device: device).log())
    }
}

/// How the step sizes of a selective scan start (Gu, Dao 2023, section 3.6): the same everywhere at first, whatever the
/// input, between bounds that let some channels remember much longer than others.
public struct StepInitialization: Hashable, Sendable {
    /// What the weights of the projection to step sizes are.
    public enum Weights: String, Codable, CaseIterable, Sendable {
        /// Even within ± scale / √rank.
        case random
        /// scale / √rank.
        case constant
    }

    /// The weights.
    public var weights = Weights.random
    /// Multiplies the weights.
    public var scale = 1.0
    /// The shortest step, above 0.
    public var shortest = 1e-3
    /// The longest step; logarithms of steps are even between both.
    public var longest = 1e-1
    /// Steps below this are set to it.
    public var floor = 1e-4

    /// The defaults of `mamba_ssm`.
    public init() {}

    /// Sets the weights (…, rank) and the bias (…), whose softplus is the step.
    package func initialize(weight: Tensor, bias: Tensor, using generator: RandomGenerator) {
        let bound = scale / Double(weight.size(-1)).squareRoot()
        switch weights {
        case .random: weight.initialize(.uniform(low: -bound, high: bound), using: generator)
        case .constant: weight.fill(bound)
        }
        let exponents = Tensor.uniform(bias.shape, low: log(shortest), high: log(longest), generator: generator)
        let steps = exponents.exp().clamped(floor, Double?.none)
        // The inverse of softplus.
        bias.copy(from: steps + (-(-steps).expMinusOne()).log())
    }
}
