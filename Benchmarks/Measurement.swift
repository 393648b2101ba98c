import Foundation
import Torch

/// One of the things that are compared: what it is called, and how it is run once.
struct Contestant {
    let name: String
    let run: () throws -> Void

    init(_ name: String, _ run: @escaping () throws -> Void) {
        self.name = name
        self.run = run
    }
}

/// What one contestant needed for one run.
struct Measurement: Encodable {
    /// Name of the contestant.
    let name: String
    /// Median over the rounds.
    let wallSeconds: Double
    /// Median over the rounds, all threads.
    let processorSeconds: Double
    /// Median over the rounds of this contestant's processor time divided by that of the first one in the same round.
    let ratioToFirst: Double
    /// Growth of the resident memory over that before the run, or of a process of its own all of it; nil where the system
    /// does not tell.
    let peakBytes: Int?
}

/// Runs contestants in turns, so that whatever else the machine does falls on all of them.
///
/// Every contestant runs once before anything is measured, once for its memory, then as often as fills about `seconds`.
func measure(_ contestants: [Contestant], seconds: Double = 6, mostRounds: Int = 15) throws -> [Measurement] {
    var peaks: [Int?] = []
    var warmUp = 0.0
    for contestant in contestants {
        try contestant.run()
        let start = now()
        peaks.append(try peakGrowth(of: contestant.run))
        warmUp += now() - start
    }
    let rounds = max(3, min(mostRounds, Int(seconds / max(warmUp, 1e-6))))
    var walls = [[Double]](repeating: [], count: contestants.count)
    var processor = walls
    for _ in 0..<rounds {
        for (index, contestant) in contestants.enumerated() {
            let (wall, cpu) = (now(), processorTime())
            try contestant.run()
            walls[index].append(now() - wall)
            processor[index].append(processorTime() - cpu)
        }
    }
    return contestants.indices.map { index in
        Measurement(
            name: contestants[index].name, wallSeconds: median(walls[index]),
            processorSeconds: median(processor[index]),
            ratioToFirst: median(zip(processor[index], processor[0]).map { $0 / $1 }), peakBytes: peaks[index])
    }
}

/// Runs each contestant once, where a run takes seconds and says enough.
func measureOnce(_ contestants: [Contestant]) throws -> [Measurement] {
    var measurements: [Measurement] = []
    for contestant in contestants {
        let start = now()
        var processor = 0.0
        let peak = try peakGrowth { processor = try processorSeconds(contestant.run) }
        let first = measurements.first?.processorSeconds ?? processor
        measurements.append(
            Measurement(
                name: contestant.name, wallSeconds: now() - start, processorSeconds: processor,
                ratioToFirst: processor / first, peakBytes: peak))
    }
    return measurements
}

/// Runs `body` with a number of threads for tensor operations.
func withThreads<Result>(_ threads: Int, _ body: () throws -> Result) rethrows -> Result {
    let before = TorchLibrary.threads
    TorchLibrary.threads = threads
    defer { TorchLibrary.threads = before }
    return try body()
}

private func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

private func now() -> Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }

/// Seconds of user and system time that `body` takes on all threads.
func processorSeconds(_ body: () throws -> Void) rethrows -> Double {
    let start = processorTime()
    try body()
    return processorTime() - start
}

/// Seconds of user and system time of all threads.
private func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// How far the resident memory rises while `body` runs, from the kernel's high-water mark; nil where there is none.
private func peakGrowth(of body: () throws -> Void) throws -> Int? {
    #if os(Linux)
    // What was freed but kept by the allocator would hide the first part of the growth.
    giveBackFreeMemory()
    try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
    let before = memory("VmRSS")
    try body()
    guard let before, let peak = memory("VmHWM"), peak >= before else { return nil }
    return peak - before
    #else
    try body()
    return nil
    #endif
}

/// glibc's malloc_trim, which Swift's module of the C library does not show.
private func giveBackFreeMemory() {
    guard let function = dlsym(nil, "malloc_trim") else { return }
    _ = unsafeBitCast(function, to: (@convention(c) (Int) -> Int32).self)(0)
}

/// A line of /proc/self/status, in bytes.
private func memory(_ key: String) -> Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
    let line = status.split(separator: "\n").first { $0.hasPrefix("\(key):") }
    return line.flatMap { $0.split(whereSeparator: \.isWhitespace).dropFirst().first }.flatMap { Int($0) }.map {
        $0 << 10
    }
}
