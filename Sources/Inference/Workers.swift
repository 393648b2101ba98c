import Synchronization

/// Whether somebody asked to stop; may be set from any thread.
public final class Cancellation: Sendable {
    private let flag = Atomic<Bool>(false)

    /// Nobody has asked yet.
    public init() {}

    /// Asks to stop.
    public func cancel() { flag.store(true, ordering: .relaxed) }

    /// Whether somebody asked to stop.
    public var isCancelled: Bool { flag.load(ordering: .relaxed) }

    /// Throws when somebody asked to stop.
    public func check() throws {
        if isCancelled { throw SceneError(.cancelled, "Stopped as asked; nothing was written.", remedy: "") }
    }
}

/// What a piece of work tells while it runs.
public struct Progress: Sendable, Hashable {
    /// What is being done, such as "measuring" or "fusing".
    public var stage: String
    /// Pixels done and in all; 0 in all where nothing tells how far the work is.
    public var done: Int
    /// See ``done``.
    public var total: Int

    /// A state of the work.
    public init(stage: String, done: Int, total: Int) {
        self.stage = stage
        self.done = done
        self.total = total
    }
}
