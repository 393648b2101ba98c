import CTorch

/// What transposed convolutions of one, two and three axes share.
public class TransposedConvolution: Module, Layer {
    /// (inputs, outputs / groups, kernel…)
    @Parameter public private(set) var weight: Tensor
    /// (outputs)
    @Parameter public private(set) var bias: Tensor?

    private let stride: [Int]
    private let padding: [Int]
    private let outputPadding: [Int]
    private let dilation: [Int]
    private let groups: Int

    init(
        _ inputs: Int, _ outputs: Int, kernel: [Int], stride: [Int], padding: [Int], outputPadding: [Int],
        dilation: [Int], groups: Int, hasBias: Bool
    ) {
        precondition(
            inputs % groups == 0 && outputs % groups == 0, "\(inputs) → \(outputs) channels in \(groups) groups")
        self.stride = stride
        self.padding = padding
        self.outputPadding = outputPadding
        self.dilation = dilation
        self.groups = groups
        super.init()
        weight = .full([inputs, outputs / groups] + kernel, Double.nan)
        if hasBias { bias = .unset(outputs) }
    }

    /// "inputs → outputs, kernel […]" and what differs from the defaults.
    public override var details: String {
        convolutionDetails(
            inputs: weight.size(0), outputs: weight.size(1) * groups, kernel: Array(weight.shape.dropFirst(2)),
            stride: stride, padding: padding, dilation: dilation, groups: groups, hasBias: bias != nil)
    }

    /// Even within ± 1/√(outputs / groups · kernel size), weight and bias: PyTorch takes the weight's second axis.
    public override func initializeParameters(using generator: RandomGenerator) {
        initializeLikePyTorch(weight: weight, bias: bias, using: generator)
    }

    /// (B, inputs, …) to (B, outputs, …), each size n to
    /// (n - 1) · stride - 2 · padding + dilation · (kernel - 1) + outputPadding + 1.
    public func callAsFunction(_ input: Tensor) -> Tensor {
        Tensor(
            taking: fk_convolution_transposed(
                input.pointer, weight.pointer, bias?.pointer, Int32(stride.count), stride.int64s, padding.int64s,
                outputPadding.int64s, Int64(groups), dilation.int64s))
    }
}
