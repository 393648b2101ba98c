import Testing
import Torch

@Suite("Restarts that begin lower each time")
struct CosineReductionTests {
    private let schedule = CosineRestarts(highest: 1, lowest: 0.2, period: 4, growth: 2, reduction: 0.5)

    @Test("begin each period with a share of the one before, but not below the lowest")
    func beginnings() {
        // Periods of 4, 8, 16 and 32 epochs begin with epochs 1, 5, 13, 29.
        for (epoch, rate) in [(1, 1.0), (5, 0.5), (13, 0.25), (29, 0.2), (61, 0.2)] {
            #expect(abs(schedule.learningRate(epoch: epoch) - rate) < 1e-12)
        }
        #expect(abs(schedule.learningRate(epoch: 3) - 0.6) < 1e-12)
        #expect(abs(schedule.learningRate(epoch: 9) - 0.35) < 1e-12)
    }

    @Test("know the beginning of the next period in the last epoch of this one")
    func behind() {
        #expect([1, 3, 4, 5, 11, 12].map(schedule.beginning(behind:)) == [1, 1, 0.5, 0.5, 0.5, 0.25])
    }
}
