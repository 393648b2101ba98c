import Foundation
import Torch

extension JSONValue {
    /// Reads JSON text.
    init(text: String) throws { self = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) }

    /// What a configuration holds.
    init(_ settings: some Configuration) throws {
        self = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(settings))
    }

    /// The entries of an object; nil for everything else.
    var object: [String: JSONValue]? { if case .object(let values) = self { values } else { nil } }

    /// JSON text, the same for the same values.
    var text: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }
}
