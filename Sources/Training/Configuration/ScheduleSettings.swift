import Foundation
import Torch

/// How the learning rate goes from step to step, as a share of `optimizer.rate`.
public struct ScheduleSettings: Configuration, Hashable {
    /// The schedules by name.
    public enum Name: String, Codable, Sendable, CaseIterable {
        case constant, step, cosine, restarts, plateau
        case multiStep = "multi-step"
        case oneCycle = "one-cycle"
    }

    /// Which one.
    public var name = Name.cosine
    /// Epochs in which the rate grows evenly from 0, before everything else.
    public var warmUp = 0.0
    /// The lowest share.
    public var lowest = 1e-3
    /// step: epochs between falls. restarts: epochs of the first period.
    public var period = 50
    /// restarts: how many times as long each period is as the one before.
    public var growth = 1
    /// step, multi-step, plateau: what the rate is multiplied with at a fall. restarts: what the height of a period is
    /// multiplied with for the next.
    public var factor = 0.5
    /// multi-step: epochs, counted from 1, before which the rate falls.
    public var milestones: [Int] = []
    /// plateau: validations without a better value before the rate falls.
    public var patience = 5
    /// one-cycle: share of the training in which the rate grows, from a 25th.
    public var rise = 0.3

    /// All keys.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case name
        case warmUp = "warm-up"
        case lowest, period, growth, factor, milestones, patience, rise
    }

    /// The defaults.
    public init() {}

    /// Checks that every number is one that can be used.
    public func validate() throws(ConfigurationError) {
        try require(warmUp >= 0 && warmUp.isFinite, "schedule.warm-up", warmUp, "0 or more")
        try require((0...1).contains(lowest), "schedule.lowest", lowest, "0 to 1")
        try require(period >= 1, "schedule.period", period, "1 or more")
        try require(growth >= 1, "schedule.growth", growth, "1 or more")
        try require(factor > 0 && factor <= 1, "schedule.factor", factor, "above 0, at most 1")
        try require(milestones == milestones.sorted(), "schedule.milestones", milestones, "in ascending order")
        try require(patience >= 0, "schedule.patience", patience, "0 or more")
        try require(rise > 0 && rise < 1, "schedule.rise", rise, "above 0, less than 1")
    }

    /// The share of the highest rate in a step.
    ///
    /// - Parameters:
    ///   - progress: epochs done, with their fraction.
    ///   - epochs: of the whole training.
    ///   - falls: how often a plateau was met.
    public func share(at progress: Double, of epochs: Int, falls: Int = 0) -> Double {
        // Half a step's worth is not known here; the first step of a warm-up must not be of size 0.
        if progress < warmUp { return Swift.max(progress / warmUp, 1e-6) }
        let epoch = Int(progress)
        let done = Swift.min(1, (progress - warmUp) / Swift.max(Double(epochs) - warmUp, 1e-9))
        switch name {
        case .constant: return 1
        case .step: return Swift.max(lowest, pow(factor, Double(epoch / period)))
        case .multiStep: return Swift.max(lowest, pow(factor, Double(milestones.count { $0 <= epoch + 1 })))
        case .cosine: return lowest + (1 - lowest) * (1 + cos(.pi * done)) / 2
        case .restarts:
            let restarts = CosineRestarts(
                highest: 1, lowest: lowest, period: period, growth: growth, reduction: factor)
            return restarts.learningRate(epoch: Swift.max(0, epoch - Int(warmUp)) + 1)
        case .plateau: return Swift.max(lowest, pow(factor, Double(falls)))
        case .oneCycle:
            // Smith and Topin 2019, with cosines.
            if done < rise { return 0.04 + 0.96 * (1 - cos(.pi * done / rise)) / 2 }
            return lowest + (1 - lowest) * (1 + cos(.pi * (done - rise) / (1 - rise))) / 2
        }
    }
}
