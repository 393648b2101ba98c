import Torch

/// A small convolutional network that tells, for every pixel of one scale, what of a picture is worth keeping. Both
/// pictures go through it with the same weights, each beside the other. Its kernels look the same in all eight orientations,
/// so what is salient stays so when a picture is turned or mirrored.
package final class SalienceStage: Module {
    @Child var entry: Conv2d
    @Child var blocks: [Conv2d]
    @Child var output: Conv2d

    /// - Parameters:
    ///   - inputs: maps that come in.
    ///   - width: channels inside.
    ///   - blockCount: residual convolutions.
    ///   - outputs: maps that come out.
    package init(inputs: Int, width: Int, blocks blockCount: Int, outputs: Int) {
        super.init()
        func convolution(_ inputs: Int, _ outputs: Int) -> Conv2d { Conv2d(inputs, outputs, kernel: 3) }
        entry = convolution(inputs, width)
        blocks = (0..<blockCount).map { _ in convolution(width, width) }
        output = convolution(width, outputs)
    }

    /// The output begins at zero, so that a new network does what the classical part does.
    package override func initializeParameters(using generator: RandomGenerator) {
        output.weight.fill(0)
        output.bias?.fill(0)
    }

    /// (B, inputs, H, W) to (B, outputs, H, W).
    package func callAsFunction(_ maps: Tensor) -> Tensor {
        var state = Self.turned(entry, maps).gelu()
        for block in blocks { state += Self.turned(block, state).gelu() }
        return Self.turned(output, state)
    }

    /// A convolution with the mean of its kernels over all orientations, the borders repeated: a frame of zeros would be
    /// salient.
    private static func turned(_ convolution: Conv2d, _ maps: Tensor) -> Tensor {
        let kernels = convolution.weight
        let diagonal = kernels + kernels.transposed(2, 3)
        let upright = diagonal + diagonal.flipped(2)
        let all = (upright + upright.flipped(3)) / 8
        return maps.padded([1, 1, 1, 1], mode: .replicate).conv2d(weight: all, bias: convolution.bias)
    }
}
