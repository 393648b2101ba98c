import Foundation
import Synchronization

/// Threads of our own for work that blocks: reading, computing, writing.
package enum Workers {
    /// Runs `body` for every index on `threads` threads, in any order, and returns when all have run.
    ///
    /// - Throws: the error of the lowest index that failed; work that has not begun is then left out.
    package static func run(_ count: Int, threads: Int, _ body: @escaping @Sendable (Int) throws -> Void) throws {
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
