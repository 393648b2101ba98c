import Foundation
import FusionKit
import Synchronization

/// What Ctrl-C and `kill` do: work that can stop is asked to, everything else ends at once, and no temporary stays.
enum Interruption {
    private struct State {
        var cancellation: Cancellation?
        var paths: Set<String> = []
        var signal: Int32 = 0
    }

    private static let state = Mutex(State())
    nonisolated(unsafe) private static var sources: [any DispatchSourceSignal] = []  // written once, before any thread

    /// The exit status of a program that a signal has stopped.
    static var status: Int32 { 128 + state.withLock { $0.signal } }

    /// Takes over the signals; once, at the start.
    static func install() {
        // A pipe that nobody reads any more is an error to handle, not the end.
        signal(SIGPIPE, SIG_IGN)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive))
            source.setEventHandler { handle(number) }
            source.resume()
            sources.append(source)
        }
    }

    /// Runs work that looks at a cancellation: the first signal asks it to stop, the second ends the program.
    static func gracefully<Result>(_ work: (Cancellation) throws -> Result) rethrows -> Result {
        let cancellation = Cancellation()
        state.withLock { $0.cancellation = cancellation }
        defer { state.withLock { $0.cancellation = nil } }
        return try work(cancellation)
    }

    /// Makes sure that a path is removed when the program is ended; until ``keep(_:)``.
    static func removeAtEnd(_ path: String) { state.withLock { _ = $0.paths.insert(path) } }

    /// The path is no longer one to remove.
    static func keep(_ path: String) { state.withLock { _ = $0.paths.remove(path) } }

    private static func handle(_ number: Int32) {
        let (isAsked, paths) = state.withLock { state -> (Bool, Set<String>) in
            let isFirst = state.signal == 0
            state.signal = number
            if isFirst, let cancellation = state.cancellation {
                cancellation.cancel()
                return (true, [])
            }
            return (false, state.paths)
        }
        if isAsked {
            if Console.isTerminal { Console.say("\nfusionkit: stopping; Ctrl-C again to end at once") }
            return
        }
        RasterWriter.removeAllTemporaries()
        for path in paths { try? FileManager.default.removeItem(atPath: path) }
        _exit(128 + number)
    }
}
