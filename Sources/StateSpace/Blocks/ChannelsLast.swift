import Torch

// Layers on tokens and maps whose channels lie side by side in memory.

extension Linear {
    /// The outputs in equal parts, each (…, outputs / count) without gaps: a product for each part, instead of one product
    /// that would have to be cut.
    package func parts(_ count: Int, of input: Tensor) -> [Tensor] {
        let weights = weight.chunked(count, axis: 0)
        let biases = bias?.chunked(count, axis: 0)
        return weights.indices.map { input.linear(weight: weights[$0], bias: biases?[$0]) }
    }
}

extension Conv2d {
    /// The convolution of a map with channels last, (B, H, W, C), which stays so in memory.
    package func channelsLast(_ map: Tensor) -> Tensor {
        callAsFunction(map.permuted(0, 3, 1, 2)).permuted(0, 2, 3, 1)
    }
}
