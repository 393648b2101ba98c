import StateSpace
import Torch

private func crossScan(side: Int) throws -> ScanPaths {
    try ScanPaths(CrossScan.fourDirections.paths, height: side, width: side)
}

private func hotProblems() throws -> [ScanProblem] {
    try [
        ScanProblem(channels: 64, states: 16, length: 65536),
        ScanProblem(batches: 8, channels: 192, states: 16, length: 1024),
        ScanProblem(channels: 32, states: 8, length: 65536, paths: crossScan(side: 256)),
    ]
}

/// Forward on one thread, beside libtorch's exponential of as many numbers as there are updates.
func benchmarkScanForward(report: (Comparison) -> Void) throws {
    let others = [
        ScanProblem(channels: 128, states: 8, length: 65536, groups: 4),
        ScanProblem(channels: 32, states: 8, length: 4096),
        ScanProblem(channels: 64, states: 8, length: 16384, groups: 16),
        ScanProblem(channels: 64, states: 8, length: 16384, groups: 64),
    ]
    for problem in try hotProblems() + others {
        try withThreads(1) {
            try withInference {
                // As many elements at once, and in parts that stay in the cache, which no memory traffic slows down.
                let elements = Tensor.uniform(
                    [problem.updates], low: -8, high: 0, generator: RandomGenerator(seed: 2))
                let part = elements.narrowed(axis: 0, start: 0, length: 32768)
                let contestants = [
                    Contestant("selectiveScan") { _ = try problem.scan() },
                    Contestant("libtorch exp, one tensor") { _ = elements.exp() },
                    Contestant("libtorch exp, 128 KB at a time") {
                        for _ in 0..<problem.updates / part.count { _ = part.exp() }
                    },
                ]
                report(try compared("scan, forward", problem, contestants))
            }
        }
    }
}

/// Forward and backward on one thread, beside the forward pass alone.
func benchmarkScanBackward(report: (Comparison) -> Void) throws {
    for problem in try hotProblems() {
        try withThreads(1) {
            let contestants = [
                Contestant("forward") { try withInference { _ = try problem.scan() } },
                Contestant("forward and backward") { try problem.differentiated { try $0.scan() } },
            ]
            report(try compared("scan, backward", problem, contestants))
        }
    }
}

/// Wall time on one thread and on two.
func benchmarkScanThreads(report: (Comparison) -> Void) throws {
    for problem in try hotProblems() {
        let contestants = [1, 2].flatMap { threads in
            [
                Contestant("forward, threads: \(threads)") {
                    try withThreads(threads) { try withInference { _ = try problem.scan() } }
                },
                Contestant("forward and backward, threads: \(threads)") {
                    try withThreads(threads) { try problem.differentiated { try $0.scan() } }
                },
            ]
        }
        report(try compared("scan, threads", problem, contestants, threads: 2))
    }
}

/// Forward and backward beside the same recurrence by tensor operations.
func benchmarkScanPeers(report: (Comparison) -> Void) throws {
    let problems = [
        ScanProblem(channels: 64, states: 16, length: 1024),
        ScanProblem(batches: 8, channels: 192, states: 16, length: 256),
        ScanProblem(channels: 64, states: 16, length: 8192),
    ]
    for problem in problems {
        try withThreads(1) {
            var contestants = [
                Contestant("selectiveScan") { try problem.differentiated { try $0.scan() } },
                Contestant("tensor operations, 16 chunks of 16") {
                    try problem.differentiated { $0.chunkedTensorOperations(chunk: 16, chunks: 16) }
                },
                Contestant("tensor operations, 4 chunks of 16") {
                    try problem.differentiated { $0.chunkedTensorOperations(chunk: 16, chunks: 4) }
                },
            ]
            if problem.length <= 1024 {
                contestants.append(
                    Contestant("loop of tensor operations") {
                        try problem.differentiated { $0.loopOfTensorOperations() }
                    })
            }
            report(try compared("scan and its gradients", problem, contestants))
        }
    }
}

/// One long sequence beside as many tokens in shorter ones.
func benchmarkScanLength(report: (Comparison) -> Void) throws {
    let long = ScanProblem(channels: 32, states: 16, length: 1 << 20)
    let short = ScanProblem(channels: 32, states: 16, length: 1 << 14)
    try withThreads(1) {
        let contestants = [
            Contestant("64 scans of 16,384 tokens") {
                try withInference { for _ in 0..<64 { _ = try short.scan() } }
            },
            Contestant("one scan of 1,048,576 tokens") { try withInference { _ = try long.scan() } },
        ]
        report(try compared("scan, length", long, contestants))
    }
}

/// Four paths over one map in one call, beside copies of the map in the order of each path.
func benchmarkScanPaths(report: (Comparison) -> Void) throws {
    for (side, channels, states) in [(256, 32, 8), (64, 64, 16)] {
        let paths = try crossScan(side: side)
        let problem = ScanProblem(channels: channels, states: states, length: side * side, paths: paths)
        try withThreads(1) {
            let contestants = [
                Contestant("along the paths") { try withInference { _ = try problem.scan() } },
                Contestant("copies, scan, sum") { try withInference { _ = try problem.scanOfCopies(paths) } },
            ]
            report(try compared("scan, paths", problem, contestants))
            let gradients = [
                Contestant("along the paths") { try problem.differentiated { try $0.scan() } },
                Contestant("copies, scan, sum") { try problem.differentiated { try $0.scanOfCopies(paths) } },
            ]
            report(try compared("scan, paths, and its gradients", problem, gradients))
        }
    }
}

private func compared(
    _ title: String, _ problem: ScanProblem, _ contestants: [Contestant], threads: Int = 1
) throws -> Comparison {
    Comparison(
        title: "\(title): \(problem.title)", unit: "updates", work: Double(problem.updates), threads: threads,
        measurements: try measure(contestants))
}
