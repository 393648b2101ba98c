/// A table of vectors that are looked up by number.
public final class Embedding: Module {
    /// (count, size)
    @Parameter public private(set) var weight: Tensor

    /// A table of `count` vectors of `size` elements.
    public init(_ count: Int, _ size: Int) {
        super.init()
        weight = .unset(count, size)
    }

    /// "count × size"
    public override var details: String { "\(weight.size(0)) × \(weight.size(1))" }

    /// Normal, deviation 1.
    public override func initializeParameters(using generator: RandomGenerator) {
        weight.initialize(.normal(), using: generator)
    }

    /// Integers (…), 0 to count - 1, to (…, size).
    public func callAsFunction(_ indices: Tensor) -> Tensor {
        weight.selected(axis: 0, indices: indices.flattened()).reshaped(indices.shape + [weight.size(1)])
    }
}
