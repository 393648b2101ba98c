import Torch

/// Efficient channel attention (Wang et al. 2020, ECA; the authors' `eca_layer`): each channel's mean and those of its
/// neighbours decide how much of it passes.
package final class EfficientChannelAttention: Module {
    @Child("conv") var convolution: Conv1d

    /// - Parameter kernel: neighbouring channels that are seen, odd.
    package init(kernel: Int = 3) {
        super.init()
        convolution = Conv1d(1, 1, kernel: kernel, padding: kernel / 2, hasBias: false)
    }

    /// - Parameter map: (B, H, W, C).
    /// - Returns: what each channel is multiplied by, (B, 1, 1, C), 0 to 1.
    package func weights(of map: Tensor) -> Tensor {
        let means = map.mean(1, 2).unsqueezed(1)  // (B, 1, C): the channels are the sequence
        return convolution(means).sigmoid().unsqueezed(1)
    }
}

/// The gate of the two branches of a DVSS block (the authors' `BiAttn`, of which only the global branch is there).
package final class GlobalGate: Module {
    @Child("norm") var norm: LayerNorm
    @Child("global_reduce") var reduction: Linear
    @Child("channel_select") var selection: Linear

    /// - Parameters:
    ///   - width: channels.
    ///   - ratio: hidden channels for each channel, rounded down.
    package init(width: Int, ratio: Double = 0.125) {
        super.init()
        let hidden = Int(Double(width) * ratio)
        norm = LayerNorm(width)
        reduction = Linear(width, hidden)
        selection = Linear(hidden, width)
    }

    /// - Parameter map: (B, H, W, C).
    /// - Returns: what each channel of the map, which is not normalised for it, is multiplied by: (B, 1, 1, C), 0 to 1.
    package func weights(of map: Tensor) -> Tensor {
        selection(reduction(norm(map).mean(1, 2, keepingAxes: true)).gelu()).sigmoid()
    }
}
