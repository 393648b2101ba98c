import Foundation
import Torch

/// What networks are for: the command that runs them.
public enum FusionTask: String, Sendable, CaseIterable, Codable {
    /// A panchromatic image sharpens a multispectral one.
    case pansharpen
    /// An image of few bands sharpens a hyperspectral one.
    case hypersharpen
    /// Two images of one subject become one.
    case fuse
    /// An image is enlarged alone.
    case upscale
}

/// A configuration that has a name, for a sensor, a data set or an experiment.
public struct NetworkPreset: Sendable {
    /// The name on the command line, such as "wv3" or "cave-x4".
    public let name: String
    /// One line for people who choose.
    public let summary: String
    /// The configuration.
    public let configuration: any Configuration

    /// A preset.
    init(_ name: String, _ summary: String, _ configuration: any Configuration) {
        self.name = name
        self.summary = summary
        self.configuration = configuration
    }

    /// The configuration as a JSON object, the same text every time.
    public var json: String { configuration.json }
}

/// One of the network systems: what it is, and how to build it.
public struct NetworkSystem: Sendable {
    /// The name on the command line and in checkpoints, such as "fusionmamba-rs".
    public let name: String
    /// The name in the literature.
    public let title: String
    /// One line for people who choose.
    public let summary: String
    /// Who published it.
    public let source: String
    /// What it is for.
    public let tasks: [FusionTask]
    /// Configurations with names; the first is the published one that people most likely want.
    public let presets: [NetworkPreset]
    /// The bytes of the checkpoints that come with the library, by what they are for.
    let weights: [FusionTask: @Sendable () -> [UInt8]]
    /// Builds the network from a configuration in JSON; keys that are absent have their defaults.
    private let build: @Sendable (_ configuration: String) throws -> any FusionNetwork
    /// The name in the network of a parameter that a file calls otherwise; nil for one that is left out.
    let renamed: @Sendable (_ name: String) -> String?
    /// The configuration, in JSON, of the network with parameters of these shapes; nil where they are of another system.
    let inferred: @Sendable (_ shapes: [String: [Int]], _ ratio: Int?) -> String?

    /// A system.
    ///
    /// - Parameters:
    ///   - make: builds the network, without values for its parameters.
    ///   - renamed: the name in the network of a parameter that checkpoints of other versions call otherwise; nil for one
    ///     that is to be left out.
    ///   - inferred: the configuration of the network with parameters of these shapes, under the names of the file, and of
    ///     this ratio where they don't tell it; nil where they are of another system.
    ///   - weights: the bytes of the checkpoints that come with the library, by what they are for.
    init<Network: FusionNetwork>(
        name: String, title: String, summary: String, source: String, tasks: [FusionTask], presets: [NetworkPreset],
        make: @escaping @Sendable (Network.Settings) throws -> Network,
        renamed: @escaping @Sendable (_ name: String) -> String? = { $0 },
        inferred: @escaping @Sendable (_ shapes: [String: [Int]], _ ratio: Int?) -> Network.Settings?,
        weights: [FusionTask: @Sendable () -> [UInt8]] = [:]
    ) {
        self.name = name
        self.title = title
        self.summary = summary
        self.source = source
        self.tasks = tasks
        self.presets = presets
        build = { try make(decodeConfiguration(Network.Settings.self, from: $0)) }
        self.renamed = renamed
        self.weights = weights
        self.inferred = { inferred($0, $1)?.json }
    }

    /// Whether weights come with the library.
    public var hasWeights: Bool { !weights.isEmpty }

    /// The system of a name, in any case, if weights for a task come with the library.
    public static func shipped(_ name: String, for task: FusionTask) -> NetworkSystem? {
        named(name).flatMap { $0.weights[task] == nil ? nil : $0 }
    }

    /// Builds the network, without values for its parameters.
    ///
    /// - Parameter configuration: a JSON object; keys that are absent have their defaults.
    /// - Throws: `ConfigurationError`.
    public func network(_ configuration: String = "{}") throws -> any FusionNetwork { try build(configuration) }

    /// The preset of a name, in any case; nil when there is none.
    public func preset(named name: String) -> NetworkPreset? {
        presets.first { $0.name == name.lowercased() }
    }

    /// Every system.
    public static let all: [NetworkSystem] = [
        .consistentDetail, .salientDetail, .mmMamba, .leMamba, .fusionMambaRS, .fusionMambaMM,
    ]

    /// The system of a name, in any case; nil when there is none.
    public static func named(_ name: String) -> NetworkSystem? {
        all.first { $0.name == name.lowercased() }
    }
}

extension Configuration {
    /// This configuration as a JSON object; keys in order, so that the same settings give the same text.
    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // Configurations are numbers, texts and lists, all of them finite.
        guard let data = try? encoder.encode(self) else { preconditionFailure("\(self) can't be written as JSON") }
        return String(decoding: data, as: UTF8.self)
    }
}
