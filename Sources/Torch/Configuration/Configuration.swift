import Foundation

/// Settings of a network, a method or a run: a plain value whose defaults are the authors'.
///
/// `init()` gives the defaults, so that synthesised decoding is enough; `CodingKeys` has the spelling of the file:
///
/// ```swift
/// public struct BlockConfiguration: Configuration {
///     public var width = 32
///     public var window: Int?
///     public enum CodingKeys: String, CodingKey, CaseIterable { case width = "d_model", window }
///     public init() {}
/// }
/// ```
public protocol Configuration: Codable, Sendable {
    /// All keys.
    associatedtype CodingKeys: CodingKey & CaseIterable

    /// The configurations inside this one, by key: their objects are completed with this one's defaults, and their keys
    /// checked. Objects in lists are read as they are.
    static var nested: [String: any Configuration.Type] { get }

    /// The defaults.
    init()

    /// Checks what types can't say, also of configurations inside.
    ///
    /// - Throws: usually ``ConfigurationError/outOfRange(key:value:allowed:)``.
    func validate() throws(ConfigurationError)
}

extension Configuration {
    /// No configurations inside.
    public static var nested: [String: any Configuration.Type] { [:] }

    /// Accepts every value.
    public func validate() throws(ConfigurationError) {}

    fileprivate static var keys: [String] { CodingKeys.allCases.map(\.stringValue) }
}

/// Reads a configuration from JSON; keys that are absent have their defaults.
///
/// - Parameters:
///   - type: what to read.
///   - json: an object in UTF-8.
/// - Throws: ``ConfigurationError``: for text that is not JSON, a key that is not known (with the one most like it), a
///   value of a wrong type, or what ``Configuration/validate()`` refuses. Keys inside others are written "outer.inner".
public func decodeConfiguration<Settings: Configuration>(
    _ type: Settings.Type, from json: Data
) throws(ConfigurationError) -> Settings {
    let settings: Settings
    do {
        let given = try JSONDecoder().decode(JSONValue.self, from: json)
        guard case .object(let values) = given else {
            throw ConfigurationError.malformed(reason: "it starts with another value")
        }
        let defaults = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(Settings()))
        let merged = try complete(defaults, with: values, of: type, path: "")
        settings = try decode(type, merged)
    } catch let error as ConfigurationError {
        throw error
    } catch let error as DecodingError {
        throw ConfigurationError(error)
    } catch {
        throw .malformed(reason: "\(error)")
    }
    try settings.validate()
    return settings
}

/// Reads a configuration with all its keys.
private func decode<Settings: Configuration>(_ type: Settings.Type, _ value: JSONValue) throws -> Settings {
    func attempt(_ value: JSONValue) throws -> Settings {
        try JSONDecoder().decode(type, from: JSONEncoder().encode(value))
    }
    do {
        return try attempt(value)
    } catch let error as DecodingError {
        // Of 1.5 or −1 in the place of a natural number Foundation says "not valid JSON", and not where.
        guard case .dataCorrupted(let context) = error, context.codingPath.isEmpty,
            let place = value.numbers().first(where: { place in
                (try? attempt(value.replacingNumbers(with: .integer(1), except: place.path))) == nil
            })
        else { throw error }
        throw ConfigurationError.wrongType(
            key: place.path.joined(separator: "."),
            expected: place.isWhole ? "an integer of 0 or more" : "an integer")
    }
}

extension JSONValue {
    /// The places of all numbers.
    fileprivate func numbers(at path: [String] = []) -> [(path: [String], isWhole: Bool)] {
        switch self {
        case .integer: [(path, true)]
        case .number: [(path, false)]
        case .array(let values): values.enumerated().flatMap { $1.numbers(at: path + ["\($0)"]) }
        case .object(let values): values.sorted { $0.key < $1.key }.flatMap { $1.numbers(at: path + [$0]) }
        case .null, .bool, .string: []
        }
    }

    /// The same with another number in all places but one.
    fileprivate func replacingNumbers(
        with number: JSONValue, except kept: [String], at path: [String] = []
    ) -> JSONValue {
        func replaced(_ value: JSONValue, _ key: String) -> JSONValue {
            value.replacingNumbers(with: number, except: kept, at: path + [key])
        }
        return switch self {
        case .integer, .number: path == kept ? self : number
        case .array(let values): .array(values.enumerated().map { replaced($1, "\($0)") })
        case .object(let values):
            .object(Dictionary(uniqueKeysWithValues: values.map { ($0, replaced($1, $0)) }))
        case .null, .bool, .string: self
        }
    }
}

/// Reads a configuration from JSON text, as ``decodeConfiguration(_:from:)`` does from data.
public func decodeConfiguration<Settings: Configuration>(
    _ type: Settings.Type, from json: String
) throws(ConfigurationError) -> Settings {
    try decodeConfiguration(type, from: Data(json.utf8))
}

/// The defaults, with what is given in their place.
private func complete(
    _ defaults: JSONValue, with given: [String: JSONValue], of type: any Configuration.Type, path: String
) throws(ConfigurationError) -> JSONValue {
    var merged: [String: JSONValue] = [:]
    if case .object(let values) = defaults { merged = values }
    for (key, value) in given.sorted(by: { $0.key < $1.key }) {
        let fullKey = joined(path, key)
        guard type.keys.contains(key) else {
            throw .unknownKey(key: fullKey, nearest: nearest(to: key, among: type.keys))
        }
        if let inner = type.nested[key], case .object(let values) = value {
            merged[key] = try complete(merged[key] ?? .null, with: values, of: inner, path: fullKey)
        } else {
            merged[key] = value
        }
    }
    return .object(merged)
}

extension ConfigurationError {
    /// The same in our words.
    fileprivate init(_ error: DecodingError) {
        func path(_ context: DecodingError.Context, _ last: (any CodingKey)? = nil) -> String {
            (context.codingPath + [last].compactMap { $0 }).map { $0.intValue.map { "\($0)" } ?? $0.stringValue }
                .joined(separator: ".")
        }
        switch error {
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            self = .wrongType(key: path(context), expected: name(of: type))
        case .keyNotFound(let key, let context):
            self = .missingKey(key: path(context, key))
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            self = .wrongType(key: path(context), expected: "another value: \(context.debugDescription)")
        case .dataCorrupted(let context):
            self = .malformed(reason: context.underlyingError.map { "\($0)" } ?? context.debugDescription)
        @unknown default:
            self = .malformed(reason: "\(error)")
        }
    }
}

/// A type in the words of someone who writes JSON.
private func name(of type: Any.Type) -> String {
    switch type {
    case is any BinaryInteger.Type: "an integer"
    case is any BinaryFloatingPoint.Type: "a number"
    case is String.Type: "a text"
    case is Bool.Type: "true or false"
    default: "\(type)".hasPrefix("Array") ? "a list" : "an object"
    }
}
