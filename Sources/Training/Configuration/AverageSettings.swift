import Torch

/// Averages of the weights over the training, which are validated and saved in place of the weights themselves.
public struct AverageSettings: Configuration, Hashable {
    /// The kinds of averages.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// No average.
        case none
        /// The same share of the past in every step.
        case constant
        /// A share that grows, after 100 steps, up to a limit: LE-Mamba's training.
        case warmUp = "warm-up"
        /// A power function of the step; with copies of two widths, from which any other is made afterwards.
        case power
    }

    /// Which one.
    public var kind = Kind.warmUp
    /// What the average finally keeps of itself in a step.
    public var share = 0.995
    /// power: widths, as shares of the training; the first is validated and saved.
    public var widths = [0.05, 0.1]
    /// power: how many times on the way the averages are kept, so that those of other widths can be made afterwards.
    public var copies = 16

    /// All keys.
    public enum CodingKeys: String, CodingKey, CaseIterable { case kind, share, widths, copies }

    /// The defaults.
    public init() {}

    /// Checks that every number is one that can be used.
    public func validate() throws(ConfigurationError) {
        try require((0..<1).contains(share), "average.share", share, "0 or more, less than 1")
        let areWidths = !widths.isEmpty && widths.allSatisfy { $0 > 0 && $0 < 0.288 }
        try require(areWidths, "average.widths", widths, "one or more numbers above 0 and below 0.288")
        try require(copies >= 1, "average.copies", copies, "1 or more")
    }
}
