import CScan
import CTorch
import Torch

/// A causal convolution that was asked for with shapes that don't fit together.
public struct CausalConvolutionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What does not fit.
    public let message: String
    /// The message.
    public var description: String { "causal convolution: \(message)" }
}

/// The convolution of each channel along time that stands before the scan in a Mamba block (Gu, Dao 2023, figure 3),
/// along each of K paths over one map:
///
///     s[t] = bias + Σ_j weight[j] · x[t - W + 1 + j],    y = s, or s · sigmoid(s)
///
/// with zeros before the first token. In float32 on the CPU it reads each token's channels from the cache, applies the
/// activation on the way and writes every result once, where libtorch needs a pass over memory for each of padding,
/// convolution, activation and order. Other types, devices and more than 8 taps take tensor operations.
///
/// - Parameters:
///   - x: (B, D, L); fastest with channels side by side in memory.
///   - weight: (K·D, W) or (K·D, 1, W); channel k·D + d is that of path k. The last tap is the token itself.
///   - bias: (K·D).
///   - paths: K orders of the L tokens; nil for one, in the order of the tokens.
///   - reversed: whether time runs from the last token to the first; only without paths.
///   - activated: whether SiLU follows.
/// - Returns: (B, K·D, L), channels side by side in memory, in the order of the input's tokens.
/// - Throws: ``CausalConvolutionError`` when the shapes don't fit together.
public func causalConvolution(
    _ x: Tensor, weight: Tensor, bias: Tensor? = nil, along paths: ScanPaths? = nil, reversed: Bool = false,
    activated: Bool = true
) throws -> Tensor {
    try checkTorchErrors()
    let convolution = CausalConvolution(
        x: x, weight: weight.rank == 3 ? weight.squeezed(1) : weight, bias: bias, paths: paths, reversed: reversed,
        activated: activated)
    try convolution.checkShapes()
    if x.count == 0 {
        return .zeros([x.size(0), convolution.weight.size(0), x.size(2)], dtype: x.dtype, device: x.device)
    }
    guard convolution.suitsKernel else { return convolution.plain() }
    let inputs = convolution.prepared()
    guard convolution.tensors.contains(where: \.requiresGradient) else { return inputs.kernel() }
    return differentiable(
        "causal_convolution", convolution.tensors, forward: { [inputs.kernel()] },
        backward: { try inputs.kernelGradients($0[0]) })[0]
}

/// The operands of one convolution.
private struct CausalConvolution {
    var x: Tensor
    var weight: Tensor
    var bias: Tensor?
    let paths: ScanPaths?
    let reversed: Bool
    let activated: Bool

    var tensors: [Tensor] { [x, weight] + [bias].compactMap { $0 } }
    private var count: Int { paths?.count ?? 1 }
    private var taps: Int { weight.size(1) }

