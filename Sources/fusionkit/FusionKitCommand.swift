import ArgumentParser
import Foundation
import FusionKit

/// The program: what the words mean, and how it ends.
@main
struct FusionKitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fusionkit", abstract: "Fuse images taken by different sensors.",
        discussion: """
            Exit codes: 64 wrong usage, 65 bad data, 66 an input that is not there, 70 a fault of the program, \
            73 an output that can't be made, 74 trouble while writing, 130 stopped by Ctrl-C.
            """,
        version: FusionKitVersion.current,
        subcommands: [
            PansharpenCommand.self, HypersharpenCommand.self, EvaluateCommand.self, CompareCommand.self,
            SimulateCommand.self,
            ViewCommand.self, ConvertCommand.self, CreateCommand.self, FuseCommand.self, InfoCommand.self,
            MethodsCommand.self, TrainCommand.self, UpscaleCommand.self, VerifyCommand.self,
        ])

    static func main() {
        Interruption.install()
        TorchLibrary.preferHugePages()
        TorchLibrary.keepFreedMemory()
        var command: any ParsableCommand
        do {
            command = try parseAsRoot()
        } catch {
            leave(parsing: error)
        }
        do {
            try command.run()
        } catch {
            if let status = error as? ExitCode { Foundation.exit(status.rawValue) }
            // Help is an answer that commands give when they run.
            if error is ValidationError || exitCode(for: error) == .success { leave(parsing: error) }
            let failure = Failure(error)
            Console.error(failure.message)
            Foundation.exit(failure.status)
        }
    }

    /// Ends with the parser's answer: a help text, or what is wrong with the words.
    private static func leave(parsing error: any Error) -> Never {
        let status = exitCode(for: error)
        let text = fullMessage(for: error)
        guard status != .success else {
            do { try Console.result(text) } catch {
                let failure = Failure(error)
                Console.error(failure.message)
                Foundation.exit(failure.status)
            }
            Foundation.exit(0)
        }
        Console.error(text.hasPrefix("Error: ") ? String(text.dropFirst(7)) : text)
        Foundation.exit(status.rawValue)
    }
}
