import Torch

/// What a FusionMamba (Xie et al. 2024) network is built from; keys as in the authors' program, whose blocks have further
/// settings that can't be reached from there.
public struct FusionMambaMMConfiguration: Configuration, Hashable, Sendable {
    /// DVSS blocks of each stage of the encoder, from the full size down.
    public var depths = [2, 2, 9, 2]
    /// DVSS blocks of each stage of the decoder, from the smallest size up.
    public var decoderDepths = [2, 9, 2, 2]
    /// Channels of each stage of the encoder; each twice the one before.
    public var widths = [96, 192, 384, 768]
    /// Channels of each stage of the decoder: those of the encoder in reverse.
    public var decoderWidths = [768, 384, 192, 96]
    /// N, states of each channel of the cross-modality scans. Those of the DVSS blocks have 16 always: the authors' program
    /// does not pass its setting on to them.
    public var states = 16
    /// How many elements are left out in training behind the patch embedding, 0 to 1.
    public var dropRate = 0.0
    /// How many are left out behind the cross-modality scans, 0 to 1.
    public var scanDropRate = 0.0
    /// How often the residual branches of the deepest block are left out in training, 0 to 1; those before it less often.
    public var pathDropRate = 0.1
    /// How many times both inputs are added to the result: 2 as released, 1 for weights from before 15 October 2024.
    public var residualGain = 2.0
    /// Whether the cross-modality scans have one gate for each modality, as published; the released program makes both from
    /// the first, and its weights need that.
    public var hasCorrectedGate = false

    /// The keys of configuration files and checkpoints.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case depths
        case decoderDepths = "depths_decoder"
        case widths = "dims"
        case decoderWidths = "dims_decoder"
        case states = "d_state"
        case dropRate = "drop_rate"
        case scanDropRate = "attn_drop_rate"
        case pathDropRate = "drop_path_rate"
        case residualGain = "residual_gain"
        case hasCorrectedGate = "corrected_gate"
    }

    /// The configuration of the authors' models for IR-VIS, PET-MRI and SPECT-MRI.
    public init() {}

    /// A network of some depths, from the full size down and from the smallest size up.
    ///
    /// - Parameter width: channels of the first stage.
    public init(depths: [Int], decoderDepths: [Int], width: Int = 96) {
        self.depths = depths
        self.decoderDepths = decoderDepths
        widths = depths.indices.map { width << $0 }
        decoderWidths = widths.reversed()
    }

    /// Checks that every number is one that a network can be built with.
    public func validate() throws(ConfigurationError) {
        func check(_ key: CodingKeys, _ isAllowed: Bool, _ value: Any, _ allowed: String) throws(ConfigurationError) {
            guard isAllowed else {
                throw ConfigurationError.outOfRange(key: key.rawValue, value: "\(value)", allowed: allowed)
            }
        }
        let count = depths.count
        try check(.depths, (1...8).contains(count), depths, "a list of 1 to 8 stages")
        let blocks = 1...256
        try check(.depths, depths.allSatisfy(blocks.contains), depths, "1 to 256 for each stage")
        try check(
            .decoderDepths, decoderDepths.count == count && decoderDepths.allSatisfy(blocks.contains), decoderDepths,
            "1 to 256 for each of \(count) stages, as 'depths' has")
        let first = widths.first ?? 0
        let areDoubled = (8...4096).contains(first) && first % 4 == 0 && widths == depths.indices.map { first << $0 }
        try check(
            .widths, areDoubled, widths,
            "\(count) numbers, each twice the one before, beginning with a multiple of 4 from 8 to 4096")
        try check(.decoderWidths, decoderWidths == widths.reversed(), decoderWidths, "those of 'dims' in reverse")
        try check(.states, (1...256).contains(states), states, "1 to 256")
        try check(.dropRate, (0...1).contains(dropRate), dropRate, "0 to 1")
        try check(.scanDropRate, (0...1).contains(scanDropRate), scanDropRate, "0 to 1")
        try check(.pathDropRate, (0...1).contains(pathDropRate), pathDropRate, "0 to 1")
        try check(.residualGain, residualGain.isFinite, residualGain, "a number, such as 1 or 2")
    }
}