    func checkShapes() throws {
        func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
            if !condition { throw CausalConvolutionError(message: message()) }
        }
        try require(
            x.rank == 3 && weight.rank == 2,
            "x has shape \(x.shape) and the weight \(weight.shape); they are (B, D, L) and (K·D, W).")
        try require(
            weight.size(0) == count * x.size(1),
            "the weight has \(weight.size(0)) channels, not \(count * x.size(1)), those of \(count) paths.")
        try require(
            x.dtype.isFloatingPoint && tensors.allSatisfy { $0.dtype == x.dtype },
            "x, weight and bias have types \(tensors.map(\.dtype.rawValue)); they must have one, with a fraction.")
        try require(taps > 0, "the weight has no taps.")
        if let bias {
            try require(bias.shape == [weight.size(0)], "the bias has shape \(bias.shape), not \([weight.size(0)]).")
        }
        if let paths {
            try require(
                paths.length == x.size(2), "the paths have \(paths.length) tokens, x has \(x.size(2)).")
            try require(!reversed, "time along a path is reversed by another path.")
        }
    }

    var suitsKernel: Bool {
        taps <= Int(fk_convolution_most_taps) && (paths?.pixels.device ?? .cpu) == .cpu
            && tensors.allSatisfy { $0.dtype == .float32 && $0.device == .cpu }
    }

    /// The same convolution outside of any graph, with the layouts that the kernel wants.
    func prepared() -> CausalConvolution {
        CausalConvolution(
            x: Self.channelsLast(x.detached()), weight: weight.detached().contiguous(),
            bias: bias?.detached().contiguous(), paths: paths, reversed: reversed, activated: activated)
    }

    private static func channelsLast(_ tensor: Tensor) -> Tensor {
        tensor.size(1) == 1 || tensor.strides[1] == 1 ? tensor : tensor.transposed(1, 2).contiguous().transposed(1, 2)
    }

    func kernel() -> Tensor {
        let y = Tensor.uninitialized([x.size(0), x.size(2), weight.size(0)]).transposed(1, 2)
        withArguments { arguments in
            let (output, batch, token) = tokens(y)
            (arguments.output, arguments.output_batch, arguments.output_token) = (output, batch, token)
            withExtendedLifetime(y) {
                profiled("causal convolution", work: y.count * taps) {
                    fk_causal_convolution(&arguments, fk_parallel_for, nil)
                }
            }
        }
        return y
    }

    /// Gradients of ``tensors``, in their order.
    func kernelGradients(_ doutput: Tensor) throws -> [Tensor] {
        let doutput = Self.channelsLast(doutput)
        let dx = Tensor.uninitialized([x.size(0), x.size(2), x.size(1)]).transposed(1, 2)
        let dweight = Tensor.uninitialized(weight.shape)
        let dbias = bias.map { Tensor.uninitialized($0.shape) }
        let workspace = Tensor.uninitialized([x.size(0), x.size(2), weight.size(0)])
        let succeeded = withArguments { arguments in
            var gradients = fk_convolution_gradients()
            let (given, givenBatch, givenToken) = tokens(doutput)
            (gradients.doutput, gradients.doutput_batch, gradients.doutput_token) = (
                UnsafePointer(given), givenBatch, givenToken
            )
            (gradients.dinput, gradients.dinput_batch, gradients.dinput_token) = tokens(dx)
            gradients.dweight = floats(dweight)
            gradients.dbias = dbias.flatMap(floats)
            gradients.workspace = floats(workspace)
            return withExtendedLifetime((doutput, dx, dweight, dbias, workspace)) {
                fk_causal_convolution_backward(&arguments, &gradients, fk_parallel_for, nil)
            }
        }
        guard succeeded else {
            throw CausalConvolutionError(message: "there is not enough memory for the gradients of the weight.")
        }
        return [dx, dweight] + [dbias].compactMap { $0 }
    }

    private func withArguments<Result>(_ body: (inout fk_convolution_arguments) -> Result) -> Result {
        var arguments = fk_convolution_arguments()
        arguments.batches = Int64(x.size(0))
        arguments.paths = Int64(count)
        arguments.channels = Int64(x.size(1))
        arguments.length = Int64(x.size(2))
        arguments.taps = Int64(taps)
        arguments.pixels = paths.flatMap { indices($0.pixels) }
        arguments.positions = paths.flatMap { indices($0.positions) }
        let (input, batch, token) = tokens(x)
        (arguments.input, arguments.input_batch, arguments.input_token) = (UnsafePointer(input), batch, token)
        arguments.weight = UnsafePointer(floats(weight))
        arguments.bias = bias.flatMap { UnsafePointer(floats($0)) }
        arguments.silu = activated
        return withExtendedLifetime((tensors, paths)) { body(&arguments) }
    }

    /// The first token in the order of time, and the strides of batches and tokens.
    private func tokens(_ tensor: Tensor) -> (UnsafeMutablePointer<Float>?, Int64, Int64) {
        let strides = tensor.strides
        let start = reversed ? (tensor.size(2) - 1) * strides[2] : 0
        return (floats(tensor).map { $0 + start }, Int64(strides[0]), Int64(reversed ? -strides[2] : strides[2]))
    }

    private func floats(_ tensor: Tensor) -> UnsafeMutablePointer<Float>? {
        tensor.unsafeAddress.assumingMemoryBound(to: Float.self)
    }

    private func indices(_ tensor: Tensor) -> UnsafePointer<Int32>? {
        UnsafePointer(tensor.unsafeAddress.assumingMemoryBound(to: Int32.self))
    }

    /// The same by tensor operations.
    func plain() -> Tensor {
        let weights = weight.unsqueezed(1).chunked(count, axis: 0)
        let biases = bias?.chunked(count, axis: 0)
        let results = (0..<count).map { path in
            var ordered = x
            if let paths { ordered = x.selected(axis: 2, indices: paths.pixels[.at(path)].to(x.device)) }
            if reversed { ordered = x.flipped(2) }
            var y = ordered.conv1d(
                weight: weights[path], bias: biases?[path], padding: taps - 1, groups: x.size(1)
            ).narrowed(axis: 2, start: 0, length: x.size(2))
            if activated { y = y.silu() }
            if let paths { return y.selected(axis: 2, indices: paths.positions[.at(path)].to(x.device)) }
            return reversed ? y.flipped(2) : y
        }
        return Tensor.concatenated(results, axis: 1).transposed(1, 2).contiguous().transposed(1, 2)
    }
}
