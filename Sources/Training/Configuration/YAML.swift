import Torch
import Yams

extension JSONValue {
    /// Reads YAML (or JSON, which is part of it); anchors, merges and tags other than those of plain values are refused.
    ///
    /// - Throws: `ConfigurationError`.
    init(yaml: String) throws(ConfigurationError) {
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch {
            throw .malformed(reason: "\(error)")
        }
        guard let node else {
            self = .object([:])
            return
        }
        self = try Self.value(node, path: "")
    }

    private static func value(_ node: Node, path: String) throws(ConfigurationError) -> JSONValue {
        switch node {
        case .scalar: return scalar(node)
        case .sequence(let sequence):
            var values: [JSONValue] = []
            for (index, element) in sequence.enumerated() {
                values.append(try value(element, path: "\(path).\(index)"))
            }
            return .array(values)
        case .mapping(let mapping):
            var values: [String: JSONValue] = [:]
            for (key, element) in mapping {
                let name = key.string ?? ""
                let place = path.isEmpty ? name : "\(path).\(name)"
                // libyaml takes the last of two.
                guard values[name] == nil else { throw .malformed(reason: "'\(place)' is there twice") }
                values[name] = try value(element, path: place)
            }
            return .object(values)
        case .alias: throw .malformed(reason: "'\(path)' is an alias")
        }
    }

    private static func scalar(_ node: Node) -> JSONValue {
        if node.null != nil { return .null }
        if let value = node.bool { return .bool(value) }
        if let value = node.int { return .integer(value) }
        if let value = node.float { return .number(value) }
        return .string(node.string ?? "")
    }

    /// The same with another value at a path of keys such as "optimizer.rate"; objects on the way are made.
    func setting(_ path: ArraySlice<Substring>, to value: JSONValue) -> JSONValue {
        guard let key = path.first else { return value }
        var values = object ?? [:]
        values[String(key)] = (values[String(key)] ?? .object([:])).setting(path.dropFirst(), to: value)
        return .object(values)
    }
}

extension TrainingConfiguration {
    /// Reads a configuration; keys that are absent have their defaults.
    ///
    /// - Parameters:
    ///   - yaml: YAML or JSON text.
    ///   - changes: "optimizer.rate=1e-4" and the like, which win over the text.
    /// - Throws: `ConfigurationError`: for keys that are not known (with the nearest one), values of a wrong type, and what
    ///   ``validate()`` refuses.
    public init(yaml: String, changes: [String] = []) throws(ConfigurationError) {
        var value = try JSONValue(yaml: yaml)
        for change in changes {
            let parts = change.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw .malformed(reason: "'\(change)' sets nothing; write it as optimizer.rate=1e-4")
            }
            let path = parts[0].split(separator: ".", omittingEmptySubsequences: false)
            value = value.setting(path[...], to: try JSONValue(yaml: String(parts[1])))
        }
        let text: String
        do { text = try value.text } catch { throw .malformed(reason: "\(error)") }
        self = try decodeConfiguration(TrainingConfiguration.self, from: text)
    }
}
