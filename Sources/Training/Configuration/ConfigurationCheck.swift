import Torch

/// Throws the error of a value that is not allowed.
func require(
    _ isAllowed: Bool, _ key: String, _ value: Any, _ allowed: String
) throws(ConfigurationError) {
    guard isAllowed else { throw .outOfRange(key: key, value: "\(value)", allowed: allowed) }
}

/// Throws the error of a name that is none of some.
func requireName(_ name: String, of known: [String], _ key: String) throws(ConfigurationError) {
    guard !known.contains(name) else { return }
    let suggestion = nearest(to: name, among: known).map { " (did you mean '\($0)'?)" } ?? ""
    throw .outOfRange(key: key, value: "'\(name)'\(suggestion)", allowed: "one of \(known.joined(separator: ", "))")
}
