import Foundation

/// What a program of its own needed, by the kernel's account of it.
struct ProcessUsage {
    /// From its start to its end.
    var wallSeconds: Double
    /// User and system time of all its threads.
    var processorSeconds: Double
    /// Its largest resident memory.
    var peakBytes: Int
}

/// A program that could not be measured.
struct ProcessFailure: Error, CustomStringConvertible {
    let description: String
}

/// Runs a program to its end; what it prints is dropped unless it fails.
///
/// - Throws: ``ProcessFailure`` when it can't be started or fails, with the end of what it wrote to standard error.
func runProgram(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws -> ProcessUsage {
    let log = FileManager.default.temporaryDirectory.appending(path: "benchmark-\(UUID().uuidString).log").path
    defer { try? FileManager.default.removeItem(atPath: log) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)

    let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0)=\($1)" }
    var argumentPointers = ([program] + arguments).map { strdup($0) } + [nil]
    var variablePointers = variables.map { strdup($0) } + [nil]
    defer { (argumentPointers + variablePointers).forEach { free($0) } }

    let start = DispatchTime.now().uptimeNanoseconds
    var identifier: pid_t = 0
    let failure = posix_spawnp(&identifier, program, &actions, nil, &argumentPointers, &variablePointers)
    guard failure == 0 else { throw ProcessFailure(description: "\(program): \(String(cString: strerror(failure)))") }
    var status: Int32 = 0
    var usage = rusage()
    while wait4(identifier, &status, 0, &usage) < 0 && errno == EINTR {}
    let wall = Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
    guard status == 0 else {
        let message = (try? String(contentsOfFile: log, encoding: .utf8))?.suffix(400) ?? ""
        throw ProcessFailure(description: "\(program) failed: \(message)")
    }
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    return ProcessUsage(
        wallSeconds: wall, processorSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
        peakBytes: Int(usage.ru_maxrss) << 10)
}

/// Where a program lies on the search path; nil when it is not installed.
func installedProgram(_ name: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
}
