/// In training, sets whole elements of the first axis to zero by chance and divides the others by what remains of 1
/// (Huang et al. 2016), so that the branch of a residual block that it ends is left out now and then.
///
/// Its random numbers come from the generator given to ``Module/train(using:)``; training without one traps.
public final class StochasticDepth: Module, Layer {
    private let probability: Double

    /// A layer that drops elements of the first axis with a probability, 0 to 1.
    public init(_ probability: Double) {
        precondition((0...1).contains(probability), "a probability of \(probability)")
        self.probability = probability
        super.init()
    }

    /// The probability.
    public override var details: String { "\(probability)" }

    /// Any shape of one axis or more.
    public func callAsFunction(_ input: Tensor) -> Tensor {
        guard isTraining, probability > 0 else { return input }
        guard let generator else { preconditionFailure("stochastic depth in training without train(using:)") }
        let shape = input.shape.enumerated().map { $0 == 0 ? $1 : 1 }
        return input
            * Tensor.ones(shape, dtype: input.dtype, device: input.device)
            .dropout(probability: probability, generator: generator)
    }
}
