import Torch

/// The norm of MMMamba's blocks (the authors' bias-free layer norm; specification, 4.3): each pixel is divided by the standard
/// deviation of its channels.
package final class BiasFreeNorm: Module, Layer {
    @Parameter("body.weight") var weight: Tensor  // (C)

    package init(_ width: Int) {
        super.init()
        weight = .ones([width])
    }

    /// Scale 1.
    package override func initializeParameters(using generator: RandomGenerator) { weight.fill(1) }

    /// (B, C, H, W) to the same shape.
    package func callAsFunction(_ map: Tensor) -> Tensor {
        let pixels = map.permuted(0, 2, 3, 1)
        // Quirk: the mean is subtracted in the variance only (golden file block_layernorm).
        // In two passes: libtorch's variance of few neighbouring numbers takes five times as long.
        let variance = (pixels - pixels.mean(-1, keepingAxes: true)).squared().mean(-1, keepingAxes: true)
        return multiplied(pixels / (variance + 1e-5).squareRoot(), weight).permuted(0, 3, 1, 2)
    }
}

/// The feed-forward network of MMMamba's blocks: one half of the hidden channels times GELU of the other, after a depthwise
/// convolution of both.
package final class GatedFeedForward: Module, Layer {
    @Child("project_in") var entry: Conv2d
    @Child("dwconv") var depthwise: Conv2d
    @Child("project_out") var exit: Conv2d

    package init(width: Int, hidden: Int) {
        super.init()
        entry = Conv2d(width, 2 * hidden, kernel: 1, hasBias: false)
        depthwise = Conv2d(2 * hidden, 2 * hidden, kernel: 3, padding: 1, groups: 2 * hidden, hasBias: false)
        exit = Conv2d(hidden, width, kernel: 1, hasBias: false)
    }

    /// (B, C, H, W) to the same shape.
    package func callAsFunction(_ map: Tensor) -> Tensor {
        let halves = depthwise(entry(map)).chunked(2, axis: 1)
        return exit(multiplied(halves[0].gelu(), halves[1]))
    }
}

/// What lets the pixels of both streams see each other; everything else in MMMamba is inside one stream.
package protocol StreamMixer: Module {
    /// - Parameters:
    ///   - ms: (B, C, H, W), H and W multiples of the configuration's ``MMMambaConfiguration/sizeUnit``.
    ///   - pan: the same shape; nil where there is no panchromatic stream.
    /// - Returns: the same shapes; nil where it was.
    func callAsFunction(ms: Tensor, pan: Tensor?) throws -> (ms: Tensor, pan: Tensor?)
}

/// The MMMamba block (specification, 4.3): mixer and feed-forward network, each with a norm before it and a residual around it.
package final class MMMambaBlock: Module {
    @Child("norm_pan") var panNorm: BiasFreeNorm
    @Child("norm_ms") var msNorm: BiasFreeNorm
    @Child("attn") var mixer: any StreamMixer
    @Child("norm_pan_2") var panFeedForwardNorm: BiasFreeNorm
    @Child("norm_ms_2") var msFeedForwardNorm: BiasFreeNorm
    // One for both streams.
    @Child("ffn") var feedForward: GatedFeedForward

    /// Builds the block.
    ///
    /// - Throws: `ConfigurationError` for a number that no block can be built with.
    package init(_ configuration: MMMambaConfiguration) throws {
        try configuration.validate()
        super.init()
        let width = configuration.width
        (panNorm, msNorm) = (BiasFreeNorm(width), BiasFreeNorm(width))
        mixer =
            switch configuration.mixer {
            case .mamba: try InterleavedScanMixer(configuration)
            case .attention: try JointAttention(configuration)
            }
        (panFeedForwardNorm, msFeedForwardNorm) = (BiasFreeNorm(width), BiasFreeNorm(width))
        feedForward = GatedFeedForward(width: width, hidden: configuration.hiddenWidth)
    }

    /// - Parameters and result: as ``StreamMixer/callAsFunction(ms:pan:)``.
    package func callAsFunction(ms: Tensor, pan: Tensor?) throws -> (ms: Tensor, pan: Tensor?) {
        let streams = try runBlock([ms] + [pan].compactMap(\.self)) { inputs in
            let next = try self.streams(ms: inputs[0], pan: inputs.dropFirst().first)
            return [next.ms] + [next.pan].compactMap(\.self)
        }
        return (streams[0], streams.dropFirst().first)
    }

    private func streams(ms: Tensor, pan: Tensor?) throws -> (ms: Tensor, pan: Tensor?) {
        let mixed = try mixer(ms: msNorm(ms), pan: pan.map { panNorm($0) })
        func stream(_ map: Tensor, _ mixed: Tensor, _ norm: BiasFreeNorm) -> Tensor {
            let residual = added(mixed, map)
            return added(feedForward(norm(residual)), residual)
        }
        let next = stream(ms, mixed.ms, msFeedForwardNorm)
        guard let pan, let mixedPan = mixed.pan else { return (next, nil) }
        return (next, stream(pan, mixedPan, panFeedForwardNorm))
    }
}
