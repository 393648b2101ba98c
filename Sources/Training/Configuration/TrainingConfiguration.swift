import Metrics
import Networks
import Sensors
import Torch

/// All that a training follows from: two runs with the same settings on the same machine have the same weights.
public struct TrainingConfiguration: Configuration, Hashable {
    /// Where the network computes.
    public enum Place: String, Codable, Sendable, CaseIterable { case auto, cpu, cuda }
    /// The numbers that the network computes with; weights are kept in single precision in any case.
    public enum Precision: String, Codable, Sendable, CaseIterable { case float32, bfloat16 }

    /// What the network is for.
    public var task = FusionTask.pansharpen
    /// Times that all samples are seen.
    public var epochs = 100
    /// Decides everything that is random.
    public var seed: UInt64 = 0
    /// Where the network computes.
    public var device = Place.auto
    /// What it computes with.
    public var precision = Precision.float32
    /// Whether the blocks of the network keep only their inputs, and run again in the backward pass: less memory, more time,
    /// the same gradients.
    public var checkpointing = false
    /// Which network.
    public var network = NetworkSettings()
    /// What it learns from.
    public var data = DataSettings()
    /// What is made small: losses by name, with weights.
    public var loss: [String: Double] = [Loss.l1.rawValue: 1]
    /// How it learns.
    public var optimizer = OptimizerSettings()
    /// How the learning rate goes.
    public var schedule = ScheduleSettings()
    /// Averages of the weights.
    public var average = AverageSettings()
    /// How it is judged on the way.
    public var validation = ValidationSettings()
    /// What is written.
    public var record = RecordSettings()

