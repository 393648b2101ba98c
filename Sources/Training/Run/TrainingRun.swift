import Foundation
import Networks
import Sensors
import Torch

/// A training from its settings to its checkpoints.
///
/// Everything that is random follows from the seed and the number of the step, so that a run that was killed and goes on from
/// its last state ends with the same bits as one that was not.
public final class TrainingRun {
    /// What it follows from.
    public let configuration: TrainingConfiguration
    /// How far it has come.
    public private(set) var position = RunPosition()
    /// The network that is trained.
    public var network: any FusionNetwork { task.network }

    let task: NetworkTask
    let loss: WeightedLoss
    let weights: MasterWeights
    let optimizer: any Optimizer
    let average: WeightAverage?
    let generator: RandomGenerator
    let device: Device
    let gains: [Double]
    private let folder: RunFolder
    private let training: any BatchSource
    private let validation: (measure: Validation, source: any BatchSource)?
    private let log: RunLog

    /// Prepares everything; nothing is trained yet.
    ///
    /// - Parameters:
    ///   - configuration: has been checked.
    ///   - resumes: whether a run in the folder goes on; one that is not there begins.
    /// - Throws: ``TrainingError``, `ConfigurationError`, `NetworkCheckpointError`, `CheckpointError`.
    public init(_ configuration: TrainingConfiguration, resumes: Bool = false) throws {
        self.configuration = configuration
        try configuration.validate()
        device = try configuration.device.found
        let network = try configuration.network.build()
        let seed = derivedSeed(configuration.seed, for: .weights)
        try withTorchErrors { network.initialize(using: RandomGenerator(seed: seed)) }
        if !configuration.network.weights.isEmpty {
            let system = NetworkSystem.named(configuration.network.system)
            let checkpoint = try NetworkCheckpoint(file: configuration.network.weights, system: system)
            let state = checkpoint.network.state().map { ($0.name, $0.tensor) }
            try network.load(Dictionary(state) { first, _ in first })
        }
        for pattern in configuration.network.frozen {
            do { try network.freeze(matching: pattern) } catch { throw error.inside("network.frozen") }
        }
        network.to(device)
        task = try NetworkTask(network, task: configuration.task)
        loss = configuration.weightedLoss
        let sparing = Set(network.decayGroups().others.map(\.name))
        weights = try MasterWeights(
            network, precision: configuration.precision == .bfloat16 ? .bfloat16 : .float32,
            updating: configuration.network.lowRank,
            generator: RandomGenerator(seed: derivedSeed(configuration.seed, for: .updates)))
        guard !weights.parameters.isEmpty else {
            throw TrainingError(.settings, "all parameters are frozen.", remedy: "Take patterns out of network.frozen.")
        }
        optimizer = configuration.optimizer.optimizer(for: weights.parameters, sparing: sparing)
        average = WeightAverage(configuration.average, of: weights.state())
        generator = RandomGenerator(seed: configuration.seed, device: device)
        gains = Sensor.named(configuration.data.sensor)?.mtfGains ?? []
        let batches = try SampleSources(settings: configuration.data, task: task, seed: configuration.seed).batches()
        training = batches.training
        let measure = Validation(settings: configuration.validation, task: task, loss: loss, gains: gains)
        validation = configuration.validation.every == 0 ? nil : batches.validation.map { (measure, $0) }
        folder = try RunFolder(configuration.record.folder, resumes: resumes)
        if folder.hasState { position = try Self.restore(folder, configuration, weights, optimizer, average) }
        try Data(configuration.yaml.utf8).write(to: URL(fileURLWithPath: folder.settings), options: .atomic)
        log = try RunLog(
            folder.path, configuration.record, losses: loss.terms.map(\.loss.rawValue), indices: measure.names,
            after: position.steps)
    }

    /// Steps of an epoch.
    public var stepsPerEpoch: Int {
        let accumulation = configuration.optimizer.accumulation
        return (training.batchesPerEpoch + accumulation - 1) / accumulation
    }

