import StateSpace
import Torch

/// An SS2D block and each of its parts by itself, on operands that lie in memory as they do inside the block.
func benchmarkSS2D(report: (Comparison) -> Void) throws {
    let (side, width, states, count) = (64, 32, 16, 4)
    let configuration = MambaConfiguration(width: width, states: states, convolutionWidth: 3)
    let (inner, rank) = (configuration.innerWidth, configuration.rank)
    let block = try SS2D(configuration)
    let generator = RandomGenerator(seed: 1)
    // Each path has an input of its own here, so the scans don't share the map.
    let sharing = try SS2D(configuration, sharing: SS2D.Sharing(previousWidth: inner))
    for block in [block, sharing] {
        block.initialize(using: generator)
        block.eval()
    }
    func normal(_ shape: Int...) -> Tensor { .normal(shape, generator: generator) }
    let previous = normal(1, count * inner, states)
    let map = normal(1, side, side, width)
    let values = normal(1, side, side, inner)
    let pixels = values.flattened(from: 1, to: 2)
    let projection = Linear(width, 2 * inner, hasBias: false)
    let convolution = Conv2d(inner, inner, kernel: 3, padding: 1, groups: inner)
    let wideConvolution = Conv2d(inner, inner, kernel: 11, padding: 5, groups: inner)
    let norm = LayerNorm(inner)
    let output = Linear(inner, width, hasBias: false)
    for layer in [projection, convolution, wideConvolution, norm, output] { layer.initialize(using: generator) }
    let stateWeights = normal(count * (rank + 2 * states), inner)
    let steps = normal(1, side * side, count * rank)
    let stepWeights = normal(count * inner, count * rank)
    let paths = try ScanPaths(CrossScan.fourDirections.paths, height: side, width: side)
    let operands = try withoutGradients { try block.scan.operands(of: pixels) }
    let A = -Tensor.range(from: 1, to: states + 1).expanded([count * inner, states]).contiguous()
    let (skip, bias) = (Tensor.ones([count * inner]), Tensor.full([count * inner], -4.6))

    let measurements = try withThreads(1) {
        try withInference {
            try measure([
                Contestant("SS2D block") { _ = try block(map) },
                Contestant("SS2D block with shared states") { _ = try sharing(map, previous: previous) },
                Contestant("projection to values and gate") { _ = projection.parts(2, of: map) },
                Contestant("depth-wise convolution") { _ = convolution.channelsLast(values) },
                Contestant("the same of 11 × 11, as in LE-Mamba") { _ = wideConvolution.channelsLast(values) },
                Contestant("SiLU of values and of gate") { _ = (values.silu(), values.silu()) },
                Contestant("step sizes (rank), B, C of all paths") { _ = pixels.linear(weight: stateWeights) },
                Contestant("step sizes of all channels") { _ = steps.linear(weight: stepWeights) },
                Contestant("scan along four paths") {
                    _ = try selectiveScan(
                        operands.values[0], along: paths, delta: operands.delta, A: A, B: operands.B, C: operands.C,
                        D: skip, deltaBias: bias)
                },
                Contestant("norm") { _ = norm(pixels) },
                Contestant("product with the gate") { _ = values * values },
                Contestant("projection back") { _ = output(pixels) },
            ])
        }
    }
    report(
        Comparison(
            title: "SS2D \(side) × \(side), C\(width) D\(inner) K\(count) N\(states)", unit: "pixels",
            work: Double(side * side), threads: 1, measurements: measurements))
}

/// A Mamba block and each of its parts by itself.
func benchmarkMambaBlock(report: (Comparison) -> Void) throws {
    let (length, width, states) = (4096, 32, 16)
    let configuration = MambaConfiguration(width: width, states: states)
    let (inner, rank) = (configuration.innerWidth, configuration.rank)
    let block = try MambaBlock(configuration)
    let generator = RandomGenerator(seed: 1)
    block.initialize(using: generator)
    block.eval()
    func normal(_ shape: Int...) -> Tensor { .normal(shape, generator: generator) }
    let tokens = normal(1, length, width)
    let values = normal(1, length, inner)
    let projection = Linear(width, 2 * inner, hasBias: false)
    let output = Linear(inner, width, hasBias: false)
    for layer in [projection, output] { layer.initialize(using: generator) }
    let (kernel, bias) = (normal(inner, 1, 4), normal(inner))
    let stateWeights = normal(rank + 2 * states, inner)
    let (steps, stepWeights) = (normal(1, length, rank), normal(inner, rank))
    let problem = ScanProblem(channels: inner, states: states, length: length)

    let measurements = try withThreads(1) {
        try withInference {
            try measure([
                Contestant("Mamba block") { _ = try block(tokens) },
                Contestant("projection to values and gate") { _ = projection.parts(2, of: tokens) },
                Contestant("causal convolution and SiLU") {
                    _ = try causalConvolution(values.transposed(1, 2), weight: kernel, bias: bias)
                },
                Contestant("step sizes (rank), B, C") { _ = values.linear(weight: stateWeights) },
                Contestant("step sizes of all channels") { _ = steps.linear(weight: stepWeights) },
                Contestant("scan with gate") {
                    _ = try selectiveScan(
                        problem.u, delta: problem.delta, A: problem.A, B: problem.B, C: problem.C, D: problem.D,
                        z: problem.u, deltaBias: problem.deltaBias)
                },
                Contestant("projection back") { _ = output(values) },
            ])
        }
    }
    report(
        Comparison(
            title: "Mamba block, \(length) tokens, C\(width) D\(inner) N\(states)", unit: "tokens",
            work: Double(length), threads: 1, measurements: measurements))

    let count = 256
    let token = normal(1, width)
    let stepping = try withThreads(1) {
        try withInference {
            let start = block.initialState(batches: 1)
            return try measure([
                Contestant("token by token") {
                    var state = start
                    for _ in 0..<count { state = try block.step(token, from: state).state }
                }
            ])
        }
    }
    report(
        Comparison(
            title: "Mamba block, step, C\(width) D\(inner) N\(states)", unit: "tokens", work: Double(count),
            threads: 1, measurements: stepping))
}
