import Foundation
import Testing
import Torch
import Training

@Suite("Further optimisers and averages") struct FurtherOptimizerTests {
    private func weight(_ values: [Double]) -> Tensor {
        let tensor = Tensor(values)
        tensor.setRequiresGradient()
        return tensor
    }

    @Test("Lion goes along the sign of the momentum, and shrinks by its decay")
    func lion() throws {
        try withTorchErrors {
            let weight = weight([1, -2, 0])
            let lion = Lion([("w", weight)], learningRate: 0.1, weightDecay: 0.5)
            weight.gradient = Tensor([2.0, -3.0, 0.0])
            lion.step()
            #expect(weight.array(of: Double.self) == [1 * 0.95 - 0.1, -2 * 0.95 + 0.1, 0])
            // The momentum (0.02, −0.03) still outweighs a small gradient the other way.
            weight.gradient = Tensor([-0.1, 0.1, 1.0])
            lion.step()
            let expected = [0.85 * 0.95 - 0.1, -1.8 * 0.95 + 0.1, -0.1]
            let found = weight.array(of: Double.self)
            for (a, b) in zip(found, expected) { #expect(abs(a - b) < 1e-12) }
        }
    }

    @Test("groups keep their own decay and share one state")
    func groups() throws {
        try withTorchErrors {
            let (a, b) = (weight([1]), weight([1]))
            func group() -> OptimizerGroup {
                OptimizerGroup([
                    AdamW([("a.weight", a)], learningRate: 0.1, weightDecay: 0.5),
                    AdamW([("a", b)], learningRate: 0.1, weightDecay: 0),
                ])
            }
            let first = group()
            (a.gradient, b.gradient) = (Tensor([0.0]), Tensor([0.0]))
            first.step()
            #expect(a.item == 0.95)
            #expect(b.item == 1)
            let second = group()
            try second.load(Dictionary(first.state().map { ($0.name, $0.tensor) }) { first, _ in first })
            #expect(second.state().map(\.name) == first.state().map(\.name))
            #expect(throws: StateError.self) { try second.load(["c.exp_avg": Tensor([0.0])]) }
        }
    }

    @Test("the exponent of a power average gives its width")
    func width() {
        for width in [0.01, 0.05, 0.1, 0.25] {
            let exponent = PowerAverage.exponent(width: width)
            let found = (exponent + 1).squareRoot() / (exponent + 2) / (exponent + 3).squareRoot()
            #expect(abs(found - width) < 1e-9)
        }
        // The paper's: 0.05 is 16.97, 0.10 is 6.94.
        #expect(abs(PowerAverage.exponent(width: 0.05) - 16.97) < 0.01)
        #expect(abs(PowerAverage.exponent(width: 0.1) - 6.94) < 0.01)
    }

    @Test("averages of another width are made of copies of two, near those that were gathered")
    func synthesis() throws {
        try withTorchErrors {
            let weight = Tensor([0.0])
            let averages = [0.05, 0.1].map { PowerAverage([("w", weight)], width: $0) }
            let wanted = PowerAverage([("w", weight)], width: 0.07)
            var copies: [(exponent: Double, step: Int, value: Double)] = []
            for step in 1...1000 {
                weight.copy(from: Tensor([sin(Double(step) / 150)]))
                for average in averages + [wanted] { average.update() }
                if step % 100 == 0 {
                    copies += averages.map { ($0.exponent, step, $0.averages[0].tensor.item) }
                }
            }
            let factors = try PowerAverage.synthesis(
                of: wanted.exponent, at: 1000, from: copies.map { ($0.exponent, $0.step) })
            let made = zip(factors, copies).reduce(0) { $0 + $1.0 * $1.1.value }
            let (truth, nearest) = (wanted.averages[0].tensor.item, averages[0].averages[0].tensor.item)
            #expect(abs(made - truth) < 0.01)
            #expect(abs(made - truth) < abs(nearest - truth) / 4)
        }
    }
}
