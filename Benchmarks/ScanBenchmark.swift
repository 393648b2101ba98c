import StateSpace
import Torch

/// Operands of a scan as FusionMamba has them: (B, L, …) in memory, seen as (B, …, L).
struct ScanProblem {
    let title: String
    let (batches, channels, states, length): (Int, Int, Int, Int)
    let groups: Int?
    let u, delta, A, B, C, D, deltaBias: Tensor

    init(_ title: String, batches: Int, channels: Int, states: Int, length: Int, groups: Int? = nil, seed: UInt64 = 1) {
        let generator = RandomGenerator(seed: seed)
        func tokens(_ channels: Int) -> Tensor {
            Tensor.normal([batches, length, channels], generator: generator).transposed(1, 2)
        }
        func stateInputs() -> Tensor {
            guard let groups else { return tokens(states) }
            return tokens(groups * states).unflattened(axis: 1, sizes: [groups, states])
        }
        let sizes = "B\(batches) D\(channels)" + (groups.map { " (\($0) groups)" } ?? "") + " N\(states) L\(length)"
        self.title = "\(title) \(sizes)"
        (self.batches, self.channels, self.states, self.length) = (batches, channels, states, length)
        self.groups = groups
        u = tokens(channels)
        delta = tokens(channels)
        A = -Tensor.range(from: 1, to: states + 1).expanded([channels, states]).contiguous()
        B = stateInputs()
        C = stateInputs()
        D = .ones([channels])
        deltaBias = .full([channels], -4.6)
    }

    /// Updates of one state of one channel by one token.
    var updates: Int { batches * channels * states * length }

    func scan(reversed: Bool = false) throws {
        _ = try selectiveScan(u, delta: delta, A: A, B: B, C: C, D: D, deltaBias: deltaBias, reversed: reversed)
    }

    /// The recurrence as most programs write it: (B, D, L, N) tensors first, then a step for each token.
    func loopOfTensorOperations() {
        let steps = (delta + deltaBias.unsqueezed(-1)).softplus()
        let factors = (steps.unsqueezed(-1) * A.unsqueezed(1)).exp()  // (B, D, L, N)
        let driven = (steps * u).unsqueezed(-1) * B.transposed(1, 2).unsqueezed(1)
        var state = Tensor.zeros([batches, channels, states])
        var y: [Tensor] = []
        for time in 0..<length {
            state = factors[.all, .all, .at(time)] * state + driven[.all, .all, .at(time)]
            y.append((state * C[.all, .all, .at(time)].unsqueezed(1)).sum(-1))
        }
        _ = Tensor.stacked(y, axis: 2) + D.unsqueezed(-1) * u
    }
}

func benchmarkScan(report: (Comparison) -> Void) throws {
    let problems = [
        ScanProblem("selective scan", batches: 1, channels: 64, states: 16, length: 65536),
        ScanProblem("selective scan", batches: 8, channels: 192, states: 16, length: 1024),
        ScanProblem("selective scan", batches: 1, channels: 128, states: 8, length: 65536, groups: 4),
        ScanProblem("selective scan", batches: 1, channels: 32, states: 8, length: 4096),
        ScanProblem("selective scan", batches: 1, channels: 32, states: 8, length: 65536),
    ]
    for problem in problems {
        for threads in [1, 2] {
            try withThreads(threads) {
                try withInference {
                    // As many elements at once, and in parts that stay in the cache, which no memory traffic slows down.
                    let elements = Tensor.uniform(
                        [problem.updates], low: -8, high: 0, generator: RandomGenerator(seed: 2))
                    let part = elements.narrowed(axis: 0, start: 0, length: 32768)
                    let measurements = try measure([
                        Contestant("selectiveScan") { try problem.scan() },
                        Contestant("libtorch exp, one tensor") { _ = elements.exp() },
                        Contestant("libtorch exp, 128 KB at a time") {
                            for _ in 0..<problem.updates / part.count { _ = part.exp() }
                        },
                    ])
                    report(
                        Comparison(
                            title: problem.title, unit: "updates", work: Double(problem.updates), threads: threads,
                            measurements: measurements))
                }
            }
        }
    }

    let short = ScanProblem("selective scan", batches: 1, channels: 32, states: 8, length: 1024)
    try withThreads(1) {
        try withInference {
            let measurements = try measure([
                Contestant("selectiveScan") { try short.scan() },
                Contestant("loop of tensor operations") { short.loopOfTensorOperations() },
            ])
            report(
                Comparison(
                    title: short.title, unit: "updates", work: Double(short.updates), threads: 1,
                    measurements: measurements))
        }
    }
}
