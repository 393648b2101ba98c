import Foundation

/// Learning rates that fall from the highest to the lowest along half a cosine, and begin again at the highest after each
/// period (Loshchilov and Hutter 2017, warm restarts).
public struct CosineRestarts: Hashable, Sendable {
    /// Learning rate at the beginning of a period.
    public var highest: Double
    /// What the learning rate comes near at the end of a period, and never reaches.
    public var lowest: Double
    /// Epochs of the first period, 1 or more.
    public var period: Int
    /// How many times as long each period is as the one before, 1 or more.
    public var growth: Int
    /// How many times as high each period begins as the one before, but not below ``lowest``; 0 to 1. Less than 1 is the rule
    /// `cos_anneal_restart_reduce` of LE-Mamba's program (Cao et al. 2024).
    public var reduction: Double

    /// A schedule.
    public init(highest: Double, lowest: Double, period: Int, growth: Int = 1, reduction: Double = 1) {
        precondition(period >= 1 && growth >= 1, "periods of \(period) epochs that grow by \(growth)")
        self.highest = highest
        self.lowest = lowest
        self.period = period
        self.growth = growth
        self.reduction = reduction
    }

    /// The learning rate during an epoch; the first one is 1.
    public func learningRate(epoch: Int) -> Double {
        let (cycle, done, length) = place(epoch)
        return lowest + (beginning(ofPeriod: cycle) - lowest) * (1 + cos(.pi * Double(done) / Double(length))) / 2
    }

    /// What the next period begins with where an epoch is the last one of its period, otherwise what this one has begun with.
    public func beginning(behind epoch: Int) -> Double {
        let (cycle, done, length) = place(epoch)
        return beginning(ofPeriod: done == length - 1 ? cycle + 1 : cycle)
    }

    /// The period of an epoch, how many of its epochs are over, and how many it has.
    private func place(_ epoch: Int) -> (period: Int, done: Int, length: Int) {
        precondition(epoch >= 1, "epoch \(epoch)")
        if growth == 1 { return ((epoch - 1) / period, (epoch - 1) % period, period) }
        var (cycle, done, length) = (0, epoch - 1, period)
        while done >= length {
            done -= length
            length *= growth
            cycle += 1
        }
        return (cycle, done, length)
    }

    private func beginning(ofPeriod period: Int) -> Double {
        guard reduction < 1, period > 0 else { return highest }
        return max(lowest, highest * pow(reduction, Double(period)))
    }
}
