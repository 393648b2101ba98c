/// A state that does not fit a module, with everything in which it differs.
public struct StateError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A tensor by its name.
    public struct Entry: Sendable, Hashable, CustomStringConvertible {
        /// Full name.
        public let name: String
        /// Its shape, where it is.
        public let shape: [Int]
        /// Such as "conv.weight [8, 4, 3, 3]".
        public var description: String { "\(name) \(shape)" }
    }

    /// A tensor of another shape than the module's.
    public struct Mismatch: Sendable, Hashable, CustomStringConvertible {
        /// Full name.
        public let name: String
        /// The module's.
        public let expected: [Int]
        /// The state's.
        public let found: [Int]
        /// Such as "conv.weight [8, 4, 3, 3] needed, [8, 8, 3, 3] found".
        public var description: String { "\(name) \(expected) needed, \(found) found" }
    }

    /// The type of the module, or what else the state was for.
    public let owner: String
    /// What the state lacks, in the module's order.
    public let missing: [Entry]
    /// What the module lacks, by name.
    public let unexpected: [Entry]
    /// What has another shape, in the module's order.
    public let mismatched: [Mismatch]

    /// All names; at most twenty of a kind are printed.
    public var description: String {
        let parts = [
            ("missing", missing.map(\.description)),
            ("unexpected", unexpected.map(\.description)),
            ("of another shape", mismatched.map(\.description)),
        ]
        let lines = parts.filter { !$1.isEmpty }.map { kind, entries in
            let more = entries.count > 20 ? ", and \(entries.count - 20) more" : ""
            return "\n  \(kind) (\(entries.count)): \(entries.prefix(20).joined(separator: ", "))\(more)"
        }
        return "the parameters do not fit \(owner); they may belong to another network or configuration."
            + lines.joined()
    }
}

/// Compares a state with what is to be filled from it.
///
/// - Returns: nil where nothing is wrong but what is allowed.
func compare(
    _ state: [String: Tensor], with expected: [(name: String, shape: [Int])], owner: String, allowing: StateTolerance
) -> StateError? {
    var rest = state
    var missing: [StateError.Entry] = []
    var mismatched: [StateError.Mismatch] = []
    for (name, shape) in expected {
        if let found = rest.removeValue(forKey: name) {
            if found.shape != shape { mismatched.append(.init(name: name, expected: shape, found: found.shape)) }
        } else {
            missing.append(.init(name: name, shape: shape))
        }
    }
    if allowing.contains(.missing) { missing = [] }
    if allowing.contains(.unexpected) { rest = [:] }
    if missing.isEmpty && rest.isEmpty && mismatched.isEmpty { return nil }
    let unexpected = rest.map { StateError.Entry(name: $0, shape: $1.shape) }.sorted { $0.name < $1.name }
    return StateError(owner: owner, missing: missing, unexpected: unexpected, mismatched: mismatched)
}

/// What ``Module/load(_:allowing:)`` lets pass.
public struct StateTolerance: OptionSet, Sendable {
    /// The bits.
    public let rawValue: Int
    /// Tolerance from bits.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// The state may lack tensors; they keep their values.
    public static let missing = StateTolerance(rawValue: 1)
    /// The state may have tensors that the module lacks.
    public static let unexpected = StateTolerance(rawValue: 2)
}
