import FusionKit

/// What a checkpoint holds.
struct CheckpointInformation: Encodable, CustomStringConvertible {
    struct Entry: Encodable {
        let name: String
        let type: String
        let shape: [Int]
    }

    let file: String
    let format: String
    /// Where the file, or the names and shapes of its parameters, say what it is for.
    let system: String?
    let configuration: String?
    let sensor: String?
    let peak: Double?
    let origin: String?
    let parameters: Int
    let tensors: [Entry]
    let notices: [String]
    /// Whether people want to see every tensor.
    private let listsTensors: Bool

    private enum CodingKeys: String, CodingKey {
        case file, format, system, configuration, sensor, peak, origin, parameters, tensors, notices
    }

    /// - Parameter listsTensors: whether the text names every tensor; JSON always does.
    init(_ file: String, listsTensors: Bool) throws {
        self.listsTensors = listsTensors
        let checkpoint = try Checkpoint.load(file)
        self.file = file
        format = checkpoint.format.rawValue
        tensors = checkpoint.tensors.map { Entry(name: $0.name, type: "\($0.tensor.dtype)", shape: $0.tensor.shape) }
        notices = checkpoint.notices
        do {
            let network = try NetworkCheckpoint(file: file)
            system = network.description.system
            configuration = network.description.configuration
            sensor = network.description.sensor
            peak = network.description.peak
            origin = network.description.origin
            parameters = network.network.parameterCount
        } catch NetworkCheckpointError.undescribed, NetworkCheckpointError.unknownSystem {
            (system, configuration, sensor, peak) = (checkpoint.metadata["system"], nil, nil, nil)
            origin = checkpoint.metadata["origin"]
            parameters = tensors.reduce(0) { $0 + $1.shape.reduce(1, *) }
        }
    }

    var description: String {
        var lines = [
            "file           \(file) (\(format))",
            "system         \(system ?? "unknown; name it with fusionkit convert --system")",
        ]
        if let configuration { lines.append("configuration  \(configuration)") }
        lines.append("sensor         \(sensor ?? "unknown")")
        if let peak { lines.append("peak           \(peak.plain)") }
        if let origin { lines.append("origin         \(origin)") }
        lines.append("parameters     \(parameters) in \(tensors.count) tensors")
        lines += notices.map { "note           \($0)" }
        guard listsTensors else { return lines.joined(separator: "\n") }
        var table = TextTable(["tensor", "type", "shape"])
        table.rows = tensors.map { [$0.name, $0.type, $0.shape.map(String.init).joined(separator: " × ")] }
        return lines.joined(separator: "\n") + "\n\n" + table.text
    }
}
