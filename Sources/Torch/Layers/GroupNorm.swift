/// Normalisation of each group of channels of each image, then scale and shift of each channel (Wu and He 2018).
public final class GroupNorm: Module, Layer {
    /// Scale (C); nil without.
    @Parameter public private(set) var weight: Tensor?
    /// Shift (C); nil without.
    @Parameter public private(set) var bias: Tensor?

    private let groups: Int
    private let channels: Int
    private let epsilon: Double

    /// A normalisation of `channels` channels in `groups` groups; `epsilon` is added to the variance.
    public init(groups: Int, channels: Int, epsilon: Double = 1e-5, isAffine: Bool = true) {
        precondition(channels % groups == 0, "\(channels) channels in \(groups) groups")
        self.groups = groups
        self.channels = channels
        self.epsilon = epsilon
        super.init()
        if isAffine {
            weight = .ones([channels])
            bias = .zeros([channels])
        }
    }

    /// Groups and channels.
    public override var details: String { "\(groups) groups of \(channels / groups)" }

    /// Scale 1, shift 0.
    public override func initializeParameters(using generator: RandomGenerator) {
        weight?.fill(1)
        bias?.fill(0)
    }

    /// (B, C, …) to the same shape.
    public func callAsFunction(_ input: Tensor) -> Tensor {
        input.groupNormalized(groups: groups, weight: weight, bias: bias, epsilon: epsilon)
    }
}
