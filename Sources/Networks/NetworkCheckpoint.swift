import Foundation
import Torch

/// What a checkpoint file says of its network.
public struct CheckpointDescription: Sendable, Hashable {
    /// The system, such as "fusionmamba-rs".
    public var system: String
    /// The configuration as a JSON object.
    public var configuration: String
    /// The sensor that the weights were trained for, such as "WV3"; nil when unknown.
    public var sensor: String?
    /// The digital number that becomes 1.
    public var peak: Double
    /// Where the weights come from.
    public var origin: String?

    /// A description.
    public init(
        system: String, configuration: String, sensor: String? = nil, peak: Double = 2047, origin: String? = nil
    ) {
        self.system = system
        self.configuration = configuration
        self.sensor = sensor
        self.peak = peak
        self.origin = origin
    }

    private static let untrainedOrigin = "random weights"

    /// The origin of weights that were drawn and not trained.
    public static func untrained(seed: UInt64) -> String { "\(untrainedOrigin), seed \(seed)" }

    /// Whether the weights were drawn and not trained.
    public var isUntrained: Bool { origin?.hasPrefix(Self.untrainedOrigin) ?? false }

    /// The texts to store in a safetensors file.
    public var metadata: [String: String] {
        var texts = ["format": "fusionkit", "system": system, "configuration": configuration, "peak": "\(peak)"]
        texts["sensor"] = sensor
        texts["origin"] = origin
        return texts
    }

    /// Reads the texts of a safetensors file; nil when another program wrote them.
    init?(metadata: [String: String]) {
        guard let system = metadata["system"], let configuration = metadata["configuration"] else { return nil }
        self.init(
            system: system, configuration: configuration, sensor: metadata["sensor"],
            peak: metadata["peak"].flatMap { Double($0) }.flatMap { $0.isFinite && $0 > 0 ? $0 : nil } ?? 2047,
            origin: metadata["origin"])
    }
}

/// Why weights can't be used.
public enum NetworkCheckpointError: Error, Sendable, CustomStringConvertible {
    /// A system that this program does not have.
    case unknownSystem(file: String, system: String)
    /// The file does not say what network it is for, and the parameters are of none.
    case undescribed(file: String)
    /// The parameters are not those of the system.
    case otherSystem(file: String, system: String)
    /// The configuration in the file can't be built.
    case configuration(file: String, reason: any Error)
    /// The parameters have numbers instead of names, and no known configuration has parameters of their shapes.
    case unnamed(file: String)
    /// The parameters don't fit the configuration.
    case state(file: String, reason: any Error)

    /// Which file, what is wrong, what to do.
    public var description: String {
        let known = NetworkSystem.all.map(\.name).joined(separator: ", ")
        return switch self {
        case .unknownSystem(let file, let system):
            "\(file) is for the system '\(system)', which is not known here. Known are: \(known)."
        case .undescribed(let file):
            "\(file) does not say what network it is for, and its parameters are of none that is known (\(known)). "
                + "Convert it with fusionkit convert --system NAME."
        case .otherSystem(let file, let system):
            "The parameters in \(file) are not those of \(system). Give the --system that the weights are for."
        case .unnamed(let file):
            "The parameters in \(file) have no names, and in their order they have the shapes of no preset. Save a state "
                + "dictionary with names, or give the --system that the weights are for."
        case .configuration(let file, let reason): "\(file): its configuration can't be used: \(reason)"
        case .state(let file, let reason): "\(file): \(reason)"
        }
    }
}

/// A network with the weights of a file.
public struct NetworkCheckpoint {
    /// The network, ready to be used.
    public let network: any FusionNetwork
    /// What it was trained for.
    public let description: CheckpointDescription
    /// What was left out or changed on the way, in sentences for the user.
    public let notices: [String]

    /// Loads a network from a safetensors file of this program, or an authors' file.
    ///
    /// - Parameters:
    ///   - file: safetensors, `.pth` or `.pt`.
    ///   - system: needed where the file does not say it and the names of its parameters are of several systems.
    ///   - sensor: overrides what the file says.
    ///   - peak: overrides what the file says.
    ///   - ratio: where the parameters don't tell it.
    /// - Throws: `CheckpointError`, ``NetworkCheckpointError``.
    public init(
        file: String, system: NetworkSystem? = nil, sensor: String? = nil, peak: Double? = nil, ratio: Int? = nil
    ) throws {
        try self.init(Checkpoint.load(file), system: system, sensor: sensor, peak: peak, ratio: ratio)
    }

    /// A network with weights that come with the library; nil where a system has none for a task.
    ///
    /// - Throws: `CheckpointError`, ``NetworkCheckpointError``.
    public init?(shippedWith system: NetworkSystem, for task: FusionTask) throws {
        guard let weights = system.weights[task] else { return nil }
        try self.init(Checkpoint.load(weights(), name: "the weights of \(system.name)"), system: system)
    }

    private init(
        _ checkpoint: Checkpoint, system: NetworkSystem?, sensor: String? = nil, peak: Double? = nil, ratio: Int? = nil
    ) throws {
        let file = checkpoint.file
        var tensors = checkpoint.tensors
        var description: CheckpointDescription
        if let parameters = NumberedParameters(checkpoint) {
            (description, tensors) = try parameters.named(
                file: file, systems: system.map { [$0] } ?? NetworkSystem.all, ratio: ratio)
        } else {
            description = try Self.description(of: checkpoint, system: system, ratio: ratio)
        }
        if let sensor { description.sensor = sensor }
        if let peak { description.peak = peak }
        guard let found = NetworkSystem.named(description.system) else {
            throw NetworkCheckpointError.unknownSystem(file: file, system: description.system)
        }
        do {
            network = try found.network(description.configuration)
        } catch {
            throw NetworkCheckpointError.configuration(file: file, reason: error)
        }
        let named = tensors.compactMap { name, tensor in found.renamed(name).map { ($0, tensor) } }
        do {
            let network = network
            try withTorchErrors {
                try network.load(Dictionary(named) { first, _ in first })
                network.eval()
            }
        } catch {
            throw NetworkCheckpointError.state(file: file, reason: error)
        }
        self.description = description
        let leftOut = checkpoint.tensors.count - named.count
        notices =
            checkpoint.notices
            + (leftOut == 0 ? [] : ["\(leftOut) tensors of layers that were never used have been left out."])
    }

    /// What the file says, or what the shapes of its parameters tell.
    private static func description(
        of checkpoint: Checkpoint, system: NetworkSystem?, ratio: Int?
    ) throws -> CheckpointDescription {
        if let description = CheckpointDescription(metadata: checkpoint.metadata) {
            if let system, system.name != description.system {
                throw NetworkCheckpointError.otherSystem(file: checkpoint.file, system: system.name)
            }
            return description
        }
        let shapes = Dictionary(checkpoint.tensors.map { ($0.name, $0.tensor.shape) }) { first, _ in first }
        for candidate in system.map({ [$0] }) ?? NetworkSystem.all {
            if let configuration = candidate.inferred(shapes, ratio) {
                return CheckpointDescription(system: candidate.name, configuration: configuration)
            }
        }
        if let system { throw NetworkCheckpointError.otherSystem(file: checkpoint.file, system: system.name) }
        throw NetworkCheckpointError.undescribed(file: checkpoint.file)
    }

    /// Writes the network to a safetensors file that says what it is.
    ///
    /// - Throws: `CheckpointError`, `TorchError`.
    public func write(to file: String) throws {
        try SafetensorsFile.write(network.state(), metadata: description.metadata, to: file)
    }
}
