import Torch

/// What a run leaves behind.
public struct RecordSettings: Configuration, Hashable {
    /// The folder of the run: settings, checkpoints and logs.
    public var folder = "run"
    /// Epochs between the states that a stopped run goes on from.
    public var stateEvery = 1
    /// Steps between such states within an epoch; 0 for none.
    public var stateSteps = 0
    /// Epochs between checkpoints that are kept beside the best and the last; 0 for none.
    public var every = 0
    /// How many of these are kept, the newest ones.
    public var keep = 3
    /// Whether event files for TensorBoard are written.
    public var tensorboard = true
    /// Steps between histograms of weights and gradients in these files; 0 for none.
    public var histogramSteps = 0
    /// Steps between the lines of the logs.
    public var logSteps = 10

    /// All keys.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case folder
        case stateEvery = "state-every"
        case stateSteps = "state-steps"
        case every, keep, tensorboard
        case histogramSteps = "histogram-steps"
        case logSteps = "log-steps"
    }

    /// The defaults.
    public init() {}

    /// Checks that every number is one that can be used.
    public func validate() throws(ConfigurationError) {
        try require(!folder.isEmpty, "record.folder", "empty", "the name of a folder")
        try require(stateEvery >= 1, "record.state-every", stateEvery, "1 or more")
        try require(stateSteps >= 0, "record.state-steps", stateSteps, "0 or more")
        try require(every >= 0, "record.every", every, "0 or more")
        try require(keep >= 1, "record.keep", keep, "1 or more")
        try require(histogramSteps >= 0, "record.histogram-steps", histogramSteps, "0 or more")
        try require(
            histogramSteps == 0 || tensorboard, "record.histogram-steps", histogramSteps, "0 without tensorboard")
        try require(logSteps >= 1, "record.log-steps", logSteps, "1 or more")
    }
}
