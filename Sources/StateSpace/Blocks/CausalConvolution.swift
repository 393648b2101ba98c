import Torch

extension Tensor {
    /// The causal convolution of each channel of tokens (B, L, D): over the token itself and those before it in time.
    ///
    /// Tokens are taken for the columns of an image of one row with channels last: libtorch's convolution along one axis
    /// would first bring each channel's tokens together.
    ///
    /// - Parameters:
    ///   - weight: (D, 1, k); the last weight is that of the token itself.
    ///   - bias: (D).
    ///   - window: (B, k - 1, D), the tokens before the first one; zeros where nil. Not together with `reversed`.
    ///   - reversed: whether time runs from the last token to the first.
    /// - Returns: (B, L, D).
    package func causallyConvolved(
        weight: Tensor, bias: Tensor?, window: Tensor? = nil, reversed: Bool = false
    ) -> Tensor {
        let margin = weight.size(2) - 1
        // Time that runs backwards: the mirrored kernel looks at the tokens that follow.
        let kernel = reversed ? weight.flipped(2) : weight
        let tokens = window.map { Tensor.concatenated([$0, self], axis: 1) } ?? self
        let convolved = tokens.unsqueezed(1).permuted(0, 3, 1, 2)  // (B, D, 1, L)
            .conv2d(
                weight: kernel.unsqueezed(2), bias: bias, padding: Size2(0, window == nil ? margin : 0),
                groups: size(2)
            )
            .permuted(0, 2, 3, 1).squeezed(1)
        return convolved.narrowed(axis: 1, start: reversed ? margin : 0, length: size(1))
    }
}
