import Datasets

/// What is random in a training.
enum SeedPurpose: Int {
    /// The network's first weights.
    case weights
    /// The first matrices of low-rank updates.
    case updates
    /// What layers draw in a step.
    case step
    /// The order of samples, and what is changed about them.
    case order
    /// Made-up samples to learn from.
    case training
    /// Made-up samples for validation.
    case validation
    /// A made-up sample.
    case sample
    /// The instrument that takes the images of a batch.
    case instrument
}

/// A seed that follows from that of the training, and is another one for each purpose and number.
func derivedSeed(_ seed: UInt64, for purpose: SeedPurpose, _ number: Int = 0) -> UInt64 {
    var random = SampleRandom(seed: seed, epoch: purpose.rawValue, index: number)
    return random.next()
}
