import Foundation
import Synchronization

/// Results on standard output, talk on standard error.
enum Console {
    /// Writes a result and ends the line.
    ///
    /// - Throws: ``Failure`` when standard output does not take it.
    static func result(_ text: String) throws {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data((text.hasSuffix("\n") ? text : text + "\n").utf8))
        } catch {
            throw Failure(.writing, "standard output can't be written (\(String(cString: strerror(errno)))).")
        }
    }

    /// Writes a value as one JSON document; numbers that JSON lacks become the texts "Infinity", "-Infinity", "NaN".
    static func result(json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        try result(String(decoding: encoder.encode(value), as: UTF8.self))
    }

    /// Says something; nobody is there to tell when that fails.
    static func say(_ text: String, terminator: String = "\n") {
        try? FileHandle.standardError.write(contentsOf: Data((text + terminator).utf8))
    }

    static func error(_ message: String) { say("fusionkit: error: \(message)") }

    /// Whether people watch what is said.
    static let isTerminal = isatty(STDERR_FILENO) == 1

    /// Columns of the terminal that is talked to.
    static var width: Int { columns(of: STDERR_FILENO) ?? 80 }

    /// Columns that a result has, where it goes to a terminal; else it is for programs, and lines may be of any length.
    static var resultWidth: Int? {
        guard isatty(STDOUT_FILENO) == 1 else { return nil }
        let wanted = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) } ?? 0
        return wanted > 0 ? wanted : columns(of: STDOUT_FILENO)
    }

    private static func columns(of terminal: Int32) -> Int? {
        var size = winsize()
        return ioctl(terminal, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : nil
    }
}

/// How much a command says beside its result.
struct Talk: Sendable {
    var isVerbose = false
    var isQuiet = false

    /// What everybody may want to know.
    func say(_ text: String) { if !isQuiet { Console.say(text) } }

    /// What `-v` asks for.
    func detail(_ text: @autoclosure () -> String) { if isVerbose { Console.say(text()) } }

    /// What may surprise; each once.
    ///
    /// - Parameter kind: what may be said only once though its words differ.
    func warn(_ text: String, once kind: String? = nil) { sayOnce(text, kind, "fusionkit: warning: ") }

    /// What is right and worth knowing; each once.
    func note(_ text: String) { sayOnce(text, nil, "note: ") }

    private static let said = Mutex<Set<String>>([])

    private func sayOnce(_ text: String, _ kind: String?, _ prefix: String) {
        let isNew = Self.said.withLock { $0.insert(kind ?? text).inserted }
        if isNew, !isQuiet { Console.say(prefix + text) }
    }
}
