/// Normalisation of each channel of each image, always by its own statistics (Ulyanov et al. 2016).
public final class InstanceNorm2d: Module, Layer {
    /// Scale (C); nil without.
    @Parameter public private(set) var weight: Tensor?
    /// Shift (C); nil without.
    @Parameter public private(set) var bias: Tensor?

    private let channels: Int
    private let epsilon: Double

    /// A normalisation of images of `channels` channels, without scale and shift unless `isAffine`; `epsilon` is added to
    /// the variance.
    public init(_ channels: Int, epsilon: Double = 1e-5, isAffine: Bool = false) {
        self.channels = channels
        self.epsilon = epsilon
        super.init()
        if isAffine {
            weight = .ones([channels])
            bias = .zeros([channels])
        }
    }

    /// Number of channels.
    public override var details: String { "\(channels)" }

    /// Scale 1, shift 0.
    public override func initializeParameters(using generator: RandomGenerator) {
        weight?.fill(1)
        bias?.fill(0)
    }

    /// (B, C, H, W) to the same shape.
    public func callAsFunction(_ input: Tensor) -> Tensor {
        input.instanceNormalized(weight: weight, bias: bias, epsilon: epsilon)
    }
}
