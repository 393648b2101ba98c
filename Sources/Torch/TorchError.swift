import CTorch
import Synchronization

/// A tensor operation that failed: its name, the shapes of its operands and libtorch's reason.
public struct TorchError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Operation, operand types and shapes, and reason, in one sentence.
    public let message: String

    /// An error with a message.
    public init(_ message: String) { self.message = message }

    /// The message.
    public var description: String { message }
}

/// Runs `body` and throws the first error of a tensor operation in it.
///
/// Inside, an operation that fails yields an empty tensor, so that expressions need no `try`; later results of the
/// scope mean nothing then. Read a value to decide something only after ``checkTorchErrors()``. Outside any such
/// scope a failing operation ends the process with the message.
///
/// - Throws: ``TorchError`` of the first failed operation, or what `body` throws.
public func withTorchErrors<Result>(_ body: () throws -> Result) throws -> Result {
    let box = TorchErrorBox()
    let outcome = TorchErrorBox.$current.withValue(box) { Swift.Result { try body() } }
    if let error = box.first { throw error }
    return try outcome.get()
}

/// Runs `body` as ``withTorchErrors(_:)`` does, where it waits for other tasks.
public func withTorchErrors<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
) async throws -> Result {
    let box = TorchErrorBox()
    let result: Result
    do {
        result = try await TorchErrorBox.$current.withValue(box) { try await body() }
    } catch {
        throw box.first ?? error
    }
    if let error = box.first { throw error }
    return result
}

/// Throws the error of the surrounding ``withTorchErrors(_:)`` scope, if an operation in it has failed.
public func checkTorchErrors() throws {
    if let error = TorchErrorBox.current?.first { throw error }
}

/// Keeps the first error of a scope.
final class TorchErrorBox: Sendable {
    @TaskLocal static var current: TorchErrorBox?

    private let error = Mutex<TorchError?>(nil)

    var first: TorchError? { error.withLock { $0 } }

    func record(_ newError: TorchError) {
        error.withLock { if $0 == nil { $0 = newError } }
    }
}

/// The message of the operation that has just failed on this thread.
func takeTorchError() -> TorchError {
    guard let text = fk_take_error() else { return TorchError("a tensor operation failed without a reason") }
    defer { fk_string_free(text) }
    return TorchError(String(cString: text))
}

/// Hands an error to the surrounding scope, or ends the process where there is none.
func report(_ error: TorchError) {
    guard let box = TorchErrorBox.current else { fatalError(error.message) }
    box.record(error)
}

/// Reports the error of a C function that returned false.
func checked(_ succeeded: Bool) {
    if !succeeded { report(takeTorchError()) }
}
