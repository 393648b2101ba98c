import ArgumentParser
import Foundation
import FusionKit

/// Memory and threads that the work may use.
struct WorkOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Memory to use, such as 500MB, 4GB or 2GiB (default: 2GiB).", valueName: "size"))
    var memory: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Threads (default: one for each core).", valueName: "count"))
    var threads: Int?

    func validate() throws {
        if let memory {
            guard let bytes = ByteCount.parse(memory) else {
                throw ValidationError(
                    "--memory \(memory) is no size; write it as 500MB, 4GB, 2GiB or a number of bytes.")
            }
            guard bytes >= Self.least else {
                throw ValidationError("--memory \(memory) is \(bytes) bytes; give 64MB or more.")
            }
        }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads is \(threads); give 1 to 1024.")
        }
    }

    private static let least = 64_000_000

    /// Bytes that the work may use.
    var memoryBytes: Int { memory.flatMap(ByteCount.parse) ?? 2 << 30 }

    var threadCount: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }
}

/// What work with networks may use.
struct ResourceOptions: ParsableArguments {
    @OptionGroup var work: WorkOptions

    @Option(help: "Where networks are computed.")
    var device = DeviceChoice.auto

    /// Bytes that the work may use.
    var memoryBytes: Int { work.memoryBytes }

    var threadCount: Int { work.threadCount }
}
