/// In training, sets elements to zero by chance and divides the others by what remains of 1 (Srivastava et al. 2014).
///
/// Its random numbers come from the generator given to ``Module/train(using:)``; training without one traps.
public final class Dropout: Module, Layer {
    private let probability: Double

    /// A layer that drops elements with a probability, 0 to 1.
    public init(_ probability: Double) {
        precondition((0...1).contains(probability), "a probability of \(probability)")
        self.probability = probability
        super.init()
    }

    /// The probability.
    public override var details: String { "\(probability)" }

    /// Any shape.
    public func callAsFunction(_ input: Tensor) -> Tensor {
        guard isTraining, probability > 0 else { return input }
        guard let generator else { preconditionFailure("dropout in training without train(using:)") }
        return input.dropout(probability: probability, generator: generator)
    }
}
