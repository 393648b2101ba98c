import Torch

/// A selective scan that was asked for with shapes that don't fit together.
public struct SelectiveScanError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Every requirement that is violated, a sentence each.
    public let message: String
    /// The message.
    public var description: String { "selective scan: \(message)" }
}

/// The selective scan (Gu, Dao 2023, algorithm 2), the recurrence at the heart of every Mamba block.
///
/// For each batch, channel d of group g, and time t:
///
///     dt = softplus(delta[t] + deltaBias[d])                      softplus only where asked for
///     h[n] = exp(dt·A[d,n])·h[n] + dt·B[g,n,t]·u[t]
///     y[t] = Σ_n C[g,n,t]·h[n] + D[d]·u[t];   y[t] *= silu(z[t])  only where a gate is given
///
/// On the CPU in float32 the forward pass runs in the SIMD kernel of `CScan`, which reads every input once and keeps the
/// state in registers, and so does the backward pass, which recomputes the states from a sixteenth of them. So it is where
/// u, delta, B, C and z are all in bfloat16 or all in float16, and everything else in that type or float32: it computes in
/// float32, returns y in the type of u and the last state in float32, and gives gradients in the types of their operands.
/// Where there are at least twice as many threads as pieces of work (batches × some 8 or 16 channels), long sequences are
/// divided in time, so that the rounding of results, and nothing else, depends on the number of threads. CUDA devices
/// have kernels of their own, with the same types, where ``SelectiveScanLibrary/cuda`` says that they can be had. Other types
/// and devices run the same recurrence written with tensor operations.
///
/// - Parameters:
///   - u: (B, D, L), any layout.
///   - delta: (B, D, L), step sizes before bias and softplus.
///   - A: (D, N), N from 1 to 256; usually negative.
///   - B: (B, N, L) shared by all channels, (B, G, N, L) shared by groups of D/G neighbouring channels, or (D, N) constant
///     in time.
///   - C: as B.
///   - D: (D); no skip where nil.
///   - z: (B, D, L); no gate where nil.
///   - deltaBias: (D).
///   - softplus: whether step sizes pass through log(1 + exp(x)), the identity above 20.
///   - initialState: (B, D, N); zeros where nil.
///   - reversed: whether time runs from the last token to the first. Results stay in the order of the inputs.
/// - Returns: y (B, D, L), and the state (B, D, N) after the last step.
/// - Throws: ``SelectiveScanError`` when the shapes don't fit together.
public func selectiveScan(
    _ u: Tensor, delta: Tensor, A: Tensor, B: Tensor, C: Tensor, D: Tensor? = nil, z: Tensor? = nil,
    deltaBias: Tensor? = nil, softplus: Bool = true, initialState: Tensor? = nil, reversed: Bool = false
) throws -> (y: Tensor, lastState: Tensor) {
    try checkTorchErrors()
    let scan = SelectiveScan(
        u: u, delta: delta, A: A, B: B, C: C, D: D, z: z, deltaBias: deltaBias, softplus: softplus,
        initialState: initialState, reversed: reversed)
    try scan.checkShapes()
    if let result = try scan.onCUDA() { return result }
    guard scan.suitsKernel else { return scan.plain() }
    return try scan.differentiableKernel()
}

/// The operands of one scan.
struct SelectiveScan {
    var u: Tensor
    var delta: Tensor
    var A: Tensor
    var B: Tensor
    var C: Tensor
    var D: Tensor?
    var z: Tensor?
    var deltaBias: Tensor?
    var softplus: Bool
    var initialState: Tensor?
    var reversed = false
    /// The paths over one map, where the tokens are not in the order of time. `u` and `z` are the map's, all else has the
    /// channels of every path.
    var paths: ScanPaths?

    /// The channels of all paths.
    var channels: Int { u.size(1) * (paths?.count ?? 1) }

    /// All operands that are given, in a fixed order.
    var tensors: [Tensor] { [u, delta, A, B, C] + [D, z, deltaBias, initialState].compactMap { $0 } }

    /// The same scan outside of any graph.
    func detached() -> SelectiveScan {
        SelectiveScan(
            u: u.detached(), delta: delta.detached(), A: A.detached(), B: B.detached(), C: C.detached(),
            D: D?.detached(), z: z?.detached(), deltaBias: deltaBias?.detached(), softplus: softplus,
            initialState: initialState?.detached(), reversed: reversed, paths: paths)
    }

    func checkShapes() throws {
        var problems: [String] = []
        guard u.rank == 3, A.rank == 2 else {
            throw SelectiveScanError(message: "u has shape \(u.shape) and A \(A.shape); they are (B, D, L) and (D, N).")
        }
        if let wrong = tensors.first(where: { !$0.dtype.isFloatingPoint }) {
            throw SelectiveScanError(message: "an operand has type \(wrong.dtype); numbers need a fraction.")
        }
        let (batches, length, states) = (u.size(0), u.size(2), A.size(1))
        func require(_ name: String, _ tensor: Tensor?, _ shape: [Int]) {
            if let tensor, tensor.shape != shape { problems.append("\(name) has shape \(tensor.shape), not \(shape).") }
        }
        require("delta", delta, [batches, channels, length])
        require("A", A, [channels, states])
        require("D", D, [channels])
        require("z", z, u.shape)
        if let paths, paths.length != length {
            problems.append("the paths have \(paths.length) tokens, but u has \(length) pixels.")
        }
        require("deltaBias", deltaBias, [channels])
        require("initialState", initialState, [batches, channels, states])
        if !(1...256).contains(states) { problems.append("A has \(states) states; 1 to 256 are possible.") }
        for (name, tensor) in [("B", B), ("C", C)] {
            switch tensor.rank {
            case 2 where paths != nil, 3 where paths != nil:
                problems.append("\(name) has shape \(tensor.shape); along paths it is (B, G, N, L).")
            case 2: require(name, tensor, [channels, states])
            case 3: require(name, tensor, [batches, states, length])
            case 4 where tensor.size(1) > 0 && channels % tensor.size(1) == 0:
                require(name, tensor, [batches, tensor.size(1), states, length])
            default: problems.append("\(name) has shape \(tensor.shape); its groups must divide \(channels) channels.")
            }
            if let paths, tensor.rank == 4, tensor.size(1) % paths.count != 0 {
                problems.append(
                    "\(name) has \(tensor.size(1)) groups; they must be a multiple of the \(paths.count) paths.")
            }
        }
        if B.shape != C.shape { problems.append("B has shape \(B.shape) and C \(C.shape); they must agree.") }
        if !problems.isEmpty { throw SelectiveScanError(message: problems.joined(separator: " ")) }
    }
}
