import CTorch

/// What convolutions of one, two and three axes share.
public class Convolution: Module, Layer {
    /// (outputs, inputs / groups, kernel…)
    @Parameter public private(set) var weight: Tensor
    /// (outputs)
    @Parameter public private(set) var bias: Tensor?

    private let stride: [Int]
    private let padding: [Int]
    private let dilation: [Int]
    private let groups: Int
    private let border: PaddingMode

    init(
        _ inputs: Int, _ outputs: Int, kernel: [Int], stride: [Int], padding: [Int], dilation: [Int], groups: Int,
        border: PaddingMode, hasBias: Bool
    ) {
        precondition(
            inputs % groups == 0 && outputs % groups == 0, "\(inputs) → \(outputs) channels in \(groups) groups")
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.groups = groups
        self.border = border
        super.init()
        weight = .full([outputs, inputs / groups] + kernel, Double.nan)
        if hasBias { bias = .unset(outputs) }
    }

    /// "inputs → outputs, kernel […]" and what differs from the defaults.
    public override var details: String {
        convolutionDetails(
            inputs: weight.size(1) * groups, outputs: weight.size(0), kernel: Array(weight.shape.dropFirst(2)),
            stride: stride, padding: padding, dilation: dilation, groups: groups, hasBias: bias != nil)
    }

    /// Even within ± 1/√(inputs / groups · kernel size), weight and bias.
    public override func initializeParameters(using generator: RandomGenerator) {
        initializeLikePyTorch(weight: weight, bias: bias, using: generator)
    }

    /// (B, inputs, …) to (B, outputs, …), each size n to (n + 2 · padding - dilation · (kernel - 1) - 1) / stride + 1.
    public func callAsFunction(_ input: Tensor) -> Tensor {
        guard border != .zeros, padding.contains(where: { $0 != 0 }) else { return convolved(input, padding) }
        return convolved(
            input.padded(padding.reversed().flatMap { [$0, $0] }, mode: border), padding.map { _ in 0 })
    }

    private func convolved(_ input: Tensor, _ padding: [Int]) -> Tensor {
        Tensor(
            taking: fk_convolution(
                input.pointer, weight.pointer, bias?.pointer, Int32(stride.count), stride.int64s, padding.int64s,
                dilation.int64s, Int64(groups)))
    }
}
