import Torch

extension TrainingRun {
    /// What comes when all steps of an epoch are done: validation, checkpoints, the state to go on from. A state of an epoch's
    /// end includes its validation, so that it is never made twice or left out.
    ///
    /// - Returns: false where the validation was stopped; it counts as not begun, and the epoch as not ended.
    func endEpoch(_ isCancelled: () -> Bool) throws -> Bool {
        position.step = stepsPerEpoch
        let epoch = position.epoch + 1
        let isLast = epoch == configuration.epochs
        var isBest = false
        if let validation, epoch % configuration.validation.every == 0 || isLast {
            guard let outcome = try measured(validation.measure, validation.source, isCancelled) else { return false }
            (position.epoch, position.step) = (epoch, 0)
            try log?.addValidation(outcome, position)
            isBest = position.note(
                outcome.value(configuration.validation.best) ?? .nan,
                higherIsBetter: validation.measure.higherIsBetter, schedule: configuration.schedule,
                patience: configuration.validation.patience)
        } else {
            (position.epoch, position.step) = (epoch, 0)
        }
        try processes.requireSame([weights.digest], "their weights")
        if processes.isFirst { try saveCheckpoints(isBest: isBest, isLast: isLast || position.hasStopped) }
        let isStopping = try processes.isTrueAnywhere(isCancelled())
        if epoch % configuration.record.stateEvery == 0 || isLast || isStopping { try saveState() }
        return true
    }

    private func measured(
        _ measure: Validation, _ source: (any BatchSource)?, _ isCancelled: () -> Bool
    ) throws -> Validation.Outcome? {
        var outcome: Validation.Outcome?
        try weights.with(average?.averages ?? []) {
            network.eval()
            outcome = try measure(
                source, device: device, dtype: network.parameters.first?.dtype ?? .float32, isCancelled: isCancelled)
        }
        return outcome
    }

    private func saveCheckpoints(isBest: Bool, isLast: Bool) throws {
        if isBest { try save(to: folder.best) }
        let record = configuration.record
        if record.every > 0, position.epoch % record.every == 0 {
            try save(to: folder.kept(position.epoch))
            folder.prune(keeping: record.keep)
        }
        if case .power(let averages) = average {
            let interval = Swift.max(1, configuration.epochs / configuration.average.copies)
            if position.epoch % interval == 0 || isLast {
                let copy = AverageCopy(steps: position.steps, averages: averages)
                try copy.write(to: folder.copy(position.epoch), description: description)
            }
        }
    }
}
