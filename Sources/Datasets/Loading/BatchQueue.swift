import Foundation

/// Batches that worker threads have made ahead of the consumer, who takes them in order.
///
/// `@unchecked Sendable`: everything that changes is touched under `condition` only.
final class BatchQueue: @unchecked Sendable {
    private let maker: BatchMaker
    private let condition = NSCondition()
    /// Batches that may be in work or waiting at a time.
    private let mostAhead: Int
    private var ready: [Int: Result<Batch, any Error>] = [:]
    /// The next step that a worker begins, and the next that the consumer takes.
    private var nextToMake: Int
    private var nextToTake: Int
    /// Steps from here on are not begun: the epoch ends, or a batch failed.
    private var end: Int
    private var isStopped = false
    private var running = 0

    init(_ maker: BatchMaker, from step: Int, workers: Int) {
        self.maker = maker
        (nextToMake, nextToTake, end) = (step, step, maker.plan.count)
        mostAhead = 2 * workers
        running = min(workers, max(0, end - step))
        for _ in 0..<running {
            let thread = Thread { self.work() }
            thread.name = "samples"
            // The default of half a megabyte is little for GDAL's drivers.
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    private func work() {
        while let step = begin() {
            let result = Result { try maker.batch(step) { condition.withLock { isStopped } } }
            condition.withLock {
                switch result {
                case .success(let batch): ready[step] = batch.map { .success($0) }
                case .failure(let error):
                    ready[step] = .failure(error)
                    end = min(end, step + 1)
                }
                condition.broadcast()
            }
        }
        condition.withLock {
            running -= 1
            condition.broadcast()
        }
    }

    /// The step that a worker makes next; waits until there is room for it. Nil when there is nothing left to make.
    private func begin() -> Int? {
        condition.withLock {
            while !isStopped, nextToMake < end, nextToMake >= nextToTake + mostAhead { condition.wait() }
            guard !isStopped, nextToMake < end else { return nil }
            defer { nextToMake += 1 }
            return nextToMake
        }
    }

    /// Waits for a step and takes it; steps are taken in order, each once.
    func take(_ step: Int) throws -> Batch {
        let result = condition.withLock {
            while ready[step] == nil { condition.wait() }
            nextToTake = step + 1
            condition.broadcast()
            return ready.removeValue(forKey: step)
        }
        guard let result else { preconditionFailure("step \(step) was there a moment ago") }
        return try result.get()
    }

    /// Ends the workers and waits for them, at most as long as a sample takes.
    func stop() {
        condition.withLock {
            isStopped = true
            condition.broadcast()
            while running > 0 { condition.wait() }
        }
    }
}
