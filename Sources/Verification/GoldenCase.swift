import Foundation
import Torch

/// A golden file: inputs, parameters, and what the authors' program made of them.
public struct GoldenCase {
    /// The file.
    public let file: String
    /// The system that it is of, such as "fusionmamba-rs".
    public let system: String
    /// What to build, such as "network" or "selective_scan".
    public let component: String
    /// The name of the case.
    public let name: String
    /// The configuration, as the authors' program spells it.
    public let configuration: GoldenConfiguration
    /// Absolute tolerance: |a − b| ≤ atol + rtol · |b|.
    public let absoluteTolerance: Double
    /// Relative tolerance.
    public let relativeTolerance: Double
    /// Scalars that are expected, from the metadata key `values`.
    public let values: [String: Double]
    /// Names of parameters that the authors' program leaves without a gradient.
    public let withoutGradient: Set<String>
    /// Name of a checkpoint file that holds the parameters.
    public let checkpoint: String?
    /// Files beside this one that hold the parameters.
    public let parameterFiles: [String]
    private let safetensors: SafetensorsFile

    /// Opens a file; nil when it is no golden file (it names no system and component).
    ///
    /// - Throws: `CheckpointError` for a file that is not sound, ``GoldenError`` for metadata that can't be understood.
    public init?(_ file: String) throws {
        safetensors = try SafetensorsFile(file)
        let metadata = safetensors.metadata
        guard let system = metadata["system"], let component = metadata["component"] else { return nil }
        self.file = file
        self.system = system
        self.component = component
        name = metadata["case"] ?? URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
        configuration = try GoldenConfiguration(metadata["config"] ?? "{}")
        func tolerance(_ key: String) throws -> Double {
            guard let text = metadata[key], let value = Double(text), value >= 0 else {
                throw GoldenError(message: "its metadata has no number '\(key)'.")
            }
            return value
        }
        absoluteTolerance = try tolerance("atol")
        relativeTolerance = try tolerance("rtol")
        values = try metadata["values"].map(Self.scalars) ?? [:]
        withoutGradient = Set(try metadata["no_grad"].map(Self.list) ?? [])
        checkpoint = metadata["checkpoint"]
        parameterFiles = try metadata["params_from"].map(Self.list) ?? []
    }

    /// The tensors whose names begin with a prefix, under what follows it; "output" alone is the empty name of "output.".
    func tensors(_ prefix: String) throws -> [String: Tensor] {
        var result: [String: Tensor] = [:]
        for name in safetensors.names {
            if name == prefix {
                result[""] = try safetensors.tensor(name)
            } else if name.hasPrefix(prefix + ".") {
                result[String(name.dropFirst(prefix.count + 1))] = try safetensors.tensor(name)
            }
        }
        return result
    }

    private static func scalars(_ json: String) throws -> [String: Double] {
        guard let object = try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any] else {
            throw GoldenError(message: "its metadata 'values' is no JSON object.")
        }
        return object.compactMapValues { value in
            // NaN and infinities are written as texts.
            (value as? NSNumber)?.doubleValue ?? (value as? String).flatMap { Double($0) }
        }
    }

    private static func list(_ json: String) throws -> [String] {
        guard let names = try? JSONDecoder().decode([String].self, from: Data(json.utf8)) else {
            throw GoldenError(message: "its metadata holds a list that is none: \(json.prefix(80))")
        }
        return names
    }
}

/// A golden file that can't be used.
public struct GoldenError: Error, Sendable, Hashable, CustomStringConvertible {
    let message: String
    /// What is wrong.
    public var description: String { message }
}

/// The settings of a golden file.
public struct GoldenConfiguration {
    private let values: [String: Any]

    init(_ json: String) throws {
        guard let values = try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any] else {
            throw GoldenError(message: "its metadata 'config' is no JSON object.")
        }
        self.values = values
    }

    private init(values: [String: Any]) { self.values = values }

    /// The setting of a name and type, if there is one.
    func optional<Value>(_ key: String, as type: Value.Type = Value.self) -> Value? {
        if type == Double.self { return (values[key] as? NSNumber)?.doubleValue as? Value }
        if type == Int.self { return (values[key] as? NSNumber)?.intValue as? Value }
        if type == Bool.self { return (values[key] as? NSNumber)?.boolValue as? Value }
        return values[key] as? Value
    }

    /// These settings as a network's configuration; what the network has no key for is left out.
    func settings<Settings: Configuration>(_ type: Settings.Type = Settings.self) throws -> Settings {
        let known = Set(Settings.CodingKeys.allCases.map(\.stringValue))
        let data = try JSONSerialization.data(withJSONObject: values.filter { known.contains($0.key) })
        return try decodeConfiguration(type, from: data)
    }

    /// The settings inside a setting.
    func nested(_ key: String) throws -> GoldenConfiguration {
        GoldenConfiguration(values: try value(key, as: [String: Any].self))
    }

    /// The setting of a name and type.
    func value<Value>(_ key: String, as type: Value.Type = Value.self) throws -> Value {
        guard let value = optional(key, as: type) else {
            throw GoldenError(message: "its configuration has no '\(key)' of type \(type).")
        }
        return value
    }
}
