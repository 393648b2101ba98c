import CTorch

/// Convolutions (cross-correlations, as networks use them). Padding is with zeros; pad with ``Tensor/padded(_:mode:)``
/// first for another kind. Output sizes are ⌊(n + 2·padding − dilation·(k − 1) − 1) / stride⌋ + 1.
extension Tensor {
    /// Convolution along one axis.
    ///
    /// - Parameters:
    ///   - weight: (outputs, C / groups, k).
    ///   - bias: (outputs).
    /// - Returns: (B, outputs, L') of this tensor (B, C, L).
    public func conv1d(
        weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1
    ) -> Tensor {
        convolved(weight, bias, [stride].int64s, [padding].int64s, [dilation].int64s, groups)
    }

    /// Convolution along two axes.
    ///
    /// - Parameters:
    ///   - weight: (outputs, C / groups, kh, kw).
    ///   - bias: (outputs).
    /// - Returns: (B, outputs, H', W') of this tensor (B, C, H, W).
    public func conv2d(
        weight: Tensor, bias: Tensor? = nil, stride: Size2 = 1, padding: Size2 = 0, dilation: Size2 = 1,
        groups: Int = 1
    ) -> Tensor {
        convolved(weight, bias, stride.int64s, padding.int64s, dilation.int64s, groups)
    }

    /// Convolution along three axes.
    ///
    /// - Parameters:
    ///   - weight: (outputs, C / groups, kd, kh, kw).
    ///   - bias: (outputs).
    /// - Returns: (B, outputs, D', H', W') of this tensor (B, C, D, H, W).
    public func conv3d(
        weight: Tensor, bias: Tensor? = nil, stride: Size3 = 1, padding: Size3 = 0, dilation: Size3 = 1,
        groups: Int = 1
    ) -> Tensor {
        convolved(weight, bias, stride.int64s, padding.int64s, dilation.int64s, groups)
    }

    private func convolved(
        _ weight: Tensor, _ bias: Tensor?, _ stride: [Int64], _ padding: [Int64], _ dilation: [Int64], _ groups: Int
    ) -> Tensor {
        Tensor(
            taking: fk_convolution(
                pointer, weight.pointer, bias?.pointer, Int32(stride.count), stride, padding, dilation, Int64(groups)))
    }

    /// Transposed convolution along one axis: the gradient of ``conv1d(weight:bias:stride:padding:dilation:groups:)``
    /// with respect to its input.
    ///
    /// - Parameters:
    ///   - weight: (C, outputs / groups, k).
    ///   - bias: (outputs).
    ///   - outputPadding: added to the size at one end.
    /// - Returns: (B, outputs, (L − 1)·stride − 2·padding + dilation·(k − 1) + outputPadding + 1).
    public func convTransposed1d(
        weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, outputPadding: Int = 0,
        groups: Int = 1, dilation: Int = 1
    ) -> Tensor {
        convolvedTransposed(
            weight, bias, [stride].int64s, [padding].int64s, [outputPadding].int64s, groups, [dilation].int64s)
    }

    /// Transposed convolution along two axes: the gradient of
    /// ``conv2d(weight:bias:stride:padding:dilation:groups:)`` with respect to its input.
    ///
    /// - Parameters:
    ///   - weight: (C, outputs / groups, kh, kw).
    ///   - bias: (outputs).
    ///   - outputPadding: added to the size at one end.
    /// - Returns: (B, outputs, H', W') with H' = (H − 1)·stride − 2·padding + dilation·(kh − 1) + outputPadding + 1.
    public func convTransposed2d(
        weight: Tensor, bias: Tensor? = nil, stride: Size2 = 1, padding: Size2 = 0, outputPadding: Size2 = 0,
        groups: Int = 1, dilation: Size2 = 1
    ) -> Tensor {
        convolvedTransposed(
            weight, bias, stride.int64s, padding.int64s, outputPadding.int64s, groups, dilation.int64s)
    }

    /// Transposed convolution along three axes: the gradient of
    /// ``conv3d(weight:bias:stride:padding:dilation:groups:)`` with respect to its input.
    ///
    /// - Parameters:
    ///   - weight: (C, outputs / groups, kd, kh, kw).
    ///   - bias: (outputs).
    ///   - outputPadding: added to the size at one end.
    /// - Returns: (B, outputs, D', H', W').
    public func convTransposed3d(
        weight: Tensor, bias: Tensor? = nil, stride: Size3 = 1, padding: Size3 = 0, outputPadding: Size3 = 0,
        groups: Int = 1, dilation: Size3 = 1
    ) -> Tensor {
        convolvedTransposed(
            weight, bias, stride.int64s, padding.int64s, outputPadding.int64s, groups, dilation.int64s)
    }

    private func convolvedTransposed(
        _ weight: Tensor, _ bias: Tensor?, _ stride: [Int64], _ padding: [Int64], _ outputPadding: [Int64],
        _ groups: Int, _ dilation: [Int64]
    ) -> Tensor {
        Tensor(
            taking: fk_convolution_transposed(
                pointer, weight.pointer, bias?.pointer, Int32(stride.count), stride, padding, outputPadding,
                Int64(groups), dilation))
    }

    /// x · weightᵀ + bias on the last axis.
    ///
    /// - Parameters:
    ///   - weight: (outputs, inputs).
    ///   - bias: (outputs).
    /// - Returns: (…, outputs) of this tensor (…, inputs).
    public func linear(weight: Tensor, bias: Tensor? = nil) -> Tensor {
        Tensor(taking: fk_linear(pointer, weight.pointer, bias?.pointer))
    }
}
