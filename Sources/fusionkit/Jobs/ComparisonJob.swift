import ArgumentParser
import Foundation
import FusionKit

/// A comparison with its report, and what the user is told of it.
struct ComparisonJob {
    let output: String
    let overwrites: Bool
    let latex: Bool
    let threads: Int
    /// How many methods are compared.
    let methods: Int
    let talk: Talk

    /// How a comparison runs: in a folder, until somebody cancels, with progress.
    typealias Work = (String, Cancellation, @escaping @Sendable (Inference.Progress) -> Void) throws -> Comparison

    /// Compares and writes the report, also of what is finished when somebody asked to stop.
    ///
    /// - Throws: ``Failure``, also where a method failed, whose row says why; `ExitCode` when the report is incomplete.
    func run(_ work: Work) throws {
        let folder = try ReportFolder(output, overwrites: overwrites)
        Interruption.removeAtEnd(folder.temporary)
        defer { Interruption.keep(folder.temporary) }
        let bar = ProgressBar(talk)
        defer { bar.clear() }
        let start = ContinuousClock.now
        let comparison = try Interruption.gracefully { try work(folder.work, $0) { bar.show($0) } }
        bar.clear()
        let rows = comparison.tables.flatMap(\.rows)
        guard !rows.isEmpty else { throw SceneError(.cancelled, "Stopped as asked; nothing was written.", remedy: "") }
        for row in rows {
            if let failure = row.failure { talk.warn("\(row.method): \(failure)") }
        }
        for note in comparison.tables.flatMap(\.notes) { talk.detail(note) }
        for warning in comparison.warnings { talk.warn(warning) }
        for advice in comparison.advice { talk.note(advice) }
        let record = RunRecord(
            words: ["fusionkit"] + CommandLine.arguments.dropFirst(), versions: versions, threads: threads)
        let written = try folder.write(comparison, record: record, latex: latex)
        for table in comparison.tables { try Console.result("\(table.title)\n\(text(table))\n") }
        let seconds = String(format: "%.1f", (ContinuousClock.now - start) / .seconds(1))
        talk.say("\(written)/index.html: \(Self.count(comparison, of: methods)), \(seconds) s")
        if !comparison.isComplete {
            talk.warn("\(comparison.incompleteness ?? "") The report holds what had been finished and says so.")
            throw ExitCode(Interruption.status)
        }
        guard comparison.finishedMethods > 0 else {
            throw Failure(.data, "No method has a result; \(output)/index.html says why.")
        }
        let failures = comparison.failures
        guard failures.isEmpty else {
            let list = failures.map { "\($0.method) (\($0.tables.joined(separator: ", ")))" }
            throw Failure(
                .data,
                "\(failures.count) of \(counted(methods, "method")) failed: \(list.joined(separator: ", ")). "
                    + "\(output)/index.html has the others.")
        }
    }

    /// Such as "5 methods", or "3 of 5 methods" where not all have a result.
    private static func count(_ comparison: Comparison, of methods: Int) -> String {
        let finished = comparison.finishedMethods
        return (finished < methods ? "\(finished) of " : "") + counted(methods, "method")
    }

    private var versions: [RunRecord.Version] {
        [
            .init("FusionKit", FusionKitVersion.current), .init("libtorch", TorchLibrary.version),
            .init("GDAL", RasterLibrary.version),
        ]
    }

    private func text(_ table: ComparisonTable) -> String {
        let metrics = table.metrics
        var text = TextTable(["method"] + metrics.map(\.name) + ["seconds"], numeric: Array(1...metrics.count + 1))
        text.rows = table.rows.map { row in
            let values = metrics.map { metric in row.values[metric.name].map { $0.tableText } ?? "–" }
            return [row.method] + values + [row.use.map { String(format: "%.2f", $0.seconds) } ?? "–"]
        }
        return text.text(width: Console.resultWidth)
    }
}
