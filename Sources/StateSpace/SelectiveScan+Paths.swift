import Torch

/// The selective scan along K paths over one map, with the sum of the K results at each pixel: the cross-scan and cross-merge
/// of VMamba (Liu et al. 2024, figure 3) and every scan of that kind.
///
/// All operands lie in the order of pixels; path k visits them in its own order. On the CPU, in the types that the kernel
/// takes (those of the scan of one sequence), no copy is made: the kernel, forwards and backwards, reads each token at its
/// pixel and adds the result there. Each path has D channels of parameters of its own, channel k·D + d of `delta`, `A`,
/// `D`, `deltaBias` and the states.
///
/// - Parameters:
///   - u: (B, D, L), the map's pixels, any layout; fastest with channels side by side.
///   - paths: K orders of the L pixels.
///   - delta: (B, K·D, L), the step size of each path at each pixel, before bias and softplus.
///   - A: (K·D, N).
///   - B: (B, G, N, L), where K divides G and G divides K·D: groups of K·D/G neighbouring channels.
///   - C: as B.
///   - D: (K·D); no skip where nil.
///   - deltaBias: (K·D).
///   - softplus: whether step sizes pass through log(1 + exp(x)), the identity above 20.
///   - initialState: (B, K·D, N); zeros where nil.
/// - Returns: y (B, D, L), the sum over the paths, and the state (B, K·D, N) at the end of each path.
/// - Throws: ``SelectiveScanError`` when the shapes don't fit together.
public func selectiveScan(
    _ u: Tensor, along paths: ScanPaths, delta: Tensor, A: Tensor, B: Tensor, C: Tensor, D: Tensor? = nil,
    deltaBias: Tensor? = nil, softplus: Bool = true, initialState: Tensor? = nil
) throws -> (y: Tensor, lastState: Tensor) {
    try checkTorchErrors()
    let scan = SelectiveScan(
        u: u, delta: delta, A: A, B: B, C: C, D: D, deltaBias: deltaBias, softplus: softplus,
        initialState: initialState,
        paths: paths)
    try scan.checkShapes()
    if let result = try scan.onCUDA(along: paths) { return result }
    guard scan.suitsKernel else { return try scan.alongCopies(paths) }
    return try scan.differentiableKernel()
}

extension SelectiveScan {
    /// The scans by copies of the operands in the order of each path: for any type and device.
    fileprivate func alongCopies(_ paths: ScanPaths) throws -> (y: Tensor, lastState: Tensor) {
        // The tables are shared, and may have been made where nothing is differentiated; a gradient keeps its own.
        let paths = ScanPaths(
            pixels: paths.pixels.to(u.device).copy(), positions: paths.positions.to(u.device).copy())
        func byPath(_ tensor: Tensor) -> Tensor {  // (B, K, …, L)
            tensor.unflattened(axis: 1, sizes: [paths.count, tensor.size(1) / paths.count])
        }
        func inOrder(_ tensor: Tensor) -> Tensor {
            let parts = byPath(tensor).chunked(paths.count, axis: 1).enumerated().map { path, part in
                part.selected(axis: part.rank - 1, indices: paths.pixels[.at(path)])
            }
            return Tensor.concatenated(parts, axis: 1).flattened(from: 1, to: 2)
        }
        let result = try selectiveScan(
            paths.sequences(of: u).flattened(from: 1, to: 2), delta: inOrder(delta), A: A, B: inOrder(B),
            C: inOrder(C), D: D, deltaBias: deltaBias, softplus: softplus, initialState: initialState)
        return (try paths.merged(byPath(result.y)), result.lastState)
    }
}
