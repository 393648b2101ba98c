/// x where positive, else slope · x with a slope that is learnt (He et al. 2015).
public final class PReLU: Module, Layer {
    /// One slope, or one for each channel.
    @Parameter public private(set) var weight: Tensor

    private let slope: Double

    /// A rectifier with `count` slopes (1, or the number of channels) that start at `slope`.
    public init(count: Int = 1, slope: Double = 0.25) {
        self.slope = slope
        super.init()
        weight = .full([count], slope)
    }

    /// The slope that it starts with.
    public override func initializeParameters(using generator: RandomGenerator) { weight.fill(slope) }

    /// (B, C, …) to the same shape.
    public func callAsFunction(_ input: Tensor) -> Tensor { input.prelu(weight: weight) }
}
