/// x · Wᵀ + b over the last axis.
public final class Linear: Module, Layer {
    /// (outputs, inputs)
    @Parameter public private(set) var weight: Tensor
    /// (outputs)
    @Parameter public private(set) var bias: Tensor?

    /// A linear map.
    ///
    /// - Parameters:
    ///   - inputs: size of the input's last axis.
    ///   - outputs: size of the output's.
    ///   - hasBias: whether b is added.
    public init(_ inputs: Int, _ outputs: Int, hasBias: Bool = true) {
        super.init()
        weight = .unset(outputs, inputs)
        if hasBias { bias = .unset(outputs) }
    }

    /// "inputs → outputs"
    public override var details: String {
        "\(weight.size(1)) → \(weight.size(0))\(bias == nil ? ", no bias" : "")"
    }

    /// Even within ± 1/√inputs, weight and bias.
    public override func initializeParameters(using generator: RandomGenerator) {
        initializeLikePyTorch(weight: weight, bias: bias, using: generator)
    }

    /// (…, inputs) to (…, outputs).
    public func callAsFunction(_ input: Tensor) -> Tensor { input.linear(weight: weight, bias: bias) }
}
