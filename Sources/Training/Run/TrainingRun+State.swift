import Foundation
import Networks
import Torch

extension TrainingRun {
    /// What checkpoints of this run say of themselves.
    var description: CheckpointDescription {
        let sensor = configuration.data.sensor
        return CheckpointDescription(
            system: configuration.network.system, configuration: network.configurationText,
            sensor: sensor.isEmpty ? nil : sensor, peak: configuration.data.peak,
            origin: "fusionkit train, \(position.steps) steps, seed \(configuration.seed)")
    }

    /// Writes the weights, or their average, as a checkpoint that every command takes.
    func save(to file: String) throws {
        let tensors = average?.averages ?? weights.state()
        let wide = try withTorchErrors {
            tensors.map { ($0.name, $0.tensor.dtype == .bfloat16 ? $0.tensor.to(.float32) : $0.tensor) }
        }
        try SafetensorsFile.write(wide, metadata: description.metadata, to: file)
    }

    /// Writes all that a later run needs to go on, in one file that is complete or not there.
    func saveState() throws {
        guard processes.isFirst else { return }
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
    static func restore(
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
        let free = ["epochs", "record", "validation", "device", "gradient-checkpointing"]
        let keys = TrainingConfiguration.CodingKeys.allCases.map(\.stringValue).filter { !free.contains($0) }
        let changed = keys.filter { old.object?[$0] != new.object?[$0] }
        guard changed.isEmpty else {
            throw TrainingError(
                .folder, "the run in \(path) had other settings: \(changed.joined(separator: ", ")).",
                remedy: "Go on with its configuration.yaml, or begin in another folder.")
        }
    }

    /// Writes the settings into the folder and begins its logs, or goes on with them.
    static func log(
        _ folder: RunFolder, _ configuration: TrainingConfiguration, _ measure: Validation, _ position: RunPosition
    ) throws -> RunLog {
        try Data(configuration.yaml.utf8).write(to: URL(fileURLWithPath: folder.settings), options: .atomic)
        return try RunLog(
            folder.path, configuration.record, losses: measure.loss.terms.map(\.loss.rawValue), indices: measure.names,
            after: position)
    }
}
