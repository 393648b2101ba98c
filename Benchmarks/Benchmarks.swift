import ArgumentParser
import CScan
import Foundation
import Torch

/// A group of comparisons with a name.
struct Benchmark: Sendable {
    let name: String
    let run: @Sendable (_ report: (Comparison) -> Void) throws -> Void

    static let all: [Benchmark] =
        [
            Benchmark(name: "scan-forward", run: benchmarkScanForward),
            Benchmark(name: "scan-backward", run: benchmarkScanBackward),
            Benchmark(name: "scan-threads", run: benchmarkScanThreads),
            Benchmark(name: "scan-peers", run: benchmarkScanPeers),
            Benchmark(name: "scan-length", run: benchmarkScanLength),
            Benchmark(name: "scan-paths", run: benchmarkScanPaths),
            Benchmark(name: "causal-convolution", run: benchmarkCausalConvolution),
            Benchmark(name: "cuda-scan", run: benchmarkCUDAScan),
            Benchmark(name: "ss2d", run: benchmarkSS2D), Benchmark(name: "mamba-block", run: benchmarkMambaBlock),
            Benchmark(name: "scene-peers", run: benchmarkScenePeers),
            Benchmark(name: "scene-methods", run: benchmarkSceneMethods),
            Benchmark(name: "metrics", run: benchmarkMetrics),
            Benchmark(name: "fusion-metrics", run: benchmarkFusionMetrics),
            Benchmark(name: "simulator", run: benchmarkSimulator),
        ]
        + NetworkProblem.all.map { problem in
            Benchmark(name: problem.name) { try benchmark(problem, report: $0) }
        }
        + TrainingProblem.all.map { problem in
            Benchmark(name: problem.name) { try benchmark(problem, report: $0) }
        }
}

private let known = Benchmark.all.map(\.name).joined(separator: ", ")

@main
struct Benchmarks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmarks", abstract: "Measures speed and memory, each beside a peer or a limit.",
        discussion:
            "Contestants run in turns in one process; times are medians, ratios are of processor times in the same "
            + "round. docs/performance.md explains the figures.")

    @Argument(
        help: "Which to run, by the beginning of their names; all of them when none is named. There are: \(known).")
    var names: [String] = []
    @Flag(help: "Print one JSON object instead of tables.") var json = false

    func validate() throws {
        for name in names where !Benchmark.all.contains(where: { $0.name.hasPrefix(name) }) {
            throw ValidationError("There is no benchmark '\(name)'. There are: \(known).")
        }
    }

    func run() throws {
        TorchLibrary.preferHugePages()
        TorchLibrary.keepFreedMemory()
        let machine = Machine(
            instructionSet: String(cString: fk_scan_instruction_set()), torch: TorchLibrary.version)
        if !json { show(machine.text + "\n") }
        var comparisons: [Comparison] = []
        for benchmark in Benchmark.all
        where names.isEmpty || names.contains(where: { benchmark.name.hasPrefix($0) }) {
            try benchmark.run { comparison in
                comparisons.append(comparison)
                if !json { show("\n" + comparison.text + "\n") }
            }
        }
        if json {
            struct Result: Encodable {
                let machine: Machine
                let comparisons: [Comparison]
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            let data = try encoder.encode(Result(machine: machine, comparisons: comparisons))
            FileHandle.standardOutput.write(data + Data("\n".utf8))
        }
    }

    /// Prints at once, also into a pipe.
    private func show(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
}
