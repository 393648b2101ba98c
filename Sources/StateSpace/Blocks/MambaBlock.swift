import Torch

/// What a Mamba block remembers of the tokens that it has seen.
public struct MambaState: Sendable {
    /// (B, k - 1, D), the last inputs of the causal convolution over k tokens.
    public let window: Tensor
    /// (B, D, N), the state of the scan.
    public let scan: Tensor

    /// A state from its parts, such as one that was saved.
    public init(window: Tensor, scan: Tensor) {
        self.window = window
        self.scan = scan
    }

    /// The same state outside of any graph.
    public func detached() -> MambaState { MambaState(window: window.detached(), scan: scan.detached()) }
}

/// The Mamba block (Gu, Dao 2023, figure 3; `mamba_ssm`'s class Mamba, whose parameter names it has): projection to values
/// and gate, causal convolution, selective scan, gate, projection back.
public final class MambaBlock: Module {
    /// What the block was built from.
    public let configuration: MambaConfiguration

    @Child("in_proj") var inputProjection: Linear
    @Inlined var scan: MambaScan
    @Child("out_proj") var outputProjection: Linear

    /// Builds the block.
    ///
    /// - Throws: `ConfigurationError` for a number that no block can be built with.
    public init(_ configuration: MambaConfiguration) throws {
        try configuration.validate()
        self.configuration = configuration
        super.init()
        let (width, inner) = (configuration.width, configuration.innerWidth)
        inputProjection = Linear(width, 2 * inner, hasBias: configuration.projectionsHaveBias)
        scan = MambaScan(configuration)
        outputProjection = Linear(inner, width, hasBias: configuration.projectionsHaveBias)
    }

    /// The rules of `mamba_ssm`: A = -(1 … N), D = 1, step sizes as the configuration says, all else as any layer.
    public override func initializeParameters(using generator: RandomGenerator) {
        scan.initializeState()
        scan.initializeSteps(using: generator)
    }

    /// - Parameter tokens: (B, L, C), L of 1 or more.
    /// - Returns: (B, L, C); each token depends on itself and those before it.
    /// - Throws: ``BlockInputError`` for another shape.
    public func callAsFunction(_ tokens: Tensor) throws -> Tensor {
        let (values, gate) = try projected(tokens)
        return outputProjection(try scan(values, gate: gate).y)
    }

    private func projected(_ tokens: Tensor) throws -> (values: Tensor, gate: Tensor) {
        let width = configuration.width
        try require("the tokens of a Mamba block", tokens, [nil, nil, width], "(B, L, \(width))")
        try requireType("the tokens of a Mamba block", tokens, like: inputProjection.weight)
        let parts = inputProjection.parts(2, of: tokens)
        return (parts[0], parts[1])
    }
}

/// Sequences that come piece by piece, or token by token.
extension MambaBlock {
    /// The state before the first token: zeros.
    public func initialState(batches: Int) -> MambaState {
        let (inner, weight) = (configuration.innerWidth, inputProjection.weight)
        func zeros(_ shape: [Int]) -> Tensor { .zeros(shape, dtype: weight.dtype, device: weight.device) }
        return MambaState(
            window: zeros([batches, configuration.convolutionWidth - 1, inner]),
            scan: zeros([batches, inner, configuration.states]))
    }

    /// The tokens that follow those which have left a state.
    ///
    /// Pieces give what the whole sequence gives, up to rounding. Gradients flow through states; detach them where they
    /// should not.
    ///
    /// - Parameters:
    ///   - tokens: (B, L, C), L of 1 or more.
    ///   - state: of the same batch; see ``initialState(batches:)``.
    /// - Returns: (B, L, C), and the state after the last token.
    /// - Throws: ``BlockInputError`` for other shapes.
    public func callAsFunction(
        _ tokens: Tensor, from state: MambaState
    ) throws -> (tokens: Tensor, state: MambaState) {
        let (values, gate) = try projected(tokens)
        let (batches, inner, margin) = (tokens.size(0), configuration.innerWidth, configuration.convolutionWidth - 1)
        guard state.window.shape == [batches, margin, inner],
            state.scan.shape == [batches, inner, configuration.states]
        else {
            throw BlockInputError(
                "the state of a Mamba block has a window of shape \(state.window.shape) and a scan state of shape "
                    + "\(state.scan.shape); they must be \([batches, margin, inner]) and "
                    + "\([batches, inner, configuration.states]).")
        }
        let result = try scan(values, gate: gate, from: state)
        let seen = Tensor.concatenated([state.window, values], axis: 1)
        let window = seen.narrowed(axis: 1, start: seen.size(1) - margin, length: margin)
        return (outputProjection(result.y), MambaState(window: window.copy(), scan: result.lastState))
    }

    /// The token that follows those which have left a state: the recurrence, in time that does not depend on how many there
    /// were.
    ///
    /// - Parameters:
    ///   - token: (B, C).
    ///   - state: of the same batch.
    /// - Returns: (B, C), and the state after this token.
    /// - Throws: ``BlockInputError`` for other shapes.
    public func step(_ token: Tensor, from state: MambaState) throws -> (token: Tensor, state: MambaState) {
        let width = configuration.width
        try require("the token of a Mamba block", token, [nil, width], "(B, \(width))")
        let result = try callAsFunction(token.unsqueezed(1), from: state)
        return (result.tokens.squeezed(1), result.state)
    }
}
