import ArgumentParser
import Foundation
import FusionKit

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Prove on this machine that the program computes what the authors' programs do.",
        discussion: """
            Runs golden files (inputs, parameters and the results of the authors' programs) and compares. Exit code 1 \
            when one fails, 2 when none could be run. Golden files of components that this program does not have are \
            counted as unknown.
            """)

    @Argument(help: "Golden files (.safetensors), or folders with them.", completion: .file())
    var paths: [String]

    @Option(
        help: ArgumentHelp(
            "A folder with the checkpoints that golden files name; may be repeated.", valueName: "folder"),
        completion: .directory)
    var checkpoints: [String] = []

    @Option(help: "Where to compute.")
    var device = DeviceChoice.cpu

    @Flag(help: "Print the results as JSON.")
    var json = false

    @OptionGroup(title: "Talk") var talk: TalkOptions

    func run() throws {
        for path in paths + checkpoints where !FileManager.default.fileExists(atPath: path) {
            throw Failure(.missingInput, "\(path): there is no such file or folder.")
        }
        let verifier = try Verifier(places: GoldenPlaces(checkpoints: checkpoints), device: device.device())
        var results: [GoldenResult] = []
        for file in paths.flatMap(Verifier.files(under:)) {
            talk.talk.detail(file)
            if let result = verifier.verify(file) { results.append(result) }
        }
        func count(_ outcome: GoldenResult.Outcome) -> Int { results.count { $0.outcome == outcome } }
        let report = VerificationReport(
            passed: count(.pass), failed: count(.fail), unknown: count(.unknown), results: results)
        if json { try Console.result(json: report) } else { try Console.result(report.text) }
        if report.failed > 0 { throw ExitCode(1) }
        if report.passed == 0 { throw ExitCode(2) }
    }
}

private struct VerificationReport: Encodable {
    let passed: Int
    let failed: Int
    let unknown: Int
    let results: [GoldenResult]

    var text: String {
        func number(_ value: Double?) -> String { value.map { String(format: "%.2g", $0) } ?? "" }
        var table = TextTable(
            ["system", "component", "case", "largest error", "allowed", "result"], numeric: [3, 4])
        for result in results {
            let outcome = result.outcome.rawValue + (result.reason.map { ": \($0)" } ?? "")
            table.rows.append(
                [
                    result.system, result.component, result.name, number(result.worst?.error),
                    number(result.worst?.allowed), outcome,
                ])
        }
        let counts = "\(passed) passed, \(failed) failed, \(unknown) unknown"
        return results.isEmpty ? counts : table.text + "\n" + counts
    }
}
