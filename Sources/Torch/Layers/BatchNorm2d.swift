/// Normalisation of each channel over a batch of images, then scale and shift (Ioffe and Szegedy 2015).
///
/// In training by the batch's statistics, of which running means are kept; in use by these. Their weight is `momentum`
/// for the newest batch; the running variance is the unbiased one.
public final class BatchNorm2d: Module, Layer {
    /// Scale (C); nil without.
    @Parameter public private(set) var weight: Tensor?
    /// Shift (C); nil without.
    @Parameter public private(set) var bias: Tensor?
    /// Running mean (C).
    @Buffer("running_mean") public private(set) var mean: Tensor
    /// Running variance (C).
    @Buffer("running_var") public private(set) var variance: Tensor
    /// Batches seen in training, one integer.
    @Buffer("num_batches_tracked") public private(set) var batchCount: Tensor

    private let momentum: Double
    private let epsilon: Double

    /// A normalisation of images of `channels` channels; `epsilon` is added to the variance.
    public init(_ channels: Int, epsilon: Double = 1e-5, momentum: Double = 0.1, isAffine: Bool = true) {
        self.momentum = momentum
        self.epsilon = epsilon
        super.init()
        if isAffine {
            weight = .ones([channels])
            bias = .zeros([channels])
        }
        mean = .zeros([channels])
        variance = .ones([channels])
        batchCount = Tensor(0, dtype: .int64)
    }

    /// Number of channels.
    public override var details: String { "\(mean.count)" }

    /// Scale 1, shift 0, and statistics of nothing.
    public override func initializeParameters(using generator: RandomGenerator) {
        weight?.fill(1)
        bias?.fill(0)
        mean.fill(0)
        variance.fill(1)
        batchCount.fill(0)
    }

    /// (B, C, H, W) to the same shape. In training this changes the running statistics.
    public func callAsFunction(_ input: Tensor) -> Tensor {
        if isTraining { batchCount.addInPlace(Tensor(1, dtype: .int64, device: batchCount.device)) }
        return input.batchNormalized(
            weight: weight, bias: bias, runningMean: mean, runningVariance: variance, training: isTraining,
            momentum: momentum, epsilon: epsilon)
    }
}
