import Foundation

/// What a piece of work took of the machine.
public struct ResourceUse: Sendable, Encodable, Hashable {
    /// Seconds on the clock.
    public var seconds: Double
    /// Seconds of all threads together.
    public var cpuSeconds: Double
    /// The most memory that was resident beyond what was before, in bytes; nil where the system does not tell.
    public var memoryBytes: Int?

    /// Runs some work and measures it. Memory is that of the whole process, so nothing else should run beside it.
    public static func measure<Result>(_ work: () throws -> Result) rethrows -> (result: Result, use: ResourceUse) {
        ProcessMemory.giveBack()
        let before = ProcessMemory.resident
        let isReset = ProcessMemory.resetPeak()
        let cpu = cpuSeconds
        let start = ContinuousClock.now
        let result = try work()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let cpuUsed = cpuSeconds - cpu
        var memory: Int?
        if isReset, let before, let peak = ProcessMemory.peak { memory = max(0, peak - before) }
        return (result, ResourceUse(seconds: seconds, cpuSeconds: cpuUsed, memoryBytes: memory))
    }

    private static var cpuSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

/// What Linux tells of the memory of this process.
private enum ProcessMemory {
    /// Bytes that are resident now.
    static var resident: Int? { value("VmRSS") }
    /// The most that was, since the start or ``resetPeak()``.
    static var peak: Int? { value("VmHWM") }

    /// Gives freed memory back to the system, so that what is used again counts again.
    static func giveBack() {
        // glibc has it; other C libraries keep less.
        guard let symbol = dlsym(UnsafeMutableRawPointer(bitPattern: 0), "malloc_trim") else { return }
        _ = unsafeBitCast(symbol, to: (@convention(c) (Int) -> Int32).self)(0)
    }

    /// Lets the peak begin anew; false where the system can't.
    static func resetPeak() -> Bool {
        guard let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return false }
        return (try? file.write(contentsOf: Data("5".utf8))) != nil
    }

    private static func value(_ key: String) -> Int? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
        let line = status.split(separator: "\n").first { $0.hasPrefix(key + ":") }
        return line?.split(whereSeparator: { " \t".contains($0) }).dropFirst().first.flatMap { Int($0) }
            .map { $0 << 10 }
    }
}
