import Torch

extension TrainingConfiguration {
    /// The whole configuration as YAML that ``init(yaml:changes:)`` reads, every key with a line that says what it is.
    public var yaml: String {
        get throws {
            try Self.lines(JSONValue(self), of: Self.self, path: "", indentation: 0).joined(separator: "\n") + "\n"
        }
    }

    private static func lines(
        _ value: JSONValue, of type: any Configuration.Type, path: String, indentation: Int
    ) throws -> [String] {
        let values = value.object ?? [:]
        let margin = String(repeating: "  ", count: indentation)
        return try keys(of: type).flatMap { key -> [String] in
            let place = path.isEmpty ? key : "\(path).\(key)"
            let comments = (comments[place] ?? []).map { "\(margin)# \($0)" }
            if let inner = type.nested[key] {
                let below = try lines(
                    values[key] ?? .null, of: inner, path: place, indentation: indentation + 1)
                return [""] + comments + ["\(margin)\(key):"] + below
            }
            return comments + ["\(margin)\(key): \(try flow(values[key] ?? .null))"]
        }
    }

    private static func keys(of type: any Configuration.Type) -> [String] {
        func names<Settings: Configuration>(_ type: Settings.Type) -> [String] {
            Settings.CodingKeys.allCases.map(\.stringValue)
        }
        return names(type)
    }

    /// A value on one line.
    private static func flow(_ value: JSONValue) throws -> String {
        switch value {
        case .array(let values): "[\(try values.map(flow).joined(separator: ", "))]"
        case .object(let values):
            "{\(try values.sorted { $0.key < $1.key }.map { "\($0.key): \(try flow($0.value))" }.joined(separator: ", "))}"
        case .string(let text) where isPlain(text): text
        default: try value.text
        }
    }

    /// Whether a text needs no quotes: letters, and what can't be taken for anything else.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.first, first.isLetter,
            text.allSatisfy({ $0.isLetter || $0.isNumber || "-_/.".contains($0) })
        else { return false }
        return (try? JSONValue(yaml: text)) == .string(text)
    }
}
