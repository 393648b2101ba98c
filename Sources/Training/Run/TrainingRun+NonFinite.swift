import Torch

extension TrainingRun {
    /// What to say of a step that made NaN or infinity: where it was first.
    ///
    /// - Parameter seed: that of the step, which is made again.
    func nonFinite(_ batches: [TrainingBatch], seed: UInt64) -> TrainingError {
        let place = "Epoch \(position.epoch + 1), step \(position.step + 1): "
        let cause = (try? cause(batches, seed: seed)) ?? "the place can't be found"
        return TrainingError(
            .notFinite, "\(place)the loss or its gradient is not a finite number; \(cause).",
            remedy: "The last state is kept. Go on from it with a lower optimizer.rate or with optimizer.clip.")
    }

    private func cause(_ batches: [TrainingBatch], seed: UInt64) throws -> String {
        func isSound(_ tensor: Tensor) -> Bool { tensor.isFinite().all().item != 0 }
        for batch in batches {
            for (role, image) in batch.images where !isSound(image) {
                return "the image '\(role.rawValue)' of one of the samples \(batch.indices) is not"
            }
        }
        let named = network.namedParameters()
        if let (name, _) = named.first(where: { !isSound($0.tensor) }) { return "the parameter '\(name)' is not" }
        generator.seed(seed)
        for batch in batches {
            let batch = moved(batch)
            var result: Tensor?
            let origin = try firstNonFinite(among: named.map(\.tensor)) { result = try fused(batch) }
            if let origin {
                let layer = origin.place.map { named[$0].name } ?? "before the first layer"
                return "the first place is the layer of '\(layer)', in the operation \(origin.operation)"
            }
            guard let result else { continue }
            let (_, parts) = try loss(input(batch, fused: result))
            if let part = parts.first(where: { !isSound($0.value) }) {
                return "the first place is the loss '\(part.name)'"
            }
        }
        // Derivatives go from the last layer to the first.
        let spoilt = weights.parameters.last { $0.tensor.gradient.map { !isSound($0) } ?? false }
        return spoilt.map { "the first place is the gradient of '\($0.name)'" } ?? "all values are in range"
    }
}
