import Torch

/// K selective scans over one map, each along a path of its own and with parameters of its own, and their sum: the heart of
/// VMamba's SS2D block (Liu et al. 2024, figure 3), with the parameter names of its program. The blocks around it differ
/// from network to network.
///
/// Step sizes, B and C of a path depend on the pixel only, so one matrix product makes them for all paths where the pixels
/// lie, and nothing is ever copied into the order of a path.
public final class MultiPathScan: Module {
    /// K, the number of paths.
    public let count: Int
    /// D, the channels of the map.
    public let width: Int
    /// N, the states of each channel.
    public let states: Int
    /// R, the values that the step sizes of a path are made from.
    public let rank: Int

    @Parameter("x_proj_weight") var stateWeights: Tensor  // (K, R + 2N, D): step sizes, B, C
    @Inlined var sharing: StateSharing?
    @Parameter("dt_projs_weight") var stepWeights: Tensor  // (K, D, R)
    @Parameter("dt_projs_bias") var stepBias: Tensor  // (K, D)
    @Parameter("A_logs") var logDecay: Tensor  // (K·D, N)
    @Parameter("Ds") var skip: Tensor  // (K·D)
    private let steps: StepInitialization
    private let decay = DerivedTensor()
    private let projection = DerivedTensor()
    private let stepProjection = DerivedTensor()

    /// Builds the scans.
    ///
    /// - Parameters:
    ///   - count: K.
    ///   - width: D.
    ///   - states: N, 1 to 256.
    ///   - rank: R.
    ///   - steps: how step sizes start.
    ///   - sharing: what states of other blocks add to the scans' input, for the same K, D and N.
    public init(
        count: Int, width: Int, states: Int, rank: Int, steps: StepInitialization = .init(),
        sharing: StateSharing? = nil
    ) {
        (self.count, self.width, self.states, self.rank) = (count, width, states, rank)
        self.steps = steps
        super.init()
        stateWeights = .full([count, rank + 2 * states, width], Double.nan)
        self.sharing = sharing
        stepWeights = .full([count, width, rank], Double.nan)
        stepBias = .full([count, width], Double.nan)
        logDecay = .zeros([count * width, states])
        skip = .ones([count * width])
    }

    /// Weights as those of linear maps; step sizes, A and D as in every Mamba block.
    public override func initializeParameters(using generator: RandomGenerator) {
        let bound = 1 / Double(width).squareRoot()
        stateWeights.initialize(.uniform(low: -bound, high: bound), using: generator)
        sharing?.initializeParameters(using: generator)
        steps.initialize(weight: stepWeights, bias: stepBias, using: generator)
        logDecay.initializeLogDecay()
        skip.fill(1)
    }

    /// Scans a map along K paths.
    ///
    /// - Parameters:
    ///   - pixels: (B, L, D), in the order of pixels.
    ///   - paths: K orders of the L pixels.
    ///   - previous: (B, K·P, N), the last state of another block; see ``StateSharing``. Without one, nothing is shared.
    ///   - skip: (B, K·D, N), a second one.
    /// - Returns: (B, L, D), and the state (B, K·D, N) at the end of each path.
    /// - Throws: ``BlockInputError`` for shapes that don't fit.
    public func callAsFunction(
        _ pixels: Tensor, along paths: ScanPaths, previous: Tensor? = nil, skip: Tensor? = nil
    ) throws -> (y: Tensor, lastState: Tensor) {
        try require(
            "the pixels of a scan along paths", pixels, [nil, paths.length, width], "(B, \(paths.length), \(width))")
        guard paths.count == count else {
            throw BlockInputError("\(paths.count) scan paths for the parameters of \(count).")
        }
        let operands = try operands(of: pixels, previous: previous, skip: skip)
        if operands.values.count == 1 {
            let result = try selectiveScan(
                operands.values[0], along: paths, delta: operands.delta, A: A, B: operands.B, C: operands.C,
                D: self.skip, deltaBias: stepBias.flattened())
            return (result.y.transposed(1, 2), result.lastState)
        }
        let results = try (0..<count).map { try scan(operands, path: $0, of: paths) }
        let sum = results.dropFirst().reduce(results[0].y) { added($0, $1.y) }
        return (sum, Tensor.concatenated(results.map(\.lastState), axis: 1))
    }

