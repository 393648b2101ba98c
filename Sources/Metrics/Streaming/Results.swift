import Synchronization

/// Results of pieces of work by their places, set from any thread.
final class Results<Value: Sendable>: Sendable {
    private let values: Mutex<[Value?]>

    init(count: Int) { values = Mutex([Value?](repeating: nil, count: count)) }

    func set(_ value: Value, at index: Int) { values.withLock { $0[index] = value } }

    /// Those that were set, in the order of their places.
    var all: [Value] { values.withLock { $0.compactMap { $0 } } }
}
