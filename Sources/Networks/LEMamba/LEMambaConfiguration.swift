import Torch

/// What a LE-Mamba network (Cao et al. 2024) is built from; keys, index rules and defaults as in the authors' program, whose
/// "tiny" network the defaults are.
///
/// Level 0 has the size of the image, each further one half of it. Lists have one entry a level; those of the decoder that
/// are called deepest first count from the smallest map.
public struct LEMambaConfiguration: Configuration, Hashable, Sendable {
    /// Bands of the low-resolution image.
    public var msBands = 8
    /// Bands of the guide: 1 for PAN, 3 for RGB.
    public var guideBands = 1
    /// Bands of the result; as many as the low-resolution image has.
    public var outputBands = 8
    /// Channels of level 0.
    public var width = 32
    /// Blocks of each encoder level.
    public var encoderBlocks = [2, 1, 1]
    /// Blocks of each decoder level.
    public var decoderBlocks = [2, 1, 1]
    /// Blocks between encoder and decoder.
    public var middleBlocks = 1
    /// By how much each level multiplies the channels on the way down.
    public var channelFactors = [1, 1, 1]
    /// Channels inside the global scan of each level for each channel outside; the last entry also for the middle.
    public var scanRatios = [2.0, 2, 1]
    /// Side of the windows of each level, nil where there are none; the last entry also for the middle.
    public var windows: [Int?] = [8, 8, nil]
    /// States of the local and of the global scan of each encoder level; the last entry also for the middle.
    public var encoderStates: [[Int?]] = [[16, 32], [16, 32], [nil, 32]]
    /// The same for each decoder level, deepest first.
    public var decoderStates: [[Int?]] = [[nil, 32], [16, 32], [16, 32]]
    /// Side of the convolution before the local and before the global scan of each encoder level; the last entry also for the
    /// middle.
    public var encoderKernels: [[Int?]] = [[7, 11], [7, 11], [nil, 11]]
    /// The same for each decoder level, deepest first.
    public var decoderKernels: [[Int?]] = [[nil, 11], [7, 11], [7, 11]]
    /// How often the last block leaves out a residual branch in training; it grows evenly from 0 at the first block.
    public var dropRate = 0.1
    /// High-resolution pixels along one low-resolution pixel.
    public var ratio = 4
    /// Whether the authors validate tile by tile; see ``LEMamba/tiled(upsampled:guide:tile:)``. It does not change the
    /// network.
    public var mergesTiles = true
    /// Blocks without a scan, which the authors' program builds and never runs; none.
    public var plainEncoderBlocks: [Int] = []
    /// As ``plainEncoderBlocks``.
    public var plainDecoderBlocks: [Int] = []
    /// As ``plainEncoderBlocks``.
    public var plainChannelFactors: [Int] = []
    /// A table of positions that fits one size of image only; false.
    public var hasPositionTable = false
    /// Rotary positions, with which the authors' program stops; false.
    public var hasRotaryPositions = false

    /// The keys of configuration files and checkpoints.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case msBands = "img_channel"
        case guideBands = "condition_channel"
        case outputBands = "out_channel"
        case width
        case encoderBlocks = "ssm_enc_blk_nums"
        case decoderBlocks = "ssm_dec_blk_nums"
        case middleBlocks = "middle_blk_nums"
        case channelFactors = "ssm_chan_upscale"
        case scanRatios = "ssm_ratios"
        case windows = "window_sizes"
        case encoderStates = "ssm_enc_d_states"
        case decoderStates = "ssm_dec_d_states"
        case encoderKernels = "ssm_enc_convs"
        case decoderKernels = "ssm_dec_convs"
        case dropRate = "drop_path_rate"
        case ratio = "upscale"
        case mergesTiles = "patch_merge"
        case plainEncoderBlocks = "naf_enc_blk_nums"
        case plainDecoderBlocks = "naf_dec_blk_nums"
        case plainChannelFactors = "naf_chan_upscale"
        case hasPositionTable = "if_abs_pos"
        case hasRotaryPositions = "if_rope"
    }

    /// The authors' "tiny" network for eight bands and PAN.
    public init() {}

    /// The authors' "tiny" network for a task.
    public init(msBands: Int, guideBands: Int = 1, ratio: Int = 4) {
        self.msBands = msBands
        self.guideBands = guideBands
        outputBands = msBands
        self.ratio = ratio
    }
}
