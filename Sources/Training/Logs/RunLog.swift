import Torch

/// Everything that a run writes for people: CSV, JSON lines, and events for TensorBoard.
final class RunLog {
    private let steps: TableLog
    private let validations: TableLog
    private let events: EventFile?

    /// - Parameters:
    ///   - folder: of the run.
    ///   - losses: names of the parts of the loss.
    ///   - indices: names of what a validation gives.
    ///   - position: what the files say of later steps, and of a validation that is to be made again, is taken away.
    init(
        _ folder: String, _ settings: RecordSettings, losses: [String], indices: [String], after position: RunPosition
    ) throws {
        let columns = ["loss"] + losses + ["rate", "gradient", "images-per-second"]
        steps = try TableLog("\(folder)/steps", columns: columns, after: position.steps)
        validations = try TableLog(
            "\(folder)/validation", columns: indices, after: position.step == 0 ? position.steps : position.steps - 1)
        events = settings.tensorboard ? try EventFile(folder: folder) : nil
    }

    func addStep(_ values: [(name: String, value: Double)], _ position: RunPosition) throws {
        try steps.add(step: position.steps, epoch: position.epoch + 1, values)
        try events?.add(values.map { ("train/\($0.name)", $0.value) }, step: position.steps)
    }

    /// Histograms of parameters and of the gradients that the optimiser has followed.
    func addHistograms(_ parameters: [(name: String, tensor: Tensor)], _ position: RunPosition) throws {
        guard let events else { return }
        for (name, tensor) in parameters {
            let (weights, gradient) = try withTorchErrors {
                (Histogram(tensor.detached().array()), tensor.gradient.map { Histogram($0.array()) })
            }
            try events.add(weights, tag: "weights/\(name)", step: position.steps)
            if let gradient { try events.add(gradient, tag: "gradients/\(name)", step: position.steps) }
        }
    }

    func addValidation(_ outcome: Validation.Outcome, _ position: RunPosition) throws {
        try validations.add(step: position.steps, epoch: position.epoch, outcome.values)
        try events?.add(outcome.values.map { ("validation/\($0.name)", $0.value) }, step: position.steps)
        for (index, images) in outcome.pictures.enumerated() {
            try events?.add(
                try withTorchErrors { try PNGPicture(images) }, tag: "sample/\(index)", step: position.steps)
        }
    }
}
