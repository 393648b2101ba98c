import Torch

extension ScanPath.Direction {
    /// What authors append to the names of this direction's parameters.
    fileprivate var suffix: String {
        switch self {
        case .rows: ""
        case .rowsReversed: "_b"
        case .columns: "_c"
        case .columnsReversed: "_d"
        }
    }
}

/// A Mamba block that scans its tokens in several directions, each with parameters of its own, and sums the results under one
/// gate: Vision Mamba's bidirectional block (Zhu et al. 2024, algorithm 1; type "v2" of its program) and the four-direction
/// blocks of FusionMamba (Peng et al. 2024, figures 3 and 4; types "v6" and "v7").
///
/// The dual-input form has a second, steering input: step sizes, B and C come from the steering tokens; values, gate and
/// skip from the input.
public final class MultiDirectionMamba: Module {
    /// What the block was built from.
    public let configuration: MambaConfiguration

    @Child("in_proj") var inputProjection: Linear
    @Child("in_proj_b") var steeringProjection: Linear?
    @Inlined var scans: [MambaScan]
    @Child("out_proj") var outputProjection: Linear
    @Child("norm") var norm: LayerNorm?
    private let directions: [ScanPath.Direction]
    private let averages: Bool
    private let steeringWeights = DerivedTensor()

    /// Builds the block.
    ///
    /// - Parameters:
    ///   - configuration: sizes, the same for every direction.
    ///   - directions: one or more, each once; only the first two make sense for a plain sequence.
    ///   - isSteered: whether there is a second input.
    ///   - averages: whether the sum is divided by the number of directions (Vision Mamba's `if_devide_out`).
    ///   - hasNorm: whether it is normalised before the last projection (FusionMamba).
    /// - Throws: `ConfigurationError` for a number that no block can be built with, and for no direction or one twice.
    public init(
        _ configuration: MambaConfiguration, directions: [ScanPath.Direction] = [.rows, .rowsReversed],
        isSteered: Bool = false, averages: Bool = false, hasNorm: Bool = false
    ) throws {
        try configuration.validate()
        guard !directions.isEmpty, Set(directions).count == directions.count else {
            throw ConfigurationError.outOfRange(
                key: "directions", value: "\(directions)", allowed: "one or more, each once")
        }
        self.configuration = configuration
        self.directions = directions
        self.averages = averages
        super.init()
        let (width, inner) = (configuration.width, configuration.innerWidth)
        let hasBias = configuration.projectionsHaveBias
        inputProjection = Linear(width, 2 * inner, hasBias: hasBias)
        steeringProjection = isSteered ? Linear(width, inner, hasBias: hasBias) : nil
        scans = directions.map { MambaScan(configuration, suffix: $0.suffix) }
        outputProjection = Linear(inner, width, hasBias: hasBias)
        norm = hasNorm ? LayerNorm(inner) : nil
    }

    /// Quirk: only the first direction starts with Mamba's step sizes, in Vision Mamba's program and those that follow it.
    public override func initializeParameters(using generator: RandomGenerator) {
        for scan in scans { scan.initializeState() }
        scans.first?.initializeSteps(using: generator)
    }

    /// A plain sequence, or a map of one row.
    ///
    /// - Parameters:
    ///   - tokens: (B, L, C).
    ///   - steering: the same shape; given exactly where the block was built for it.
    /// - Returns: (B, L, C).
    /// - Throws: ``BlockInputError`` for other shapes.
    public func callAsFunction(_ tokens: Tensor, steering: Tensor? = nil) throws -> Tensor {
        try callAsFunction(tokens, steering: steering, height: 1, width: tokens.rank > 1 ? tokens.size(1) : 1)
    }

    /// A map.
    ///
    /// - Parameters:
    ///   - tokens: (B, L, C), row by row.
    ///   - steering: the same shape; given exactly where the block was built for it.
    ///   - height: rows of the map.
    ///   - width: columns of the map; L = height · width.
    /// - Returns: (B, L, C), contiguous.
    /// - Throws: ``BlockInputError`` for other shapes.
    public func callAsFunction(_ tokens: Tensor, steering: Tensor? = nil, height: Int, width: Int) throws -> Tensor {
        let (length, isTooLarge) = height.multipliedReportingOverflow(by: width)
        guard height > 0, width > 0, !isTooLarge else {
            throw BlockInputError("a map of \(height) rows and \(width) columns has no pixels, or too many.")
        }
        try check(tokens, steering, length)
        let halves = inputProjection.parts(2, of: tokens)
        let values = halves[0]  // (B, L, D)
        // Nothing stands between the steering tokens and the projections of each direction, so one product does all.
        let steps = steering.flatMap { steering in
            steeringProjection?(steering).linear(
                weight: steeringWeights(of: scans.map(\.stateProjection.weight)) {
                    Tensor.concatenated(scans.map(\.stateProjection.weight), axis: 0)
                }
            ).chunked(directions.count, axis: 2)
        }

        var sum: Tensor?
        for (index, direction) in directions.enumerated() {
            // Along rows tokens lie in the order of time or in its reverse, which needs no path.
            let path =
                direction.isByRows
                ? nil : try ScanPaths([ScanPath(direction)], height: height, width: width, device: values.device)
            let y = try scans[index](
                values, steering: steps?[index], along: path, reversed: path == nil && direction.isReversed
            ).y
            sum = sum.map { added($0, y) } ?? y
        }
        guard let sum else { preconditionFailure("a Mamba block without a direction") }
        // The gate belongs to the pixel, so it is applied once, after the directions are summed.
        let gated = multiplied(halves[1].silu(), sum)
        return outputProjection(normalized(gated))
    }

    private func normalized(_ sum: Tensor) -> Tensor {
        let divisor = averages ? Double(directions.count) : 1
        guard let norm else { return averages ? sum / divisor : sum }
        // The mean of the directions, normalised with ε, is their sum normalised with count² · ε.
        return sum.layerNormalized(
            shape: [sum.size(2)], weight: norm.weight, bias: norm.bias, epsilon: 1e-5 * divisor * divisor)
    }

    private func check(_ tokens: Tensor, _ steering: Tensor?, _ length: Int) throws(BlockInputError) {
        let width = configuration.width
        let expected = "(B, \(length), \(width))"
        try require("the tokens of a Mamba block", tokens, [nil, length, width], expected)
        try requireType("the tokens of a Mamba block", tokens, like: inputProjection.weight)
        guard (steering != nil) == (steeringProjection != nil) else {
            throw BlockInputError(
                steering == nil
                    ? "a Mamba block with two inputs was given no steering tokens."
                    : "a Mamba block with one input was given steering tokens.")
        }
        if let steering {
            try requireType("the steering tokens of a Mamba block", steering, like: inputProjection.weight)
            try require(
                "the steering tokens of a Mamba block", steering, [tokens.size(0), length, width],
                "(\(tokens.size(0)), \(length), \(width))")
        }
    }
}
