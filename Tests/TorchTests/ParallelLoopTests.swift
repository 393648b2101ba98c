import CTorch
import Foundation
import Synchronization
import Testing
import Torch

@Suite("Parallel loop")
struct ParallelLoopTests {
    /// What the parts of a loop tell each other.
    private final class Meeting: Sendable {
        let arrived = Atomic(0)
        let missed = Atomic(0)
        let covered = Mutex<[Range<Int64>]>([])
    }

    private func run(_ meeting: Meeting, count: Int64, body: Body) {
        withExtendedLifetime(meeting) {
            fk_parallel_for(nil, count, body, Unmanaged.passUnretained(meeting).toOpaque())
        }
    }

    private typealias Body = @convention(c) (UnsafeMutableRawPointer?, Int64, Int64) -> Void

    @Test("runs its parts at the same time, on the threads that it may use")
    func isParallel() {
        let before = TorchLibrary.threads
        TorchLibrary.threads = 2
        defer { TorchLibrary.threads = before }
        let meeting = Meeting()
        // Each part waits for the other: one after the other they would never meet.
        run(meeting, count: 2) { context, _, _ in
            guard let context else { return }
            let meeting = Unmanaged<Meeting>.fromOpaque(context).takeUnretainedValue()
            meeting.arrived.add(1, ordering: .sequentiallyConsistent)
            let deadline = Date() + 20
            while meeting.arrived.load(ordering: .sequentiallyConsistent) < 2 {
                if Date() > deadline {
                    meeting.missed.add(1, ordering: .sequentiallyConsistent)
                    return
                }
                usleep(100)
            }
        }
        #expect(meeting.arrived.load(ordering: .sequentiallyConsistent) == 2)
        #expect(meeting.missed.load(ordering: .sequentiallyConsistent) == 0)
    }

    @Test("covers everything once", arguments: [0, 1, 2, 3, 7, 1000] as [Int64])
    func covers(count: Int64) {
        let before = TorchLibrary.threads
        TorchLibrary.threads = 3
        defer { TorchLibrary.threads = before }
        let meeting = Meeting()
        run(meeting, count: count) { context, begin, end in
            guard let context else { return }
            let meeting = Unmanaged<Meeting>.fromOpaque(context).takeUnretainedValue()
            meeting.covered.withLock { $0.append(begin..<end) }
        }
        let parts = meeting.covered.withLock { $0 }.sorted { $0.lowerBound < $1.lowerBound }
        #expect(parts.flatMap { Array($0) } == Array(0..<count))
    }
}
