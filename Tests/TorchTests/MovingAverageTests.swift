import Foundation
import Testing
import Torch

@Suite("A moving average")
struct MovingAverageTests {
    private let weight = Tensor([1, 2], shape: [2]).to(.float32)

    private func values(_ average: MovingAverage) -> [Double] { average.averages[0].tensor.array(of: Double.self) }

    @Test("begins with the values of that time and does not follow by itself")
    func beginning() {
        let average = MovingAverage([("weight", weight)])
        weight.fill(7)
        #expect(values(average) == [1, 2])
        #expect(average.averages[0].name == "weight")
    }

    @Test("copies at first, then keeps a share that grows to its limit")
    func warmUp() {
        var rule = MovingAverage.Rule()
        rule.copies = 1
        rule.limit = 0.5
        let average = MovingAverage([("weight", weight)], rule: rule)
        for (call, value) in [3.0, 4, 8].enumerated() {
            weight.fill(value)
            average.update()
            // Calls 0 and 1 copy, and so does the first one after them.
            #expect(values(average) == [value, value], "call \(call)")
        }
        weight.fill(0)
        average.update()
        // Call 3: age 2, 1 − 3^(−2/3) = 0.519, limited to 0.5.
        #expect(average.decay == 0.5)
        #expect(values(average) == [4, 4])
    }

    @Test("of a constant share has the closed form")
    func constant() {
        let average = MovingAverage([("weight", weight)], rule: .constant(0.9))
        weight.fill(5)
        for _ in 0..<10 { average.update() }
        for (found, start) in zip(values(average), [1.0, 2]) {
            #expect(abs(found - (5 + (start - 5) * pow(0.9, 10))) < 1e-5)
        }
    }

    @Test("takes in every so manieth call only")
    func interval() {
        var rule = MovingAverage.Rule.constant(0.5)
        rule.interval = 2
        let average = MovingAverage([("weight", weight)], rule: rule)
        weight.fill(3)
        average.update()
        #expect(values(average) == [2, 2.5])
        average.update()
        #expect(values(average) == [2, 2.5])
        #expect(average.calls == 2)
    }

    @Test("copies integers and records nothing for differentiation")
    func integers() {
        let count = Tensor([4], shape: [1]).to(.int64)
        weight.setRequiresGradient()
        let average = MovingAverage([("count", count), ("weight", weight)], rule: .constant(0.9))
        count.fill(9)
        average.update()
        #expect(average.averages[0].tensor.array(of: Double.self) == [9])
        #expect(!average.averages[1].tensor.requiresGradient)
    }
}