    /// Trains to the end, or until somebody asks to stop.
    ///
    /// - Parameters:
    ///   - isCancelled: asked before each step; then the state is saved.
    ///   - report: called after each step.
    /// - Throws: ``TrainingError`` with code `notFinite` where a number stops being one, and which layer was first.
    public func run(
        isCancelled: () -> Bool = { false }, report: (TrainingProgress) -> Void = { _ in }
    ) throws -> TrainingOutcome {
        let clock = Stopwatch(startingAt: position.steps)
        while position.epoch < configuration.epochs, !position.hasStopped {
            let accumulation = configuration.optimizer.accumulation
            let next = try training.batches(epoch: position.epoch, from: position.step * accumulation)
            while position.step < stepsPerEpoch {
                if isCancelled() {
                    try saveState()
                    return .interrupted
                }
                var batches: [TrainingBatch] = []
                while batches.count < accumulation, let batch = try next() { batches.append(batch) }
                guard !batches.isEmpty else { break }
                try step(batches, clock, report)
            }
            // A state of an epoch's end includes its validation, so that it is never made twice or left out.
            (position.epoch, position.step) = (position.epoch + 1, 0)
            try endEpoch(isCancelled)
        }
        try saveState()
        try save(to: folder.last)
        return position.hasStopped ? .stoppedEarly : .finished
    }

    private func step(
        _ batches: [TrainingBatch], _ clock: Stopwatch, _ report: (TrainingProgress) -> Void
    ) throws {
        let rate = learningRate
        let seed = derivedSeed(configuration.seed, for: .step, position.steps)
        let result = try learn(from: batches, rate: rate, seed: seed)
        position.step += 1
        position.steps += 1
        let images = batches.reduce(0) { $0 + $1.indices.count }
        let speed = clock.speed(steps: position.steps, images: images)
        let toDo = (configuration.epochs - position.epoch) * stepsPerEpoch - position.step
        report(
            TrainingProgress(
                epoch: position.epoch + 1, epochs: configuration.epochs, step: position.step,
                stepsPerEpoch: stepsPerEpoch, loss: result.loss, rate: rate, imagesPerSecond: speed.images,
                secondsLeft: Double(toDo) * speed.secondsPerStep))
        if position.steps % configuration.record.logSteps == 0 || position.step == stepsPerEpoch {
            let values = [("loss", result.loss)] + result.parts + [("rate", rate), ("gradient", result.gradientNorm)]
            try log.addStep(values + [("images-per-second", speed.images)], position)
        }
        let every = configuration.record.stateSteps
        if every > 0, position.steps % every == 0, position.step < stepsPerEpoch { try saveState() }
    }

    /// The learning rate of the step to come.
    var learningRate: Double {
        let progress = Double(position.epoch) + Double(position.step) / Double(stepsPerEpoch)
        return configuration.optimizer.rate
            * configuration.schedule.share(at: progress, of: configuration.epochs, falls: position.falls)
    }

    private func endEpoch(_ isCancelled: () -> Bool) throws {
        let isLast = position.epoch == configuration.epochs
        if let validation, position.epoch % configuration.validation.every == 0 || isLast {
            var outcome = Validation.Outcome()
            try weights.with(average?.averages ?? []) {
                network.eval()
                outcome = try validation.measure(
                    validation.source, device: device, dtype: network.parameters.first?.dtype ?? .float32,
                    isCancelled: { false })
            }
            try log.addValidation(outcome, position)
            let value = outcome.value(configuration.validation.best) ?? .nan
            let isBest = position.note(
                value, higherIsBetter: validation.measure.higherIsBetter, schedule: configuration.schedule,
                patience: configuration.validation.patience)
            if isBest { try save(to: folder.best) }
        }
        let record = configuration.record
        if record.every > 0, position.epoch % record.every == 0 {
            try save(to: folder.kept(position.epoch))
            folder.prune(keeping: record.keep)
        }
        if position.epoch % record.stateEvery == 0 || isLast || isCancelled() { try saveState() }
    }

