import Torch

extension TrainingRun {
    /// What a step says.
    struct StepResult {
        /// The loss, and each of its parts that a batch had the images for.
        let losses: [(name: String, value: Double)]
        var gradientNorm = 0.0

        init(_ losses: [(name: String, value: Double)]) { self.losses = losses }

        var loss: Double { losses.first?.value ?? .nan }
    }

    /// One step: the mean gradient of some batches, and what the optimiser makes of it.
    ///
    /// - Parameter seed: decides what is random in the network in this step.
    func learn(from batches: [TrainingBatch], rate: Double, seed: UInt64) throws -> StepResult {
        try withTorchErrors {
            try withGradients {
                weights.clearGradients()
                network.train(using: generator)
                generator.seed(seed)
                var means = Means(["loss"] + loss.terms.map(\.loss.rawValue))
                let share = 1 / Double(batches.count)
                for (index, batch) in batches.enumerated() {
                    let batch = moved(batch)
                    let isLast = index == batches.count - 1
                    let (total, parts) = try loss(input(batch, fused: try fused(batch)))
                    try checkTorchErrors()
                    if isLast, weights.areNetworks { exchange?.listen() }
                    (total * share).backward()
                    weights.gather()
                    means.add("loss", total.item)
                    for (name, value) in parts { means.add(name, value.item) }
                }
                try exchange?.finish()
                try means.gather(over: processes)
                var result = StepResult(means.values)
                let clip = configuration.optimizer.clip
                result.gradientNorm = clipGradientNorm(weights.parameters, to: clip > 0 ? clip : .infinity)
                try checkTorchErrors()
                guard result.loss.isFinite, result.gradientNorm.isFinite else {
                    throw nonFinite(batches, seed: seed)
                }
                optimizer.learningRate = rate
                optimizer.step()
                weights.publish()
                average?.update()
                return result
            }
        }
    }

    /// The images where the network is, in the numbers that it computes with.
    func moved(_ batch: TrainingBatch) -> TrainingBatch {
        let dtype = network.parameters.first?.dtype ?? .float32
        var batch = batch
        batch.images = batch.images.mapValues { $0.to(device).to(dtype) }
        let statistics = batch.instrument?.statistics?.to(device)
        batch.instrument?.statistics = statistics
        return batch
    }

    /// What the network makes of a batch, in single precision.
    func fused(_ batch: TrainingBatch) throws -> Tensor {
        try task(batch.images, instrument: batch.instrument).to(.float32)
    }

    func input(_ batch: TrainingBatch, fused: Tensor) -> LossInput {
        LossInput(
            fused: fused, images: batch.images.mapValues { $0.to(.float32) }, ratio: batch.ratio,
            gains: batch.instrument?.gains ?? gains)
    }
}
