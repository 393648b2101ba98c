import CTorch
import Foundation

/// A rule for the starting values of a parameter, with PyTorch's definitions.
///
/// Fans count connections: of a weight (out, in, kernel…), `fanIn` is in · kernel size and `fanOut` out · kernel size.
public enum Initialization: Sendable {
    /// The same value everywhere.
    case constant(Double)
    /// Even between two bounds.
    case uniform(low: Double, high: Double)
    /// Normal.
    case normal(mean: Double = 0, deviation: Double = 1)
    /// Normal, of which only what is between the bounds occurs; bounds are values, not multiples of the deviation.
    case truncatedNormal(mean: Double = 0, deviation: Double = 1, low: Double = -2, high: Double = 2)
    /// Even within ± gain · √(3 / fan), gain = √(2 / (1 + slope²)): He et al. 2015.
    case kaimingUniform(slope: Double = 0, fan: Fan = .input)
    /// Normal with deviation gain / √fan, gain = √(2 / (1 + slope²)): He et al. 2015.
    case kaimingNormal(slope: Double = 0, fan: Fan = .input)
    /// Even within ± gain · √(6 / (fanIn + fanOut)): Glorot and Bengio 2010.
    case xavierUniform(gain: Double = 1)
    /// Normal with deviation gain · √(2 / (fanIn + fanOut)): Glorot and Bengio 2010.
    case xavierNormal(gain: Double = 1)

    /// Which connections count.
    public enum Fan: Sendable {
        case input, output
    }
}

extension Tensor {
    /// Sets every element by a rule; not recorded for differentiation.
    ///
    /// - Parameters:
    ///   - rule: how; rules with fans need two axes or more.
    ///   - generator: may be on another device.
    public func initialize(_ rule: Initialization, using generator: RandomGenerator) {
        withoutGradients {
            switch rule {
            case .constant(let value): fill(value)
            case .uniform(let low, let high): setUniform(low, high, generator)
            case .normal(let mean, let deviation): setNormal(mean, deviation, generator)
            case .truncatedNormal(let mean, let deviation, let low, let high):
                setTruncatedNormal(mean, deviation, low, high, generator)
            case .kaimingUniform(let slope, let fan):
                let bound = kaimingDeviation(slope, fan) * 3.0.squareRoot()
                setUniform(-bound, bound, generator)
            case .kaimingNormal(let slope, let fan): setNormal(0, kaimingDeviation(slope, fan), generator)
            case .xavierUniform(let gain):
                let bound = gain * (6 / Double(fans.input + fans.output)).squareRoot()
                setUniform(-bound, bound, generator)
            case .xavierNormal(let gain):
                setNormal(0, gain * (2 / Double(fans.input + fans.output)).squareRoot(), generator)
            }
        }
    }

    /// Connections of a weight (out, in, kernel…) to each of its outputs and from each of its inputs.
    var fans: (input: Int, output: Int) {
        let shape = shape
        precondition(shape.count >= 2, "fans of a tensor of shape \(shape)")
        let window = shape.dropFirst(2).reduce(1, *)
        return (shape[1] * window, shape[0] * window)
    }

    private func kaimingDeviation(_ slope: Double, _ fan: Initialization.Fan) -> Double {
        let count = fan == .input ? fans.input : fans.output
        return (2 / (1 + slope * slope) / Double(count)).squareRoot()
    }

    private func setUniform(_ low: Double, _ high: Double, _ generator: RandomGenerator) {
        copy(from: .uniform(shape, low: low, high: high, generator: generator))
    }

    private func setNormal(_ mean: Double, _ deviation: Double, _ generator: RandomGenerator) {
        copy(from: .normal(shape, mean: mean, standardDeviation: deviation, generator: generator))
    }

    /// The inverse of the distribution function, applied to even numbers between its values at the bounds.
    private func setTruncatedNormal(
        _ mean: Double, _ deviation: Double, _ low: Double, _ high: Double, _ generator: RandomGenerator
    ) {
        let scale = deviation * 2.0.squareRoot()
        let even = Tensor.uniform(
            shape, low: errorFunction((low - mean) / scale), high: errorFunction((high - mean) / scale),
            generator: generator)
        copy(from: (Tensor(taking: fk_erfinv(even.pointer)) * scale + mean).clamped(low, high))
    }
}

/// Inside `Tensor`, `erf` is the method of tensors.
private func errorFunction(_ x: Double) -> Double { erf(x) }

/// PyTorch's rule for the weight and the bias of linear maps and convolutions: both even within ± 1/√fanIn.
func initializeLikePyTorch(weight: Tensor, bias: Tensor?, using generator: RandomGenerator) {
    weight.initialize(.kaimingUniform(slope: 5.0.squareRoot()), using: generator)
    let bound = 1 / Double(weight.fans.input).squareRoot()
    bias?.initialize(.uniform(low: -bound, high: bound), using: generator)
}

extension Tensor {
    /// The values of a parameter that is still to be initialised or loaded: using them shows.
    static func unset(_ shape: Int...) -> Tensor { full(shape, Double.nan) }
}
