import StateSpace
import Torch

extension SS2D {
    /// The kind that LE-Mamba is made of (forward type "v4" of its program): four directions, a norm before the convolution,
    /// and states shared between blocks.
    ///
    /// - Throws: `ConfigurationError` for a number that no block can be built with.
    package convenience init(leMamba configuration: MambaConfiguration, sharing: Sharing?) throws {
        try self.init(configuration, scan: .cross, normalizesInput: true, sharing: sharing)
    }
}

/// The gated multi-layer perceptron of VMamba's program: one half of the hidden channels times GELU of the other.
final class GatedPerceptron: Module {
    @Child("fc1") var entry: Linear
    @Child("fc2") var exit: Linear

    init(width: Int, hidden: Int) {
        super.init()
        entry = Linear(width, 2 * hidden)
        exit = Linear(hidden, width)
    }

    /// (…, width) to (…, width).
    func callAsFunction(_ map: Tensor) -> Tensor {
        let halves = entry.parts(2, of: map)
        return exit(multiplied(halves[1].gelu(), halves[0]))
    }
}

/// LE-Mamba's visual state-space block (Cao et al. 2024; the authors' `VSSBlock`): SS2D, then a gated perceptron, each with a
/// norm before it and a residual around it.
package final class VSSBlock: Module {
    @Child("norm") var norm: LayerNorm
    @Child("op") var mixer: SS2D
    @Child("norm2") var perceptronNorm: LayerNorm
    @Child("mlp") var perceptron: GatedPerceptron
    @Child("drop_path") var depth: StochasticDepth

    /// Builds the block.
    ///
    /// - Parameters:
    ///   - configuration: sizes of the SS2D.
    ///   - perceptronRatio: hidden channels of the perceptron for each channel of the map.
    ///   - dropRate: how often a residual branch is left out in training, 0 to 1.
    ///   - sharing: which states of other blocks the SS2D takes.
    /// - Throws: `ConfigurationError` for a number that no block can be built with.
    package init(
        _ configuration: MambaConfiguration, perceptronRatio: Double, dropRate: Double = 0,
        sharing: SS2D.Sharing? = nil
    ) throws {
        let hidden = Double(configuration.width) * perceptronRatio
        guard hidden >= 1, hidden <= Double(1 << 20) else {
            throw ConfigurationError.outOfRange(
                key: "mlp_ratio", value: "\(perceptronRatio)", allowed: "such that there are 1 to 2²⁰ hidden channels")
        }
        guard (0...1).contains(dropRate) else {
            throw ConfigurationError.outOfRange(key: "drop_path_rate", value: "\(dropRate)", allowed: "0 to 1")
        }
        super.init()
        // Quirk: 1e-6 here, 1e-5 inside SS2D (golden file vss_block).
        norm = LayerNorm(configuration.width, epsilon: 1e-6)
        mixer = try SS2D(leMamba: configuration, sharing: sharing)
        perceptronNorm = LayerNorm(configuration.width, epsilon: 1e-6)
        perceptron = GatedPerceptron(width: configuration.width, hidden: Int(hidden))
        depth = StochasticDepth(dropRate)
    }

    /// - Parameters:
    ///   - map: (B, H, W, C).
    ///   - previous: (B, 4·P, N), the last state of another block; ignored by a block that shares none.
    ///   - skip: (B, 4·D, N), a second one.
    /// - Returns: (B, H, W, C), and the state (B, 4·D, N) at the end of each path.
    package func callAsFunction(
        _ map: Tensor, previous: Tensor? = nil, skip: Tensor? = nil
    ) throws -> (map: Tensor, lastState: Tensor) {
        let mixed = try mixer(norm(map), previous: previous, skip: skip)
        let residual = added(depth(mixed.map), map)
        return (added(depth(perceptron(perceptronNorm(residual))), residual), mixed.lastState)
    }
}
