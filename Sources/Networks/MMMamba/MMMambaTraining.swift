import Torch

/// How the authors train MMMamba (specification, 10.2): Adam, the mean absolute error, and a limit of the gradient's norm.
public struct MMMambaTraining: Sendable {
    /// Pairs of images in a batch.
    public var batchSize = 4
    /// The learning rate of each epoch; one period, so it restarts only after the last one of the authors' training.
    public var schedule = CosineRestarts(highest: 5e-4, lowest: 5e-8, period: 500)
    /// How much of the first and the second moment remains in a step of Adam.
    public var betas = (0.9, 0.999)
    /// What Adam adds to its denominator.
    public var epsilon = 1e-8
    /// The largest norm of the gradient.
    public var gradientNorm = 4.0

    /// The authors' training.
    public init() {}

    /// The optimiser that ``step(of:with:ms:pan:reference:)`` uses.
    public func optimizer(for network: MMMamba) -> Adam {
        Adam(
            network.namedParameters(), learningRate: schedule.learningRate(epoch: 1), betas: betas, epsilon: epsilon)
    }

    /// What is minimised.
    ///
    /// - Parameters: fused and reference, both (B, bands, H, W) in 0 to 1.
    /// - Returns: one element.
    public func loss(fused: Tensor, reference: Tensor) -> Tensor {
        // Quirk: divided by the batch size that was configured, also where a batch is shorter (golden file train_steps).
        (fused - reference).abs().mean() / Double(2 * batchSize)
    }

    /// One step. Parameters that the network does not use get no gradient and are left alone.
    ///
    /// - Returns: the loss, one element, and the norm of the gradient before it was limited.
    public func step(
        of network: MMMamba, with optimizer: Adam, ms: Tensor, pan: Tensor, reference: Tensor
    ) throws -> (loss: Tensor, gradientNorm: Double) {
        try withGradients {
            optimizer.clearGradients()
            let loss = loss(fused: try network(ms: ms, pan: pan), reference: reference)
            loss.backward()
            try checkTorchErrors()
            let norm = clipGradientNorm(optimizer.parameters, to: gradientNorm)
            optimizer.step()
            return (loss.detached(), norm)
        }
    }
}
