import Synchronization

/// A number that any thread changes.
final class Counter: Sendable {
    private let number = Atomic<Int>(0)

    /// Adds to the number and gives the new one.
    func add(_ amount: Int) -> Int { number.add(amount, ordering: .relaxed).newValue }

    /// Sets the number and gives the old one, unless that is larger already.
    func raise(to value: Int) -> Int { number.max(value, ordering: .relaxed).oldValue }
}
