import Torch

extension MultiPathScan {
    /// Scans a map along four paths that take a quarter of the pixels each; see ``SkipSampledPaths``.
    ///
    /// - Parameter map: (B, H, W, D).
    /// - Returns: (B, H, W, D), and the state (B, 4·D, N) at the end of each path.
    /// - Throws: ``BlockInputError`` for another shape, or where these are not the parameters of four paths.
    public func skipSampled(_ map: Tensor) throws -> (y: Tensor, lastState: Tensor) {
        try require("the pixels of a skip-sampled scan", map, [nil, nil, nil, width], "(B, H, W, \(width))")
        guard count == SkipSampledPaths.count else {
            throw BlockInputError("\(SkipSampledPaths.count) skip-sampled paths for the parameters of \(count).")
        }
        let paths = try SkipSampledPaths(height: map.size(1), width: map.size(2), device: map.device)
        let tokens = try paths.tokens(of: map).transposed(1, 2)  // (B, L, 4, D)
        let (batches, length) = (tokens.size(0), tokens.size(1))
        let features = tokens.flattened(from: 0, to: 1).transposed(0, 1)  // (4, B·L, D)
            .batchMatmul(stateWeights.transposed(1, 2))
            .split(sizes: [rank, states, states], axis: 2)
        func byToken(_ features: Tensor) -> Tensor {  // (4, B·L, N) → (B, 4, N, L)
            features.unflattened(axis: 1, sizes: [batches, length]).permuted(1, 0, 3, 2)
        }
        let steps = features[0].transposed(0, 1).flattened(from: 1, to: 2).linear(weight: blockDiagonalStepWeights)
        let result = try selectiveScan(
            tokens.flattened(from: 2, to: 3).transposed(1, 2),
            delta: steps.unflattened(axis: 0, sizes: [batches, length]).transposed(1, 2), A: A,
            B: byToken(features[1]), C: byToken(features[2]), D: skip, deltaBias: stepBias.flattened())
        let y = result.y.transposed(1, 2).unflattened(axis: 2, sizes: [count, width])  // (B, L, 4, D)
        return (try paths.map(of: y.transposed(1, 2)), result.lastState)
    }
}
