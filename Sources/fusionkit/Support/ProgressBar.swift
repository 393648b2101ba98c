import Foundation
import FusionKit
import Synchronization

/// Shows how far work has come: a bar on a terminal, a line a minute elsewhere.
final class ProgressBar: Sendable {
    private struct State {
        var stage = ""
        var stageStart = ContinuousClock.now
        var lastShown: ContinuousClock.Instant?
        var isOnScreen = false
    }

    private let isShown: Bool
    private let state = Mutex(State())

    init(_ talk: Talk) { isShown = !talk.isQuiet }

    /// Takes a new state of the work; from any thread.
    func show(_ progress: Inference.Progress) {
        guard isShown else { return }
        state.withLock { state in
            let now = ContinuousClock.now
            let isNewStage = state.stage != progress.stage
            if isNewStage {
                state.stage = progress.stage
                state.stageStart = now
                if !Console.isTerminal { state.lastShown = state.lastShown ?? now }
            }
            let pause: Duration = Console.isTerminal ? .milliseconds(100) : .seconds(60)
            // On a terminal a stage is seen to end and to begin, however short it is.
            let isTurn = Console.isTerminal && (isNewStage || progress.done == progress.total)
            if let last = state.lastShown, now - last < pause, !isTurn { return }
            state.lastShown = now
            let seconds = (now - state.stageStart) / .seconds(1)
            if Console.isTerminal {
                Console.say(
                    "\r\u{1B}[K" + Self.line(progress, seconds: seconds, width: Console.width - 1), terminator: "")
                state.isOnScreen = true
            } else {
                Console.say(Self.text(progress, seconds: seconds))
            }
        }
    }

    /// Takes the bar off the screen.
    func clear() {
        state.withLock { state in
            if state.isOnScreen { Console.say("\r\u{1B}[K", terminator: "") }
            state.isOnScreen = false
        }
    }

    /// Such as "fusing 45 %, 12.3 MP/s, 0:12 left".
    static func text(_ progress: Inference.Progress, seconds: Double) -> String {
        guard progress.total > 0 else { return progress.stage + " …" }
        let share = Double(progress.done) / Double(max(1, progress.total))
        var text = "\(progress.stage) \(Int(100 * share)) %"
        if seconds > 0.2, progress.done > 0 {
            let rate = Double(progress.done) / seconds
            let left = Int((Double(progress.total - progress.done) / rate).rounded(.up))
            // Smaller numbers count steps or files, not pixels.
            if progress.total >= 4096 { text += String(format: ", %.3g MP/s", rate / 1e6) }
            text += String(format: ", %d:%02d left", left / 60, left % 60)
        }
        return text
    }

    /// The bar with its text, at most `width` columns wide.
    static func line(_ progress: Inference.Progress, seconds: Double, width: Int) -> String {
        let text = text(progress, seconds: seconds)
        let room = min(40, width - text.count - 3)
        guard room >= 8, progress.total > 0 else { return String(text.prefix(max(0, width))) }
        let filled = room * progress.done / max(1, progress.total)
        return "[" + String(repeating: "#", count: filled) + String(repeating: "-", count: room - filled) + "] " + text
    }
}