    /// All keys.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case task, epochs, seed, device, precision
        case checkpointing = "gradient-checkpointing"
        case network, data, loss, optimizer, schedule, average, validation, record
    }

    /// The sections.
    public static var nested: [String: any Configuration.Type] {
        [
            "network": NetworkSettings.self, "data": DataSettings.self, "optimizer": OptimizerSettings.self,
            "schedule": ScheduleSettings.self, "average": AverageSettings.self, "validation": ValidationSettings.self,
            "record": RecordSettings.self,
        ]
    }

    /// FusionMamba (Peng et al.) for pansharpening.
    public init() {}

    /// The defaults for a system and a task: its first preset, and the loss that its authors trained it with.
    ///
    /// - Throws: for a task that the system is not for.
    public init(system: NetworkSystem, task: FusionTask) throws(ConfigurationError) {
        try requireName(task.rawValue, of: system.tasks.map(\.rawValue), "task")
        self.task = task
        network.system = system.name
        let isHyperspectral = task == .hypersharpen && system.preset(named: "cave-x4") != nil
        network.preset = isHyperspectral ? "cave-x4" : system.presets.first?.name ?? ""
        switch system.name {
        case "consistent-detail":
            // As in recipes/consistent-detail.yaml and consistent-detail-cubes.yaml, whose weights come with the program.
            epochs = 8
            loss = [Loss.charbonnier.rawValue: 1]
            if task == .pansharpen { loss[Loss.spatial.rawValue] = 1.1 }
            (schedule.warmUp, average.share) = (1, 0.998)
            (optimizer.decay, optimizer.beta2, optimizer.clip, optimizer.accumulation) = (1e-4, 0.99, 0.5, 2)
            (data.count, data.side, data.batch) = (400, 96, 2)
            data.kept = task == .hypersharpen ? 8000 : 4096
        case "salient-detail":
            // As in recipes/salient-detail.yaml, whose weights come with the program.
            epochs = 5
            loss = [Loss.pairFidelity.rawValue: 1]
            (schedule.warmUp, average.share) = (1, 0.998)
            (optimizer.rate, optimizer.decay, optimizer.beta2, optimizer.clip) = (2e-3, 1e-4, 0.99, 0.5)
            (data.count, data.side, data.batch) = (1600, 96, 4)
        case "lemamba":
            loss = [Loss.l1SSIM.rawValue: 1]
            optimizer.clip = 0.03
            (schedule.name, schedule.factor) = (.restarts, 1)
        case "fusionmamba-mm":
            loss = [Loss.pairInfrared.rawValue: 1]
            (optimizer.name, optimizer.rate, optimizer.decay) = (.adam, 1e-4, 0)
            data.batch = 2
        case "mmmamba":
            (optimizer.name, optimizer.rate, optimizer.decay, optimizer.clip) = (.adam, 5e-4, 0, 4)
            (schedule.lowest, data.batch) = (1e-4, 4)
        default: break
        }
        if task == .fuse { validation.metrics = ["EN", "MI", "Qabf", "SSIM"] }
        if task == .pansharpen, let sensor = try sensorOfPreset() {
            (data.sensor, data.peak) = (sensor.name, sensor.peak)
        }
    }

    /// The sensor that the preset is named after, where it has the bands and the ratio of the network.
    private func sensorOfPreset() throws(ConfigurationError) -> Sensor? {
        guard let name = network.preset.split(separator: "-").first, let sensor = Sensor.named(String(name)),
            let network = try network.build() as? any SharpeningNetwork, network.msBands == sensor.bands.count,
            network.ratio == sensor.ratio
        else { return nil }
        return sensor
    }

    /// Checks every section, and that they fit together.
    public func validate() throws(ConfigurationError) {
        try require(epochs >= 1, "epochs", epochs, "1 or more")
        try network.validate()
        try data.validate()
        try optimizer.validate()
        try schedule.validate()
        try average.validate()
        try validation.validate()
        try record.validate()
        for (name, weight) in loss.sorted(by: { $0.key < $1.key }) {
            try requireName(name, of: Loss.allCases.map(\.rawValue), "loss")
            try require(weight >= 0 && weight.isFinite, "loss.\(name)", weight, "0 or more")
        }
        try require(loss.values.contains { $0 > 0 }, "loss", "empty", "at least one loss with a weight above 0")
        try checkTask()
    }

    /// The task is one of the system's, and the losses and metrics are those of the task.
    private func checkTask() throws(ConfigurationError) {
        let tasks = NetworkSystem.named(network.system)?.tasks.map(\.rawValue) ?? []
        try requireName(task.rawValue, of: tasks, "task")
        try require(
            precision == .float32 || network.system != NetworkSystem.consistentDetail.name, "precision",
            precision.rawValue, "float32 for \(network.system)")
        let roles = Set(task.roles)
        for name in loss.keys.sorted() where loss[name] ?? 0 > 0 {
            let fits = Loss(rawValue: name)?.needs.allSatisfy(roles.contains) ?? false
            try require(fits, "loss", name, "a loss for the task '\(task.rawValue)'")
        }
        if loss[Loss.pairFidelity.rawValue] ?? 0 > 0 {
            try require(
                data.side >= PairFidelityLoss.smallestSide, "data.side", data.side,
                "\(PairFidelityLoss.smallestSide) or more for the loss pair-fidelity")
        }
        let unreferenced = data.fullResolution + data.validationFullResolution
        try require(
            unreferenced.isEmpty || roles.isSuperset(of: [.ms, .pan]), "data.full-resolution", unreferenced,
            "empty for the task '\(task.rawValue)'")
        for name in validation.metrics {
            let isOfSharpening =
                Metrics.named(name) != nil || task == .pansharpen && Metrics.namedWithoutReference(name) != nil
            let fits = task == .fuse ? FusionMetrics.named(name) != nil : isOfSharpening
            try require(fits, "validation.metrics", name, "an index for the task '\(task.rawValue)'")
        }
    }

    /// The losses with their weights.
    public var weightedLoss: WeightedLoss {
        WeightedLoss(
            Dictionary(loss.compactMap { name, weight in Loss(rawValue: name).map { ($0, weight) } }) { first, _ in
                first
            })
    }
}

extension FusionTask {
    /// The images of a sample.
    var roles: [ImageRole] {
        switch self {
        case .pansharpen, .hypersharpen: [.ms, .pan, .reference]
        case .upscale: [.ms, .reference]
        case .fuse: [.first, .second]
        }
    }
}
