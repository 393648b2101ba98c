import CTorch

/// Pooling. The stride is the kernel's size when nil. Output sizes are ⌊(n + 2·padding − dilation·(k − 1) − 1) / stride⌋
/// + 1, or rounded up where asked.
extension Tensor {
    /// Means of windows of (B, C, L).
    ///
    /// - Parameter countingPadding: whether the zeros of the padding are part of the means.
    public func averagePooled1d(
        _ kernel: Int, stride: Int? = nil, padding: Int = 0, roundingUp: Bool = false, countingPadding: Bool = true
    ) -> Tensor {
        averagePooled(
            [kernel].int64s, [stride ?? kernel].int64s, [padding].int64s, roundingUp, countingPadding)
    }

    /// Means of windows of (B, C, H, W).
    ///
    /// - Parameter countingPadding: whether the zeros of the padding are part of the means.
    public func averagePooled2d(
        _ kernel: Size2, stride: Size2? = nil, padding: Size2 = 0, roundingUp: Bool = false,
        countingPadding: Bool = true
    ) -> Tensor {
        averagePooled(
            kernel.int64s, (stride ?? kernel).int64s, padding.int64s, roundingUp, countingPadding)
    }

    /// Means of windows of (B, C, D, H, W).
    ///
    /// - Parameter countingPadding: whether the zeros of the padding are part of the means.
    public func averagePooled3d(
        _ kernel: Size3, stride: Size3? = nil, padding: Size3 = 0, roundingUp: Bool = false,
        countingPadding: Bool = true
    ) -> Tensor {
        averagePooled(
            kernel.int64s, (stride ?? kernel).int64s, padding.int64s, roundingUp, countingPadding)
    }

    private func averagePooled(
        _ kernel: [Int64], _ stride: [Int64], _ padding: [Int64], _ roundingUp: Bool, _ countingPadding: Bool
    ) -> Tensor {
        Tensor(
            taking: fk_average_pool(
                pointer, Int32(kernel.count), kernel, stride, padding, roundingUp, countingPadding))
    }

    /// Maxima of windows of (B, C, L).
    public func maxPooled1d(
        _ kernel: Int, stride: Int? = nil, padding: Int = 0, dilation: Int = 1, roundingUp: Bool = false
    ) -> Tensor {
        maxPooled(
            [kernel].int64s, [stride ?? kernel].int64s, [padding].int64s, [dilation].int64s, roundingUp)
    }

    /// Maxima of windows of (B, C, H, W).
    public func maxPooled2d(
        _ kernel: Size2, stride: Size2? = nil, padding: Size2 = 0, dilation: Size2 = 1, roundingUp: Bool = false
    ) -> Tensor {
        maxPooled(kernel.int64s, (stride ?? kernel).int64s, padding.int64s, dilation.int64s, roundingUp)
    }

    /// Maxima of windows of (B, C, D, H, W).
    public func maxPooled3d(
        _ kernel: Size3, stride: Size3? = nil, padding: Size3 = 0, dilation: Size3 = 1, roundingUp: Bool = false
    ) -> Tensor {
        maxPooled(kernel.int64s, (stride ?? kernel).int64s, padding.int64s, dilation.int64s, roundingUp)
    }

    private func maxPooled(
        _ kernel: [Int64], _ stride: [Int64], _ padding: [Int64], _ dilation: [Int64], _ roundingUp: Bool
    ) -> Tensor {
        Tensor(
            taking: fk_max_pool(pointer, Int32(kernel.count), kernel, stride, padding, dilation, roundingUp))
    }

    /// Maxima of windows of (B, C, L), and the place on L of each.
    public func maxPooledWithIndices1d(
        _ kernel: Int, stride: Int? = nil, padding: Int = 0, dilation: Int = 1, roundingUp: Bool = false
    ) -> (values: Tensor, indices: Tensor) {
        maxPooledWithIndices(
            [kernel].int64s, [stride ?? kernel].int64s, [padding].int64s, [dilation].int64s, roundingUp)
    }

    /// Maxima of windows of (B, C, H, W), and the place of each in its row-major (H, W) plane.
    public func maxPooledWithIndices2d(
        _ kernel: Size2, stride: Size2? = nil, padding: Size2 = 0, dilation: Size2 = 1, roundingUp: Bool = false
    ) -> (values: Tensor, indices: Tensor) {
        maxPooledWithIndices(
            kernel.int64s, (stride ?? kernel).int64s, padding.int64s, dilation.int64s, roundingUp)
    }

    /// Maxima of windows of (B, C, D, H, W), and the place of each in its row-major (D, H, W) block.
    public func maxPooledWithIndices3d(
        _ kernel: Size3, stride: Size3? = nil, padding: Size3 = 0, dilation: Size3 = 1, roundingUp: Bool = false
    ) -> (values: Tensor, indices: Tensor) {
        maxPooledWithIndices(
            kernel.int64s, (stride ?? kernel).int64s, padding.int64s, dilation.int64s, roundingUp)
    }

    private func maxPooledWithIndices(
        _ kernel: [Int64], _ stride: [Int64], _ padding: [Int64], _ dilation: [Int64], _ roundingUp: Bool
    ) -> (values: Tensor, indices: Tensor) {
        pair {
            fk_max_pool_indices(
                pointer, Int32(kernel.count), kernel, stride, padding, dilation, roundingUp, $0, $1)
        }
    }

    /// Means over as many windows as the result has elements: window i of n covers ⌊i·L/n⌋ ..< ⌈(i + 1)·L/n⌉.
    ///
    /// - Returns: (B, C, length).
    public func adaptiveAveragePooled1d(_ length: Int) -> Tensor {
        Tensor(taking: fk_adaptive_average_pool(pointer, 1, [length].int64s))
    }

    /// Means over as many windows as the result has elements; see ``adaptiveAveragePooled1d(_:)``.
    ///
    /// - Returns: (B, C, height, width).
    public func adaptiveAveragePooled2d(_ size: Size2) -> Tensor {
        Tensor(taking: fk_adaptive_average_pool(pointer, 2, size.int64s))
    }

    /// Means over as many windows as the result has elements; see ``adaptiveAveragePooled1d(_:)``.
    ///
    /// - Returns: (B, C, depth, height, width).
    public func adaptiveAveragePooled3d(_ size: Size3) -> Tensor {
        Tensor(taking: fk_adaptive_average_pool(pointer, 3, size.int64s))
    }

    /// Maxima over the windows of ``adaptiveAveragePooled1d(_:)``, and the place of each.
    public func adaptiveMaxPooled1d(_ length: Int) -> (values: Tensor, indices: Tensor) {
        pair { fk_adaptive_max_pool(pointer, 1, [length].int64s, $0, $1) }
    }

    /// Maxima over the windows of ``adaptiveAveragePooled2d(_:)``, and the place of each in its plane.
    public func adaptiveMaxPooled2d(_ size: Size2) -> (values: Tensor, indices: Tensor) {
        pair { fk_adaptive_max_pool(pointer, 2, size.int64s, $0, $1) }
    }

    /// Maxima over the windows of ``adaptiveAveragePooled3d(_:)``, and the place of each in its block.
    public func adaptiveMaxPooled3d(_ size: Size3) -> (values: Tensor, indices: Tensor) {
        pair { fk_adaptive_max_pool(pointer, 3, size.int64s, $0, $1) }
    }
}
