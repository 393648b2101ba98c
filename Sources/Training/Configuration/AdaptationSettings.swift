import Torch

/// Training of low-rank updates in place of whole weights (LoRA, Hu et al. 2022): few numbers are learned, and checkpoints
/// hold the whole weights with the updates in them.
public struct AdaptationSettings: Configuration, Hashable {
    /// Patterns of the weights that are updated, such as "*.in_proj.weight"; all others stay as they are. None for a training
    /// of whole weights.
    public var weights: [String] = []
    /// Rank of an update.
    public var rank = 8
    /// What an update is multiplied with.
    public var scale = 1.0

    /// All keys.
    public enum CodingKeys: String, CodingKey, CaseIterable { case weights, rank, scale }

    /// The defaults.
    public init() {}

    /// Checks that every number is one that can be used.
    public func validate() throws(ConfigurationError) {
        try require((1...1024).contains(rank), "network.low-rank.rank", rank, "1 to 1024")
        try require(scale != 0 && scale.isFinite, "network.low-rank.scale", scale, "a number other than 0")
    }
}