    /// Writes the weights, or their average, as a checkpoint that every command takes.
    private func save(to file: String) throws {
        var description = CheckpointDescription(
            system: configuration.network.system, configuration: network.configurationText, sensor: nil,
            peak: configuration.data.peak,
            origin: "fusionkit train, \(position.steps) steps, seed \(configuration.seed)")
        description.sensor = configuration.data.sensor.isEmpty ? nil : configuration.data.sensor
        let tensors = average?.averages ?? weights.state()
        let wide = try withTorchErrors {
            tensors.map { ($0.name, $0.tensor.dtype == .bfloat16 ? $0.tensor.to(.float32) : $0.tensor) }
        }
        try SafetensorsFile.write(wide, metadata: description.metadata, to: file)
    }
}

extension TrainingRun {
    /// Writes all that a later run needs to go on, in one file that is complete or not there.
    private func saveState() throws {
        let own =
            weights.state().map { ("network.\($0.name)", $0.tensor) }
            + weights.updateState().map { ("update.\($0.name)", $0.tensor) }
        let steps = optimizer.state().map { ("optimizer.\($0.name)", $0.tensor) }
        let averages = (average?.state() ?? []).map { ("average.\($0.name)", $0.tensor) }
        let metadata = [
            "format": "fusionkit training state",
            "position": String(decoding: try JSONEncoder().encode(position), as: UTF8.self),
            "configuration": try JSONValue(configuration).text,
        ]
        try SafetensorsFile.write(own + steps + averages, metadata: metadata, to: folder.state)
    }

    /// Takes over what ``saveState()`` has written.
    ///
    /// - Returns: where it was written.
    private static func restore(
        _ folder: RunFolder, _ configuration: TrainingConfiguration, _ weights: MasterWeights,
        _ optimizer: any Optimizer, _ average: WeightAverage?
    ) throws -> RunPosition {
        let file = try SafetensorsFile(folder.state)
        guard let text = file.metadata["position"], let settings = file.metadata["configuration"],
            let position = try? JSONDecoder().decode(RunPosition.self, from: Data(text.utf8))
        else {
            throw TrainingError(
                .folder, "\(folder.state) is not the state of a training.", remedy: "Choose another folder.")
        }
        try checkSettings(JSONValue(text: settings), JSONValue(configuration), folder.path)
        let tensors = try file.tensors().map { ($0.name, $0.tensor) }
        let state = Dictionary(tensors) { first, _ in first }
        try weights.load(part("network.", of: state), updates: part("update.", of: state))
        try optimizer.load(part("optimizer.", of: state))
        try average?.load(part("average.", of: state))
        return position
    }

    /// What decides the weights must be as it was; how long, where to and how often may change.
    private static func checkSettings(_ old: JSONValue, _ new: JSONValue, _ path: String) throws {
        let free = ["epochs", "record", "validation", "device"]
        let keys = TrainingConfiguration.CodingKeys.allCases.map(\.stringValue).filter { !free.contains($0) }
        let changed = keys.filter { old.object?[$0] != new.object?[$0] }
        guard changed.isEmpty else {
            throw TrainingError(
                .folder, "the run in \(path) had other settings: \(changed.joined(separator: ", ")).",
                remedy: "Go on with its configuration.yaml, or begin in another folder.")
        }
    }
}

extension TrainingConfiguration.Place {
    /// The device.
    ///
    /// - Throws: ``TrainingError`` where it is not there.
    var found: Device {
        get throws {
            switch self {
            case .cpu: return .cpu
            case .auto: return Device.hasCUDA ? .cuda(0) : .cpu
            case .cuda:
                guard Device.hasCUDA else {
                    throw TrainingError(.settings, "'device' is cuda, and there is none.", remedy: "Write cpu or auto.")
                }
                return .cuda(0)
            }
        }
    }
}
