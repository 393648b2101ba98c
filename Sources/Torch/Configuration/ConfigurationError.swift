/// A setting that cannot be used: which one, what it is, what it may be.
public enum ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A value that is not allowed.
    case outOfRange(key: String, value: String, allowed: String)
    /// A name that does not exist, and the one most like it.
    case unknownKey(key: String, nearest: String?)
    /// A value of another type than needed.
    case wrongType(key: String, expected: String)
    /// A key without a default that is not there.
    case missingKey(key: String)
    /// Text that is not JSON, or not a JSON object.
    case malformed(reason: String)

    /// A sentence with the key.
    public var description: String {
        switch self {
        case .outOfRange(let key, let value, let allowed): "'\(key)' is \(value); it must be \(allowed)."
        case .unknownKey(let key, let nearest?): "'\(key)' is not known; did you mean '\(nearest)'?"
        case .unknownKey(let key, nil): "'\(key)' is not known."
        case .wrongType(let key, let expected): "'\(key)' must be \(expected)."
        case .missingKey(let key): "'\(key)' is missing."
        case .malformed(let reason): "the configuration is not a JSON object: \(reason)"
        }
    }
}

/// Throws the error of a number that is not within a range.
package func requireRange(
    _ key: some CodingKey, _ value: Int, _ allowed: ClosedRange<Int>
) throws(ConfigurationError) {
    guard !allowed.contains(value) else { return }
    throw .outOfRange(
        key: key.stringValue, value: "\(value)", allowed: "\(allowed.lowerBound) to \(allowed.upperBound)")
}

/// The name most like another one: the fewest letters to insert, remove or replace (Levenshtein 1966), the first of
/// several.
///
/// - Returns: nil where even the best differs in more than half of the letters.
package func nearest(to name: String, among candidates: [String]) -> String? {
    let ranked = candidates.map { ($0, editDistance(name, $0)) }
    guard let best = ranked.min(by: { $0.1 < $1.1 }), 2 * best.1 <= max(name.count, best.0.count) else { return nil }
    return best.0
}

private func editDistance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.lowercased()), Array(b.lowercased()))
    var row = Array(0...b.count)
    for (i, letter) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, other) in b.enumerated() {
            let replaced = diagonal + (letter == other ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[b.count]
}
