import Torch

/// What a ``ConsistentDetail`` network is built from. It has no numbers of bands and no ratio: one network serves all.
public struct ConsistentDetailConfiguration: Configuration, Hashable, Sendable {
    /// Channels of the stage that weighs the classical details of each band.
    public var mixingWidth = 16
    /// Residual blocks of that stage.
    public var mixingBlocks = 1
    /// Channels of each stage that corrects the image.
    public var width = 16
    /// Residual blocks of each such stage.
    public var blocks = 1
    /// Stages that correct the image, each followed by a step towards the measured samples.
    public var stages = 1

    /// The keys of configuration files and checkpoints.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case mixingWidth = "mixing_width"
        case mixingBlocks = "mixing_blocks"
        case width
        case blocks
        case stages
    }

    /// The configuration of the weights that come with the program.
    public init() {}

    /// Checks that every number is one that a network can be built with.
    public func validate() throws(ConfigurationError) {
        try requireRange(CodingKeys.mixingWidth, mixingWidth, 1...1024)
        try requireRange(CodingKeys.mixingBlocks, mixingBlocks, 0...64)
        try requireRange(CodingKeys.width, width, 1...1024)
        try requireRange(CodingKeys.blocks, blocks, 0...64)
        try requireRange(CodingKeys.stages, stages, 0...16)
    }
}
