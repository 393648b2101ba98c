import StateSpace
import Torch

extension MultiDirectionMamba {
    /// The kind that FusionMamba is made of (specification, section 3 and 5.1): as wide inside as outside, eight states, the
    /// mean of all directions normalised before the last projection.
    ///
    /// - Throws: `ConfigurationError` for a width that no block can be built with.
    convenience init(
        width: Int, directions: [ScanPath.Direction] = ScanPath.Direction.allCases, isSteered: Bool = false
    ) throws {
        try self.init(
            MambaConfiguration(width: width, states: 8, expansion: 1), directions: directions, isSteered: isSteered,
            averages: true, hasNorm: true)
    }
}

/// Norm, four-direction scan, residual (specification, 5.2).
package final class SingleMambaBlock: Module {
    @Child("block") var block: MultiDirectionMamba
    @Child("norm") var norm: LayerNorm

    package init(width: Int) throws {
        super.init()
        block = try MultiDirectionMamba(width: width)
        norm = LayerNorm(width)
    }

    /// - Parameter tokens: (B, L, width), L = height · width of the map.
    package func callAsFunction(_ tokens: Tensor, height: Int, width: Int) throws -> Tensor {
        added(try block(norm(tokens), height: height, width: width), tokens)
    }
}

/// The same with a second input that steers the scan (specification, 5.3).
package final class CrossMambaBlock: Module {
    @Child("block") var block: MultiDirectionMamba
    @Child("norm0") var norm: LayerNorm
    @Child("norm1") var steeringNorm: LayerNorm

    package init(width: Int) throws {
        super.init()
        block = try MultiDirectionMamba(width: width, isSteered: true)
        norm = LayerNorm(width)
        steeringNorm = LayerNorm(width)
    }

    /// - Parameters:
    ///   - tokens: (B, L, width), what is enhanced.
    ///   - steering: (B, L, width), what gives step sizes, B and C.
    package func callAsFunction(_ tokens: Tensor, steering: Tensor, height: Int, width: Int) throws -> Tensor {
        added(
            try block(norm(tokens), steering: steeringNorm(steering), height: height, width: width), tokens)
    }
}

/// One stage's exchange between the spatial and the spectral branch (specification, 5.4; `FusionMamba` of the authors).
package final class FusionMambaBlock: Module {
    @Child("spa_mamba_layers") var spatialLayers: [SingleMambaBlock]
    @Child("spe_mamba_layers") var spectralLayers: [SingleMambaBlock]
    @Child("spa_cross_mamba") var spatialCross: CrossMambaBlock
    @Child("spe_cross_mamba") var spectralCross: CrossMambaBlock
    @Child("out_proj") var outputProjection: Linear

    package init(width: Int, depth: Int = 1) throws {
        super.init()
        spatialLayers = try (0..<depth).map { _ in try SingleMambaBlock(width: width) }
        spectralLayers = try (0..<depth).map { _ in try SingleMambaBlock(width: width) }
        spatialCross = try CrossMambaBlock(width: width)
        spectralCross = try CrossMambaBlock(width: width)
        outputProjection = Linear(width, width)
    }

    /// Both branches with what they have in common mixed into each.
    ///
    /// - Parameters: pan and ms, both (B, width, H, W).
    /// - Returns: the same shapes.
    package func callAsFunction(pan: Tensor, ms: Tensor) throws -> (pan: Tensor, ms: Tensor) {
        let (panTokens, msTokens, fused) = try mixed(pan, ms)
        let (height, width) = (pan.size(2), pan.size(3))
        return (
            Self.map(Self.mean(panTokens, fused), height, width), Self.map(Self.mean(msTokens, fused), height, width)
        )
    }

    /// Only what both branches have in common, (B, width, H, W): the end of the network.
    package func fused(pan: Tensor, ms: Tensor) throws -> Tensor {
        Self.map(try mixed(pan, ms).fused, pan.size(2), pan.size(3))
    }

    /// (B, L, width) each.
    private func mixed(_ pan: Tensor, _ ms: Tensor) throws -> (pan: Tensor, ms: Tensor, fused: Tensor) {
        let tokens = try runBlock([pan, ms]) { try self.tokens($0[0], $0[1]) }
        return (tokens[0], tokens[1], tokens[2])
    }

    private func tokens(_ pan: Tensor, _ ms: Tensor) throws -> [Tensor] {
        let (height, width) = (pan.size(2), pan.size(3))
        // No copy where the channels of a pixel lie side by side, as they do everywhere behind the first stage.
        var panTokens = pan.flattened(from: 2).transposed(1, 2).contiguous()  // (B, L, width)
        var msTokens = ms.flattened(from: 2).transposed(1, 2).contiguous()
        for layer in spatialLayers { panTokens = try layer(panTokens, height: height, width: width) }
        for layer in spectralLayers { msTokens = try layer(msTokens, height: height, width: width) }
        let spatial = try spatialCross(panTokens, steering: msTokens, height: height, width: width)
        let spectral = try spectralCross(msTokens, steering: panTokens, height: height, width: width)
        return [panTokens, msTokens, outputProjection(Self.mean(spatial, spectral))]
    }

    private static func mean(_ a: Tensor, _ b: Tensor) -> Tensor { a.interpolated(to: b, weight: 0.5) }

    private static func map(_ tokens: Tensor, _ height: Int, _ width: Int) -> Tensor {
        tokens.transposed(1, 2).unflattened(axis: 2, sizes: [height, width])
    }
}

/// A weight for each band from the low-resolution image, by a scan over the bands (specification, 5.6).
package final class SpectralAttention: Module {
    /// The authors keep the layers in a sequence, hence the numbers.
    final class Layers: Module {
        @Child("0") var entry: Linear
        @Child("1") var norm: LayerNorm
        @Child("2") var scan: MultiDirectionMamba
        @Child("3") var exit: Linear
    }

    @Child("block") var layers: Layers

    package init(width: Int) throws {
        super.init()
        layers = Layers()
        layers.entry = Linear(1, width)
        layers.norm = LayerNorm(width)
        layers.scan = try MultiDirectionMamba(width: width, directions: [.rows, .rowsReversed])
        layers.exit = Linear(width, 1)
    }

    /// - Parameter ms: (B, S, h, w), the low-resolution image.
    /// - Returns: (B, S, 1, 1), 0 to 1.
    package func callAsFunction(_ ms: Tensor) throws -> Tensor {
        // Quirk: the largest value of each band, not the mean (golden file block_spe_attention).
        let peaks = ms.max(2, 3).unsqueezed(-1)  // (B, S, 1): the bands are the sequence
        let tokens = layers.norm(layers.entry(peaks))  // (B, S, width)
        let scanned = try layers.scan(tokens)
        return layers.exit(scanned).sigmoid().unsqueezed(-1)
    }
}
