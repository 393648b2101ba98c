import CTorch

/// Normalisation: (x − mean) / √(variance + epsilon) · weight + bias, with the variance divided by the count. They
/// differ in what the statistics are taken over.
extension Tensor {
    /// Over the last axes (Ba et al. 2016).
    ///
    /// - Parameters:
    ///   - shape: the sizes of those axes, also the shape of weight and bias.
    public func layerNormalized(
        shape: [Int], weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5
    ) -> Tensor {
        Tensor(
            taking: fk_layer_norm(
                pointer, shape.int64s, Int32(shape.count), weight?.pointer, bias?.pointer, epsilon))
    }

    /// Over the last axes without subtracting the mean: x / √(mean(x²) + epsilon) · weight (Zhang and Sennrich 2019).
    public func rootMeanSquareNormalized(shape: [Int], weight: Tensor? = nil, epsilon: Double = 1e-5) -> Tensor {
        Tensor(taking: fk_rms_norm(pointer, shape.int64s, Int32(shape.count), weight?.pointer, epsilon))
    }

    /// Over groups of neighbouring channels and space of each image of (B, C, …) (Wu and He 2018).
    ///
    /// - Parameters:
    ///   - weight: (C), as the bias.
    public func groupNormalized(
        groups: Int, weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5
    ) -> Tensor {
        Tensor(taking: fk_group_norm(pointer, Int64(groups), weight?.pointer, bias?.pointer, epsilon))
    }

    /// Over batch and space of each channel of (B, C, …) (Ioffe and Szegedy 2015).
    ///
    /// - Parameters:
    ///   - weight: (C), as the bias.
    ///   - runningMean: (C), used when not training; changed in place when training: running · (1 − momentum) + batch ·
    ///     momentum.
    ///   - runningVariance: (C), likewise, with the batch's variance divided by the count minus 1.
    ///   - training: whether the statistics are those of the batch.
    public func batchNormalized(
        weight: Tensor? = nil, bias: Tensor? = nil, runningMean: Tensor?, runningVariance: Tensor?, training: Bool,
        momentum: Double = 0.1, epsilon: Double = 1e-5
    ) -> Tensor {
        Tensor(
            taking: fk_batch_norm(
                pointer, weight?.pointer, bias?.pointer, runningMean?.pointer, runningVariance?.pointer, training,
                momentum, epsilon))
    }

    /// Over space of each channel of each image of (B, C, …) (Ulyanov et al. 2016).
    ///
    /// - Parameters:
    ///   - weight: (C), as the bias.
    public func instanceNormalized(weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5) -> Tensor {
        Tensor(taking: fk_instance_norm(pointer, weight?.pointer, bias?.pointer, epsilon))
    }
}
