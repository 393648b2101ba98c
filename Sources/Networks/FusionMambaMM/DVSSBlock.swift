import StateSpace
import Torch

/// The perceptron of a DVSS block.
final class Perceptron: Module {
    @Child("fc1") var entry: Linear
    @Child("fc2") var exit: Linear

    init(width: Int, hidden: Int) {
        super.init()
        entry = Linear(width, hidden)
        exit = Linear(hidden, width)
    }

    /// (…, width) to (…, width).
    func callAsFunction(_ map: Tensor) -> Tensor { exit(entry(map).gelu()) }
}

/// The dynamic visual state-space block of FusionMamba (Xie et al. 2024, DVSS; the authors' `VSSBlock_new`): the efficient
/// state-space mixer (ESSM) with channel attention, the descriptive convolution of both (LDC), one gate for each, then a
/// perceptron.
package final class DVSSBlock: Module {
    @Child("norm") var norm: LayerNorm
    @Child("op") var mixer: SS2D
    @Child("self_attention_cross_channel") var attention: EfficientChannelAttention
    @Child("conv_branch") var texture: DescriptiveConvolution
    @Child("se") var gate: GlobalGate
    @Child("norm2") var perceptronNorm: LayerNorm
    @Child("mlp") var perceptron: Perceptron
    @Child("drop_path") var depth: StochasticDepth

    /// Builds the block.
    ///
    /// - Parameters:
    ///   - width: channels, 8 or more.
    ///   - states: of each channel of the mixer.
    ///   - perceptronRatio: hidden channels of the perceptron for each channel.
    ///   - epsilon: added to the variance in the block's own norms.
    ///   - dropRate: how often a residual branch is left out in training, 0 to 1.
    /// - Throws: `ConfigurationError` for a number that no block can be built with.
    package init(
        width: Int, states: Int = 16, perceptronRatio: Double = 4, epsilon: Double = 1e-5, dropRate: Double = 0
    ) throws {
        guard width >= 8 else {
            throw ConfigurationError.outOfRange(key: "hidden_dim", value: "\(width)", allowed: "8 or more")
        }
        let mixer = try SS2D(fusionMambaMM: MambaConfiguration(width: width, states: states, convolutionWidth: 3))
        super.init()
        norm = LayerNorm(width, epsilon: epsilon)
        self.mixer = mixer
        attention = EfficientChannelAttention()
        texture = DescriptiveConvolution(width, width)
        gate = GlobalGate(width: width)
        perceptronNorm = LayerNorm(width, epsilon: epsilon)
        perceptron = Perceptron(width: width, hidden: Int(Double(width) * perceptronRatio))
        depth = StochasticDepth(dropRate)
    }

    /// - Parameter map: (B, H, W, C).
    /// - Returns: (B, H, W, C).
    /// - Throws: `BlockInputError` for another shape.
    package func callAsFunction(_ map: Tensor) throws -> Tensor {
        try runBlock([map]) { [try self.mixed($0[0])] }[0]
    }

    private func mixed(_ map: Tensor) throws -> Tensor {
        let scanned = try mixer(norm(map))
        let texture = texture(scanned * (attention.weights(of: scanned) + 1))
        let scannedWeights = gate.weights(of: scanned)
        let textureWeights = gate.weights(of: texture)
        let gated = added(multiplied(scanned, scannedWeights), multiplied(texture, textureWeights))
        let residual = added(depth(gated), map)
        return added(depth(perceptron(perceptronNorm(residual))), residual)
    }
}
