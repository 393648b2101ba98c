import Torch

/// Two convolutions whose result is weighted channel by channel and added to the input (the authors' `CALayer`; channel
/// attention, Zhang et al. 2018).
package final class ChannelAttention: Module, Layer {
    @Child("process") var convolutions: Sequential
    @Child("conv_du") var gate: Sequential

    package init(width: Int) {
        super.init()
        convolutions = Sequential(
            Conv2d(width, width, kernel: 3, padding: 1), Activation.relu, Conv2d(width, width, kernel: 3, padding: 1))
        gate = Sequential(
            Conv2d(width, width / 4, kernel: 1), Activation.relu, Conv2d(width / 4, width, kernel: 1),
            Activation.sigmoid)
    }

    /// (B, C, H, W) to the same shape.
    package func callAsFunction(_ map: Tensor) -> Tensor {
        let details = convolutions(map)
        return added(multiplied(details, gate(details.mean(2, 3, keepingAxes: true))), map)
    }
}

/// What makes bands of features (the authors' `Refine`; specification, 4.5).
package final class RefinementHead: Module, Layer {
    @Child("conv_in") var entry: Conv2d
    @Child("process") var blocks: [ChannelAttention]
    @Child("conv_last") var exit: Conv2d

    package init(width: Int, bands: Int) {
        super.init()
        entry = Conv2d(width, width, kernel: 3, padding: 1)
        blocks = [ChannelAttention(width: width)]
        exit = Conv2d(width, bands, kernel: 3, padding: 1)
    }

    /// (B, C, H, W) to (B, bands, H, W).
    package func callAsFunction(_ map: Tensor) -> Tensor {
        exit(blocks.reduce(entry(map)) { $1($0) })
    }
}
