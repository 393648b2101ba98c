import Torch

/// What a Mamba block is built from; keys and defaults as in `mamba_ssm`.
public struct MambaConfiguration: Configuration, Hashable, Sendable {
    /// Number of values that the step sizes of all channels are made from.
    public enum StepRank: Codable, Hashable, Sendable {
        /// A sixteenth of the width, rounded up.
        case automatic
        /// A number, 1 or more.
        case fixed(Int)

        /// Reads a number, "auto", or its formula as some authors write it, "ceil(width/16)".
        public init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let rank = try? container.decode(Int.self) {
                self = .fixed(rank)
            } else if try ["auto", "ceil(width/16)"].contains(container.decode(String.self)) {
                self = .automatic
            } else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "a number or \"auto\"")
            }
        }

        /// Writes a number or "auto".
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .automatic: try container.encode("auto")
            case .fixed(let rank): try container.encode(rank)
            }
        }

        /// The number for tokens of a width.
        public func number(width: Int) -> Int {
            switch self {
            case .automatic: (width + 15) / 16
            case .fixed(let rank): rank
            }
        }
    }

    /// C, channels of the tokens.
    public var width = 64
    /// N, states of each channel.
    public var states = 16
    /// Tokens that the causal convolution sees.
    public var convolutionWidth = 4
    /// Channels inside the block for each channel of the tokens.
    public var expansion = 2.0
    /// R, see ``StepRank-swift.enum``.
    public var stepRank = StepRank.automatic
    /// How the projection to step sizes starts.
    public var stepWeights = StepInitialization.Weights.random
    /// See ``StepInitialization/shortest``.
    public var shortestStep = StepInitialization().shortest
    /// See ``StepInitialization/longest``.
    public var longestStep = StepInitialization().longest
    /// See ``StepInitialization/scale``.
    public var stepScale = StepInitialization().scale
    /// See ``StepInitialization/floor``.
    public var stepFloor = StepInitialization().floor
    /// Whether the convolution has a bias.
    public var convolutionHasBias = true
    /// Whether the first and the last projection have one.
    public var projectionsHaveBias = false

    /// The keys of configuration files.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case width = "d_model"
        case states = "d_state"
        case convolutionWidth = "d_conv"
        case expansion = "expand"
        case stepRank = "dt_rank"
        case stepWeights = "dt_init"
        case shortestStep = "dt_min"
        case longestStep = "dt_max"
        case stepScale = "dt_scale"
        case stepFloor = "dt_init_floor"
        case convolutionHasBias = "conv_bias"
        case projectionsHaveBias = "bias"
    }

    /// The defaults.
    public init() {}

    /// A block of a size.
    public init(
        width: Int, states: Int = 16, convolutionWidth: Int = 4, expansion: Double = 2,
        stepRank: StepRank = .automatic
    ) {
        self.width = width
        self.states = states
        self.convolutionWidth = convolutionWidth
        self.expansion = expansion
        self.stepRank = stepRank
    }

    /// D, channels inside the block.
    public var innerWidth: Int { Int(expansion * Double(width)) }
    /// R, values that the step sizes are made from.
    public var rank: Int { stepRank.number(width: width) }
    /// How step sizes start.
    public var steps: StepInitialization {
        var steps = StepInitialization()
        steps.weights = stepWeights
        steps.scale = stepScale
        steps.shortest = shortestStep
        steps.longest = longestStep
        steps.floor = stepFloor
        return steps
    }

    /// Checks that every number is one that a block can be built with.
    public func validate() throws(ConfigurationError) {
        func check(_ key: CodingKeys, _ isAllowed: Bool, _ value: Any, _ allowed: String) throws(ConfigurationError) {
            guard isAllowed else {
                throw ConfigurationError.outOfRange(key: key.rawValue, value: "\(value)", allowed: allowed)
            }
        }
        let most = 1 << 16
        try check(.width, (1...most).contains(width), width, "1 to \(most)")
        try check(.states, (1...256).contains(states), states, "1 to 256")
        try check(.convolutionWidth, (1...256).contains(convolutionWidth), convolutionWidth, "1 to 256")
        let inner = expansion * Double(width)
        try check(
            .expansion, inner >= 1 && inner <= Double(most), expansion, "such that d_model · expand is 1 to \(most)")
        try check(.stepRank, (1...most).contains(rank), rank, "1 to \(most), or \"auto\"")
        try check(.shortestStep, shortestStep > 0 && shortestStep.isFinite, shortestStep, "above 0")
        try check(
            .longestStep, longestStep >= shortestStep && longestStep.isFinite, longestStep, "at least dt_min")
        try check(.stepScale, stepScale >= 0 && stepScale.isFinite, stepScale, "0 or more")
        try check(.stepFloor, stepFloor > 0 && stepFloor.isFinite, stepFloor, "above 0")
    }
}
