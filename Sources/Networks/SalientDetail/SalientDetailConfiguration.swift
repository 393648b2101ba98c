import Torch

/// What a ``SalientDetail`` network is built from.
public struct SalientDetailConfiguration: Configuration, Hashable, Sendable {
    /// Scales of detail, each half as fine as the one before; fewer for pictures that are too small.
    public var scales = 5
    /// Channels of the networks that weigh details.
    public var width = 16
    /// Residual convolutions of each.
    public var blocks = 2
    /// Maps of each picture that a scale hands to the next finer one.
    public var memory = 8

    /// All keys.
    public enum CodingKeys: String, CodingKey, CaseIterable { case scales, width, blocks, memory }

    /// The configuration of the weights that come with the program.
    public init() {}

    /// Checks that every number is one that a network can be built with.
    public func validate() throws(ConfigurationError) {
        try requireRange(CodingKeys.scales, scales, 1...10)
        try requireRange(CodingKeys.width, width, 1...1024)
        try requireRange(CodingKeys.blocks, blocks, 0...64)
        try requireRange(CodingKeys.memory, memory, 1...1024)
    }
}
