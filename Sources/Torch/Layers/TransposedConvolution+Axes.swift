/// Transposed convolution, the gradient of a convolution as a layer, over one axis.
public final class ConvTransposed1d: TransposedConvolution {
    /// A transposed convolution of (B, C, L).
    ///
    /// - Parameters:
    ///   - inputs: channels of the input.
    ///   - outputs: channels of the output.
    ///   - kernel: size of the window.
    ///   - stride: distance of the windows in the output.
    ///   - padding: elements cut off at both ends of each axis.
    ///   - outputPadding: elements added at the far end of each axis.
    ///   - dilation: distance of the window's elements.
    ///   - groups: parts that the channels fall into.
    ///   - hasBias: whether a value is added to each output channel.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1,
        padding: Int = 0, outputPadding: Int = 0, dilation: Int = 1,
        groups: Int = 1, hasBias: Bool = true
    ) {
        super.init(
            inputs, outputs, kernel: [kernel], stride: [stride],
            padding: [padding], outputPadding: [outputPadding],
            dilation: [dilation], groups: groups, hasBias: hasBias)
    }
}

/// Transposed convolution, the gradient of a convolution as a layer, over two axes.
public final class ConvTransposed2d: TransposedConvolution {
    /// A transposed convolution of (B, C, H, W).
    ///
    /// - Parameters:
    ///   - inputs: channels of the input.
    ///   - outputs: channels of the output.
    ///   - kernel: size of the window; one value, or one for each axis, as for the next four.
    ///   - stride: distance of the windows in the output.
    ///   - padding: elements cut off at both ends of each axis.
    ///   - outputPadding: elements added at the far end of each axis.
    ///   - dilation: distance of the window's elements.
    ///   - groups: parts that the channels fall into.
    ///   - hasBias: whether a value is added to each output channel.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Size2, stride: Size2 = 1,
        padding: Size2 = 0, outputPadding: Size2 = 0, dilation: Size2 = 1,
        groups: Int = 1, hasBias: Bool = true
    ) {
        super.init(
            inputs, outputs, kernel: kernel.list, stride: stride.list,
            padding: padding.list, outputPadding: outputPadding.list,
            dilation: dilation.list, groups: groups, hasBias: hasBias)
    }
}

/// Transposed convolution, the gradient of a convolution as a layer, over three axes.
public final class ConvTransposed3d: TransposedConvolution {
    /// A transposed convolution of (B, C, D, H, W).
    ///
    /// - Parameters:
    ///   - inputs: channels of the input.
    ///   - outputs: channels of the output.
    ///   - kernel: size of the window; one value, or one for each axis, as for the next four.
    ///   - stride: distance of the windows in the output.
    ///   - padding: elements cut off at both ends of each axis.
    ///   - outputPadding: elements added at the far end of each axis.
    ///   - dilation: distance of the window's elements.
    ///   - groups: parts that the channels fall into.
    ///   - hasBias: whether a value is added to each output channel.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Size3, stride: Size3 = 1,
        padding: Size3 = 0, outputPadding: Size3 = 0, dilation: Size3 = 1,
        groups: Int = 1, hasBias: Bool = true
    ) {
        super.init(
            inputs, outputs, kernel: kernel.list, stride: stride.list,
            padding: padding.list, outputPadding: outputPadding.list,
            dilation: dilation.list, groups: groups, hasBias: hasBias)
    }
}
