import Foundation

/// What a report says of the run, so that others can repeat it.
public struct RunRecord: Sendable, Encodable {
    /// A thing and its release.
    public struct Version: Sendable, Encodable {
        /// Such as "libtorch".
        public let name: String
        /// Such as "2.13.0".
        public let version: String

        /// A thing and its release.
        public init(_ name: String, _ version: String) { (self.name, self.version) = (name, version) }
    }

    /// The command line.
    public var command: String
    /// The folder that it was given in.
    public var directory: String
    /// When it was done, ISO 8601.
    public var date: String
    /// What computed.
    public var versions: [Version]
    /// The processor, as the system names it.
    public var processor: String
    /// Cores of the machine, and threads that the work used.
    public var cores: Int, threads: Int
    /// Memory of the machine in bytes.
    public var memoryBytes: Int

    /// A run of now, on this machine.
    ///
    /// - Parameters:
    ///   - words: the command line.
    ///   - threads: that the work used.
    public init(words: [String], versions: [Version], threads: Int) {
        command = ShellText.line(words)
        directory = FileManager.default.currentDirectoryPath
        date = Date().formatted(.iso8601)
        self.versions = versions
        self.threads = threads
        cores = ProcessInfo.processInfo.activeProcessorCount
        memoryBytes = Int(ProcessInfo.processInfo.physicalMemory)
        let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
        processor =
            lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
            .map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown processor"
    }
}
