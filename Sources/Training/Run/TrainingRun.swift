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
    public internal(set) var position = RunPosition()
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
    let processes: ProcessGroup
    /// Where several processes train.
    let exchange: GradientExchange?
    let folder: RunFolder
    let training: any BatchSource
    let validation: (measure: Validation, source: (any BatchSource)?)?
    /// In the first process.
    let log: RunLog?

    /// Prepares everything; nothing is trained yet.
    ///
    /// - Parameters:
    ///   - configuration: has been checked.
    ///   - resumes: whether a run in the folder goes on; one that is not there begins.
    ///   - processes: train together; each makes a run of the same settings.
    /// - Throws: ``TrainingError``, `ConfigurationError`, `NetworkCheckpointError`, `CheckpointError`, `DatasetError`.
    public init(
        _ configuration: TrainingConfiguration, resumes: Bool = false, processes: ProcessGroup = .alone
    ) throws {
        self.configuration = configuration
        self.processes = processes
        try configuration.validate()
        device = try configuration.device.found(for: processes)
        let network = try Self.network(of: configuration)
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
        exchange =
            processes.count == 1
            ? nil : GradientExchange(weights.parameters.map(\.tensor), overlaps: weights.areNetworks, processes)
        generator = RandomGenerator(seed: configuration.seed, device: device)
        let sensor = Sensor.named(configuration.data.sensor)
        gains = sensor?.mtfGains ?? []
        let batches = try SampleSources(
            settings: configuration.data, task: task, loss: loss, seed: configuration.seed, processes: processes
        ).batches()
        training = batches.training
        let measure = Validation(
            settings: configuration.validation, task: task, loss: loss, sensor: sensor, peak: configuration.data.peak,
            processes: processes)
        let validates = configuration.validation.every > 0 && batches.validates
        validation = validates ? (measure, batches.validation) : nil
        folder = try RunFolder(configuration.record.folder, resumes: resumes)
        if folder.hasState { position = try Self.restore(folder, configuration, weights, optimizer, average) }
        // Nobody changes the folder before all have looked at it.
        try processes.requireSame([Double(position.steps), weights.digest], "the weights that they begin with")
        log = processes.isFirst ? try Self.log(folder, configuration, measure, position) : nil
    }

    /// The network with the weights that it begins with.
    private static func network(of configuration: TrainingConfiguration) throws -> any FusionNetwork {
        let settings = configuration.network
        let network = try settings.build()
        let seed = derivedSeed(configuration.seed, for: .weights)
        try withTorchErrors { network.initialize(using: RandomGenerator(seed: seed)) }
        if !settings.weights.isEmpty {
            let checkpoint = try NetworkCheckpoint(file: settings.weights, system: NetworkSystem.named(settings.system))
            let state = checkpoint.network.state().map { ($0.name, $0.tensor) }
            try network.load(Dictionary(state) { first, _ in first })
        }
        for pattern in settings.frozen {
            do { try network.freeze(matching: pattern) } catch { throw error.inside("network.frozen") }
        }
        network.setCheckpointed(configuration.checkpointing)
        return network
    }

    /// Steps of an epoch.
    public var stepsPerEpoch: Int {
        let accumulation = configuration.optimizer.accumulation
        return (training.batchesPerEpoch + accumulation - 1) / accumulation
    }

    /// Trains to the end, or until somebody asks to stop.
    ///
    /// - Parameters:
    ///   - isCancelled: asked before each step and between the batches of a validation, which is then made again when the
    ///     run goes on; the state is saved.
    ///   - report: called after each step.
    /// - Throws: ``TrainingError`` with code `notFinite` where a number stops being one, and which layer was first; with
    ///   code `processes` where another process is gone.
    public func run(
        isCancelled: () -> Bool = { false }, report: (TrainingProgress) -> Void = { _ in }
    ) throws -> TrainingOutcome {
        let clock = Stopwatch(startingAt: position.steps)
        while position.epoch < configuration.epochs, !position.hasStopped {
            let accumulation = configuration.optimizer.accumulation
            let next = try training.batches(epoch: position.epoch, from: position.step * accumulation)
            while position.step < stepsPerEpoch {
                if try processes.isTrueAnywhere(isCancelled()) {
                    try saveState()
                    return .interrupted
                }
                var batches: [TrainingBatch] = []
                while batches.count < accumulation, let batch = try next() { batches.append(batch) }
                guard !batches.isEmpty else { break }
                try step(batches, clock, report)
            }
            guard try endEpoch(isCancelled) else {
                try saveState()
                return .interrupted
            }
        }
        try saveState()
        if processes.isFirst { try save(to: folder.last) }
        return position.hasStopped ? .stoppedEarly : .finished
    }

    private func step(
        _ batches: [TrainingBatch], _ clock: Stopwatch, _ report: (TrainingProgress) -> Void
    ) throws {
        let rate = learningRate
        // Processes have other samples, so chance is another in each.
        let number = position.steps * processes.count + processes.rank
        let result = try learn(from: batches, rate: rate, seed: derivedSeed(configuration.seed, for: .step, number))
        position.step += 1
        position.steps += 1
        let images = batches.reduce(0) { $0 + $1.indices.count } * processes.count
        let speed = clock.speed(steps: position.steps, images: images)
        let toDo = (configuration.epochs - position.epoch) * stepsPerEpoch - position.step
        report(
            TrainingProgress(
                epoch: position.epoch + 1, epochs: configuration.epochs, step: position.step,
                stepsPerEpoch: stepsPerEpoch, loss: result.loss, rate: rate, imagesPerSecond: speed.images,
                secondsLeft: Double(toDo) * speed.secondsPerStep))
        let record = configuration.record
        if position.steps % record.logSteps == 0 || position.step == stepsPerEpoch {
            let values = result.losses + [("rate", rate), ("gradient", result.gradientNorm)]
            try log?.addStep(values + [("images-per-second", speed.images)], position)
        }
        if record.histogramSteps > 0, position.steps % record.histogramSteps == 0 {
            try log?.addHistograms(weights.parameters, position)
        }
        let every = record.stateSteps
        if every > 0, position.steps % every == 0, position.step < stepsPerEpoch { try saveState() }
    }

    /// The learning rate of the step to come.
    var learningRate: Double {
        let progress = Double(position.epoch) + Double(position.step) / Double(stepsPerEpoch)
        return configuration.optimizer.rate
            * configuration.schedule.share(at: progress, of: configuration.epochs, falls: position.falls)
    }
}

extension TrainingConfiguration.Place {
    /// The device; several processes of a machine have one each.
    ///
    /// - Throws: ``TrainingError`` where it is not there.
    func found(for processes: ProcessGroup) throws(TrainingError) -> Device {
        switch self {
        case .cpu: return .cpu
        case .auto: return Device.hasCUDA ? .cuda(processes.localRank) : .cpu
        case .cuda:
            guard Device.hasCUDA else {
                throw TrainingError(.settings, "'device' is cuda, and there is none.", remedy: "Write cpu or auto.")
            }
            return .cuda(processes.localRank)
        }
    }
}
