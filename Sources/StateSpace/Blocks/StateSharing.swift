import Torch

/// What the last states of other blocks add to the input of K scans: the state sharing of LE-Mamba (Cao et al. 2024,
/// section 3.3), with the parameter names of its program.
///
///     T[d, n] = Σ_c W1[d, c] · previous[c, n] + (W2 · skip)[d, n]        the same for all pixels
///     G[n, l] = Σ_d Wg[n, d] · u[d, l]
///     u'[d, l] = u[d, l] + r[d] · Σ_n T[d, n] · G[n, l]                  for each path
public final class StateSharing: Module {
    @Parameter("ssm_state_weight1") var previousWeights: Tensor  // (K·D, P, 1)
    @Parameter("ssm_state_weight2") var skipWeights: Tensor?  // (K·D, D, 1)
    @Parameter("xs_gate_weight") var gateWeights: Tensor  // (K·N, D, 1)
    @Parameter("ssm_gate_ratio") var ratios: Tensor  // (1, K, D, 1)
    private let count: Int
    private let width: Int
    private let states: Int
    private let previousWidth: Int

    /// Builds the weights.
    ///
    /// - Parameters:
    ///   - count: K, the number of paths.
    ///   - width: D, the channels of a path.
    ///   - states: N.
    ///   - previousWidth: P, the channels of a path in the block that the previous state comes from.
    ///   - projectsSkip: whether a skip state passes through weights of its own; otherwise it is added as it is.
    public init(count: Int, width: Int, states: Int, previousWidth: Int, projectsSkip: Bool) {
        (self.count, self.width, self.states, self.previousWidth) = (count, width, states, previousWidth)
        super.init()
        previousWeights = .full([count * width, previousWidth, 1], Double.nan)
        skipWeights = projectsSkip ? .full([count * width, width, 1], Double.nan) : nil
        gateWeights = .full([count * states, width, 1], Double.nan)
        ratios = .full([1, count, width, 1], Double.nan)
    }

    /// Normal with deviation 1.
    public override func initializeParameters(using generator: RandomGenerator) {
        for weights in [previousWeights, skipWeights, gateWeights, ratios].compactMap({ $0 }) {
            weights.initialize(.normal(), using: generator)
        }
    }

    /// r · T, (B, K, D, N).
    func targets(previous: Tensor, skip: Tensor?, batches: Int) throws -> Tensor {
        let rows = count * previousWidth
        try require("the previous states", previous, [batches, rows, states], "(\(batches), \(rows), \(states))")
        var targets = product(previousWeights, previous)
        if let skip {
            let rows = count * width
            try require("the skip states", skip, [batches, rows, states], "(\(batches), \(rows), \(states))")
            targets = targets + (skipWeights.map { product($0, skip) } ?? byPath(skip).to(ratios.dtype))
        }
        return targets * ratios
    }

    /// The input of each path, (B, L, D).
    ///
    /// - Parameters:
    ///   - pixels: (B, L, D), what all paths would read otherwise.
    ///   - targets: r · T.
    ///   - gates: G, (B, L, K·N).
    func added(to pixels: Tensor, targets: Tensor, gates: Tensor) -> [Tensor] {
        gates.chunked(count, axis: 2).enumerated().map { path, gates in
            Torch.added(gates.matmul(targets[.all, .at(path)].transposed(1, 2)), pixels)
        }
    }

    /// Each path's weights (D, c) times its states (B, c, N): (B, K, D, N).
    private func product(_ weights: Tensor, _ states: Tensor) -> Tensor {
        // Scans leave states of 32 bits whatever the parameters have.
        weights.squeezed(2).unflattened(axis: 0, sizes: [count, width]).matmul(byPath(states).to(weights.dtype))
    }

    private func byPath(_ states: Tensor) -> Tensor {
        states.unflattened(axis: 1, sizes: [count, states.size(1) / count])
    }
}
