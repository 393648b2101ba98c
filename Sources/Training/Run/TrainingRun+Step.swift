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
                    let images = moved(batch)
                    let isLast = index == batches.count - 1
                    let (total, parts) = try loss(input(images, fused: try task(images).to(.float32)))
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
    func moved(_ batch: TrainingBatch) -> [ImageRole: Tensor] {
        let dtype = network.parameters.first?.dtype ?? .float32
        return batch.images.mapValues { $0.to(device).to(dtype) }
    }

    func input(_ images: [ImageRole: Tensor], fused: Tensor) -> LossInput {
        LossInput(fused: fused, images: images.mapValues { $0.to(.float32) }, ratio: task.ratio, gains: gains)
    }
}
