import Torch

/// One direction of a Mamba block: causal convolution, projections to step sizes, B and C, and the selective scan
/// (Gu, Dao 2023, figure 3 and algorithm 2).
final class MambaScan: Module {
    @Parameter var logDecay: Tensor  // (D, N)
    @Parameter var skip: Tensor  // (D)
    @Child var convolution: Conv1d
    @Child var stateProjection: Linear  // D → R + 2N: step sizes, B, C
    @Child var stepProjection: Linear  // R → D
    private let rank: Int
    private let states: Int
    private let steps: StepInitialization
    private let decay = DerivedTensor()

    /// - Parameter suffix: what the authors append to the names of this direction's parameters.
    init(_ configuration: MambaConfiguration, suffix: String = "") {
        let width = configuration.innerWidth
        (rank, states, steps) = (configuration.rank, configuration.states, configuration.steps)
        // The letter stands before "_log", as in Vision Mamba.
        _logDecay = Parameter("A\(suffix)_log")
        _skip = Parameter("D\(suffix)")
        _convolution = Child("conv1d\(suffix)")
        _stateProjection = Child("x_proj\(suffix)")
        _stepProjection = Child("dt_proj\(suffix)")
        super.init()
        logDecay = .zeros([width, states])
        skip = .ones([width])
        convolution = Conv1d(
            width, width, kernel: configuration.convolutionWidth, groups: width,
            hasBias: configuration.convolutionHasBias)
        stateProjection = Linear(width, rank + 2 * states, hasBias: false)
        stepProjection = Linear(rank, width)
    }

    /// A = -(1, 2, … N) for every channel, D = 1.
    func initializeState() {
        logDecay.initializeLogDecay()
        skip.fill(1)
    }

    /// The projection to step sizes as ``StepInitialization`` says.
    func initializeSteps(using generator: RandomGenerator) {
        guard let bias = stepProjection.bias else { return }
        steps.initialize(weight: stepProjection.weight, bias: bias, using: generator)
    }

    /// - Parameters:
    ///   - values: (B, L, D) in the order of time, in the reverse order where `reversed`, or in that of pixels along a path.
    ///   - steering: (B, L, R + 2N), step sizes, B and C; from the convolved values where nil.
    ///   - gate: (B, L, D), before its SiLU; none where nil.
    ///   - state: what the tokens before have left; zeros where nil.
    ///   - path: one order in which time visits the values; without `state` and `reversed`.
    ///   - reversed: whether time runs from the last token to the first.
    /// - Returns: (B, L, D) in the order of the values, and the state of the scan (B, D, N) after the last step.
    func callAsFunction(
        _ values: Tensor, steering: Tensor? = nil, gate: Tensor? = nil, from state: MambaState? = nil,
        along path: ScanPaths? = nil, reversed: Bool = false
    ) throws -> (y: Tensor, lastState: Tensor) {
        let inputs = state.map { Tensor.concatenated([$0.window, values], axis: 1) } ?? values
        let length = values.size(1)
        let u = try causalConvolution(
            inputs.transposed(1, 2), weight: convolution.weight, bias: convolution.bias, along: path,
            reversed: reversed
        ).narrowed(axis: 2, start: inputs.size(1) - length, length: length)
        let parts = (steering ?? stateProjection(u.transposed(1, 2))).split(sizes: [rank, states, states], axis: 2)
        let delta = parts[0].linear(weight: stepProjection.weight).transposed(1, 2)
        let (A, B, C) = (
            decay(of: [logDecay]) { -logDecay.exp() }, parts[1].transposed(1, 2), parts[2].transposed(1, 2)
        )
        let result =
            if let path {
                try selectiveScan(
                    u, along: path, delta: delta, A: A, B: B.unsqueezed(1), C: C.unsqueezed(1), D: skip,
                    deltaBias: stepProjection.bias)
            } else {
                try selectiveScan(
                    u, delta: delta, A: A, B: B, C: C, D: skip, z: gate?.transposed(1, 2),
                    deltaBias: stepProjection.bias, initialState: state?.scan, reversed: reversed)
            }
        return (result.y.transposed(1, 2), result.lastState)
    }
}
