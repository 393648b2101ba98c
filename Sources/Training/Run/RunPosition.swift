/// How far a training has come, and what it has met on the way.
public struct RunPosition: Codable, Sendable, Hashable {
    /// Whole epochs done.
    public var epoch = 0
    /// Steps done of the epoch that is on.
    public var step = 0
    /// Steps done in all.
    public var steps = 0
    /// The best value that a validation has given; nil before the first.
    public var best: Double?
    /// Validations since then.
    public var sinceBest = 0
    /// Validations since then or the last fall of the learning rate.
    public var sinceFall = 0
    /// How often the learning rate has fallen on a plateau.
    public var falls = 0
    /// Whether the training has ended before its last epoch, because nothing became better.
    public var hasStopped = false

    /// Nothing done.
    public init() {}

    /// Takes in what a validation says.
    ///
    /// - Returns: whether it is the best so far.
    mutating func note(_ value: Double, higherIsBetter: Bool, schedule: ScheduleSettings, patience: Int) -> Bool {
        // NaN is better than nothing and worse than everything.
        let isBetter = best.map { higherIsBetter ? value > $0 : value < $0 } ?? !value.isNaN
        if isBetter {
            (best, sinceBest, sinceFall) = (value, 0, 0)
            return true
        }
        sinceBest += 1
        sinceFall += 1
        if schedule.name == .plateau, sinceFall > schedule.patience { (falls, sinceFall) = (falls + 1, 0) }
        if patience > 0, sinceBest >= patience { hasStopped = true }
        return false
    }
}
