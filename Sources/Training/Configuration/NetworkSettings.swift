import Networks
import Torch

/// Which network is trained, and which part of it.
public struct NetworkSettings: Configuration, Hashable {
    /// The system, such as "fusionmamba-rs".
    public var system = "fusionmamba-rs"
    /// A configuration of the system that has a name; empty for the system's defaults.
    public var preset = ""
    /// Settings of the system that take the place of the preset's.
    public var settings = JSONValue.object([:])
    /// A checkpoint to begin with; empty for random weights.
    public var weights = ""
    /// Patterns of parameters that stay as they are.
    public var frozen: [String] = []
    /// Which weights are updated by low-rank matrices, in place of all.
    public var lowRank = AdaptationSettings()

    /// All keys.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case system, preset, settings, weights, frozen
        case lowRank = "low-rank"
    }

    /// The section inside.
    public static var nested: [String: any Configuration.Type] { ["low-rank": AdaptationSettings.self] }

    /// The defaults.
    public init() {}

    /// Checks names, and that the network can be built.
    public func validate() throws(ConfigurationError) {
        try requireName(system, of: NetworkSystem.all.map(\.name), "network.system")
        let found = try self.found
        if !preset.isEmpty { try requireName(preset, of: found.presets.map(\.name), "network.preset") }
        try lowRank.validate()
        guard case .object = settings else { throw .wrongType(key: "network.settings", expected: "an object") }
        _ = try build()
    }

    private var found: NetworkSystem {
        get throws(ConfigurationError) {
            guard let found = NetworkSystem.named(system) else {
                throw .unknownKey(key: "network.system", nearest: nil)
            }
            return found
        }
    }

    /// The network without values for its parameters.
    ///
    /// - Throws: what the system refuses; keys begin with "network.settings".
    public func build() throws(ConfigurationError) -> any FusionNetwork {
        let found = try found
        do {
            var merged: [String: JSONValue] = [:]
            if let text = found.preset(named: preset)?.json { merged = try JSONValue(text: text).object ?? [:] }
            for (key, value) in settings.object ?? [:] { merged[key] = value }
            return try found.network(JSONValue.object(merged).text)
        } catch let error as ConfigurationError {
            throw error.inside("network.settings")
        } catch {
            throw .malformed(reason: "\(error)")
        }
    }
}

extension ConfigurationError {
    /// The same error of a key inside another one.
    func inside(_ outer: String) -> ConfigurationError {
        switch self {
        case .outOfRange(let key, let value, let allowed):
            .outOfRange(key: "\(outer).\(key)", value: value, allowed: allowed)
        case .unknownKey(let key, let nearest): .unknownKey(key: "\(outer).\(key)", nearest: nearest)
        case .wrongType(let key, let expected): .wrongType(key: "\(outer).\(key)", expected: expected)
        case .missingKey(let key): .missingKey(key: "\(outer).\(key)")
        case .malformed: self
        }
    }
}