    /// What the scans read, in the order of pixels.
    package struct Operands {
        /// (B, D, L); the same for all paths, or one for each.
        package var values: [Tensor]
        /// (B, K·D, L), before bias and softplus.
        package var delta: Tensor
        /// (B, K, N, L)
        package var B: Tensor
        /// (B, K, N, L)
        package var C: Tensor
    }

    /// What the scans of a map (B, L, D) read.
    package func operands(of pixels: Tensor, previous: Tensor? = nil, skip: Tensor? = nil) throws -> Operands {
        // Step sizes of all paths side by side, then B, then C: what belongs together is one piece of each pixel.
        var weights = stateWeights.split(sizes: [rank, states, states], axis: 1).map { $0.flattened(from: 0, to: 1) }
        var targets: Tensor?
        if let sharing, let previous {
            targets = try sharing.targets(previous: previous, skip: skip, batches: pixels.size(0))
            weights.append(sharing.gateWeights.squeezed(2))
        }
        let features = pixels.linear(
            weight: projection(of: [stateWeights] + (targets == nil ? [] : [sharing?.gateWeights].compactMap { $0 })) {
                Tensor.concatenated(weights, axis: 0)
            }
        )
        .split(sizes: weights.map { $0.size(0) }, axis: 2)
        func byPath(_ features: Tensor) -> Tensor {  // (B, L, K·N) → (B, K, N, L)
            features.unflattened(axis: 2, sizes: [count, states]).permuted(0, 2, 3, 1)
        }
        var values = [pixels]
        if let sharing, let targets { values = sharing.added(to: pixels, targets: targets, gates: features[3]) }
        return Operands(
            values: values.map { $0.transposed(1, 2) },
            delta: features[0].linear(weight: blockDiagonalStepWeights).transposed(1, 2), B: byPath(features[1]),
            C: byPath(features[2]))
    }

    /// One path's scan by itself: (B, L, D) in the order of pixels, and the state (B, D, N) at its end.
    package func scan(
        _ operands: Operands, path: Int, of paths: ScanPaths
    ) throws -> (y: Tensor, lastState: Tensor) {
        func channels(_ tensor: Tensor, axis: Int = 0) -> Tensor {
            tensor.narrowed(axis: axis, start: path * width, length: width)
        }
        let result = try selectiveScan(
            operands.values[operands.values.count == 1 ? 0 : path], along: paths.only(path),
            delta: channels(operands.delta, axis: 1), A: channels(A),
            B: operands.B.narrowed(axis: 1, start: path, length: 1),
            C: operands.C.narrowed(axis: 1, start: path, length: 1), D: channels(skip), deltaBias: stepBias[.at(path)])
        return (result.y.transposed(1, 2), result.lastState)
    }

    /// (K·D, K·R): with few values for each path's steps, one product with many zeros is faster than K small ones, and its
    /// result has the channels of all paths side by side.
    var blockDiagonalStepWeights: Tensor {
        stepProjection(of: [stepWeights]) {
            let diagonal = Tensor.identity(count, dtype: stepWeights.dtype, device: stepWeights.device)
                .reshaped(count, 1, count, 1)
            return (stepWeights.unsqueezed(2) * diagonal).reshaped(count * width, count * rank)
        }
    }

    /// (K·D, N)
    var A: Tensor { decay(of: [logDecay]) { -logDecay.exp() } }
}

extension ScanPaths {
    /// One of the paths.
    func only(_ path: Int) -> ScanPaths {
        ScanPaths(
            pixels: pixels.narrowed(axis: 0, start: path, length: 1),
            positions: positions.narrowed(axis: 0, start: path, length: 1))
    }
}
