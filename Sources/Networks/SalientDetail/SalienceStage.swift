import Torch

/// A small convolutional network that tells, for every pixel of one scale, what of a picture is worth keeping. Both
/// pictures go through it with the same weights, each beside the other.
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
        // The borders repeated: a frame of zeros would be salient.
        func convolution(_ inputs: Int, _ outputs: Int) -> Conv2d {
            Conv2d(inputs, outputs, kernel: 3, padding: 1, border: .replicate)
        }
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
        var state = entry(maps).gelu()
        for block in blocks { state += block(state).gelu() }
        return output(state)
    }
}
