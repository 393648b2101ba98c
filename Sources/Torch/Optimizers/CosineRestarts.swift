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

    /// A schedule.
    public init(highest: Double, lowest: Double, period: Int, growth: Int = 1) {
        precondition(period >= 1 && growth >= 1, "periods of \(period) epochs that grow by \(growth)")
        self.highest = highest
        self.lowest = lowest
        self.period = period
        self.growth = growth
    }

    /// The learning rate during an epoch; the first one is 1.
    public func learningRate(epoch: Int) -> Double {
        precondition(epoch >= 1, "epoch \(epoch)")
        var (done, length) = (epoch - 1, period)
        if growth == 1 {
            done %= period
        } else {
            while done >= length {
                done -= length
                length *= growth
            }
        }
        return lowest + (highest - lowest) * (1 + cos(.pi * Double(done) / Double(length))) / 2
    }
}
