/// Normalisation over the last axes to mean 0 and variance 1, then scale and shift (Ba et al. 2016).
public final class LayerNorm: Module, Layer {
    /// Scale, of the normalised shape; nil without.
    @Parameter public private(set) var weight: Tensor?
    /// Shift, of the normalised shape; nil without.
    @Parameter public private(set) var bias: Tensor?

    private let shape: [Int]
    private let epsilon: Double

    /// A normalisation over the axes of `shape`, the input's last ones.
    ///
    /// - Parameters:
    ///   - shape: sizes of these axes.
    ///   - epsilon: added to the variance.
    ///   - isAffine: whether there is a scale.
    ///   - hasBias: whether there is a shift too.
    public init(_ shape: [Int], epsilon: Double = 1e-5, isAffine: Bool = true, hasBias: Bool = true) {
        self.shape = shape
        self.epsilon = epsilon
        super.init()
        if isAffine { weight = .ones(shape) }
        if isAffine && hasBias { bias = .zeros(shape) }
    }

    /// A normalisation over the last axis, of `size` elements.
    public convenience init(_ size: Int, epsilon: Double = 1e-5, isAffine: Bool = true, hasBias: Bool = true) {
        self.init([size], epsilon: epsilon, isAffine: isAffine, hasBias: hasBias)
    }

    /// The normalised shape.
    public override var details: String { "\(shape)" }

    /// Scale 1, shift 0.
    public override func initializeParameters(using generator: RandomGenerator) {
        weight?.fill(1)
        bias?.fill(0)
    }

    /// Any shape that ends with the normalised one.
    public func callAsFunction(_ input: Tensor) -> Tensor {
        input.layerNormalized(shape: shape, weight: weight, bias: bias, epsilon: epsilon)
    }
}
