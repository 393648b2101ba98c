import Networks
import Torch

/// The forward pass of the released WorldView-3 network with random weights, and of the scans in it alone.
func benchmarkFusionMambaRS(side: Int, report: (Comparison) -> Void) throws {
    let network = try FusionMambaRS()
    network.initialize(using: RandomGenerator(seed: 1))
    network.eval()
    let generator = RandomGenerator(seed: 2)
    let pan = Tensor.uniform([1, 1, side, side], low: 0, high: 1, generator: generator)
    let ms = Tensor.uniform([1, 8, side / 4, side / 4], low: 0, high: 1, generator: generator)
    let width = network.configuration.width
    // Width, pixels for each token and stages of that size; in each stage four blocks of four scans.
    let scans = [(width, 1, 2), (2 * width, 4, 2), (4 * width, 16, 1)].map { (channels, pixels, stages) in
        (
            count: 16 * stages,
            problem: ScanProblem(channels: channels, states: 8, length: side * side / pixels)
        )
    }
    for threads in [1, 2] {
        let measurements = try withThreads(threads) {
            try withInference {
                try measure([
                    Contestant("FusionMambaRS forward") { _ = try network(ms: ms, pan: pan) },
                    Contestant("its scans alone") {
                        for scan in scans {
                            for _ in 0..<scan.count { _ = try scan.problem.scan() }
                        }
                    },
                ])
            }
        }
        report(
            Comparison(
                title: "FusionMambaRS \(side) × \(side), 8 bands", unit: "pixels", work: Double(side * side),
                threads: threads, measurements: measurements))
    }
}
