/// Convolution (as a correlation, the field's custom) over one axis.
public final class Conv1d: Convolution {
    /// A convolution of (B, C, L).
    ///
    /// - Parameters:
    ///   - inputs: channels of the input.
    ///   - outputs: channels of the output.
    ///   - kernel: size of the window.
    ///   - stride: step of the window.
    ///   - padding: elements added at both ends of each axis.
    ///   - dilation: distance of the window's elements.
    ///   - groups: parts that the channels fall into, each convolved on its own.
    ///   - border: what the added elements are.
    ///   - hasBias: whether a value is added to each output channel.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1,
        padding: Int = 0, dilation: Int = 1, groups: Int = 1, border: PaddingMode = .zeros,
        hasBias: Bool = true
    ) {
        super.init(
            inputs, outputs, kernel: [kernel], stride: [stride],
            padding: [padding], dilation: [dilation], groups: groups, border: border,
            hasBias: hasBias)
    }
}

/// Convolution (as a correlation, the field's custom) over two axes.
public final class Conv2d: Convolution {
    /// A convolution of (B, C, H, W).
    ///
    /// - Parameters:
    ///   - inputs: channels of the input.
    ///   - outputs: channels of the output.
    ///   - kernel: size of the window; one value, or one for each axis, as for the next three.
    ///   - stride: step of the window.
    ///   - padding: elements added at both ends of each axis.
    ///   - dilation: distance of the window's elements.
    ///   - groups: parts that the channels fall into, each convolved on its own.
    ///   - border: what the added elements are.
    ///   - hasBias: whether a value is added to each output channel.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Size2, stride: Size2 = 1,
        padding: Size2 = 0, dilation: Size2 = 1, groups: Int = 1, border: PaddingMode = .zeros,
        hasBias: Bool = true
    ) {
        super.init(
            inputs, outputs, kernel: kernel.list, stride: stride.list,
            padding: padding.list, dilation: dilation.list, groups: groups, border: border,
            hasBias: hasBias)
    }
}

/// Convolution (as a correlation, the field's custom) over three axes.
public final class Conv3d: Convolution {
    /// A convolution of (B, C, D, H, W).
    ///
    /// - Parameters:
    ///   - inputs: channels of the input.
    ///   - outputs: channels of the output.
    ///   - kernel: size of the window; one value, or one for each axis, as for the next three.
    ///   - stride: step of the window.
    ///   - padding: elements added at both ends of each axis.
    ///   - dilation: distance of the window's elements.
    ///   - groups: parts that the channels fall into, each convolved on its own.
    ///   - border: what the added elements are.
    ///   - hasBias: whether a value is added to each output channel.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Size3, stride: Size3 = 1,
        padding: Size3 = 0, dilation: Size3 = 1, groups: Int = 1, border: PaddingMode = .zeros,
        hasBias: Bool = true
    ) {
        super.init(
            inputs, outputs, kernel: kernel.list, stride: stride.list,
            padding: padding.list, dilation: dilation.list, groups: groups, border: border,
            hasBias: hasBias)
    }
}
