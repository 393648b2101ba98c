/// What a run tells while it works.
public struct TrainingProgress: Sendable, Hashable {
    /// The epoch that is on, from 1.
    public var epoch: Int
    /// Epochs in all.
    public var epochs: Int
    /// Steps done of the epoch.
    public var step: Int
    /// Steps of an epoch.
    public var stepsPerEpoch: Int
    /// The loss of the last step.
    public var loss: Double
    /// The learning rate of the last step.
    public var rate: Double
    /// Samples a second since the run began or went on.
    public var imagesPerSecond: Double
    /// Seconds that the steps to come will take.
    public var secondsLeft: Double
}

/// How a run has ended.
public enum TrainingOutcome: Sendable, Hashable {
    /// All epochs are done.
    case finished
    /// Nothing became better for long.
    case stoppedEarly
    /// Somebody asked to stop; the state is saved.
    case interrupted
}
