import Metrics
import Torch

/// How the network is judged on the way.
public struct ValidationSettings: Configuration, Hashable {
    /// Epochs between validations; 0 for none.
    public var every = 1
    /// Indices that are measured beside the loss; of a pair those of fused pictures.
    public var metrics = ["ERGAS", "SAM", "PSNR"]
    /// What decides which checkpoint is the best: "loss" or one of the metrics.
    public var best = "loss"
    /// Validations without a better value after which the training ends; 0 for never.
    public var patience = 0
    /// Samples of which pictures go to TensorBoard.
    public var pictures = 2

    /// All keys.
    public enum CodingKeys: String, CodingKey, CaseIterable { case every, metrics, best, patience, pictures }

    /// The defaults.
    public init() {}

    /// Checks names and numbers.
    public func validate() throws(ConfigurationError) {
        try require(every >= 0, "validation.every", every, "0 or more")
        let known =
            Metrics.withReference.map(\.name) + Metrics.withoutReference.map(\.name) + Metrics.ofSources.map(\.name)
        for name in metrics { try requireName(name, of: known, "validation.metrics") }
        try requireName(best, of: ["loss"] + metrics, "validation.best")
        try require(patience >= 0, "validation.patience", patience, "0 or more")
        try require(pictures >= 0, "validation.pictures", pictures, "0 or more")
    }
}
