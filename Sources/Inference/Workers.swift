import Foundation
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
    /// Pixels done and in all.
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

/// Threads of our own for work that blocks: reading, computing, writing.
enum Workers {
    /// Runs `body` for every index on `threads` threads, in any order, and returns when all have run.
    ///
    /// - Throws: the error of the lowest index that failed; work that has not begun is then left out.
    static func run(_ count: Int, threads: Int, _ body: @escaping @Sendable (Int) throws -> Void) throws {
        let state = Mutex((next: 0, failures: [Int: any Error]()))
        @Sendable func work() {
            while true {
                let index = state.withLock { state -> Int? in
                    guard state.next < count, state.failures.isEmpty else { return nil }
                    defer { state.next += 1 }
                    return state.next
                }
                guard let index else { return }
                do { try body(index) } catch { state.withLock { $0.failures[index] = error } }
            }
        }
        let group = DispatchGroup()
        for _ in 1..<max(1, min(threads, count)) {
            group.enter()
            let thread = Thread {
                work()
                group.leave()
            }
            // The default of half a megabyte is little for GDAL's drivers.
            thread.stackSize = 8 << 20
            thread.start()
        }
        work()
        group.wait()
        let failures = state.withLock { $0.failures }
        if let first = failures.min(by: { $0.key < $1.key }) { throw first.value }
    }
}
