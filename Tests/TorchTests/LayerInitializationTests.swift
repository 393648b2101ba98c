import Foundation
import Testing
import Torch

@Suite("Starting values") struct LayerInitializationTests {
    private func values(
        _ rule: Initialization, _ shape: [Int] = [200, 50, 2, 2], seed: UInt64 = 5
    ) -> (mean: Double, deviation: Double, low: Double, high: Double) {
        let tensor = Tensor.zeros(shape)
        tensor.initialize(rule, using: RandomGenerator(seed: seed))
        let wide = tensor.to(.float64)
        return (wide.mean().item, wide.standardDeviation().item, wide.min().item, wide.max().item)
    }

    /// Fills a uniform range to within a thousandth of its ends, and no further.
    private func expectUniform(_ tensor: Tensor, bound: Double, _ comment: Comment) {
        let wide = tensor.detached().to(.float64)
        #expect(wide.abs().max().item <= bound * (1 + 1e-6), comment)
        #expect(wide.max().item > bound * 0.98 && wide.min().item < -bound * 0.98, comment)
        #expect(abs(wide.standardDeviation().item / (bound / 3.0.squareRoot()) - 1) < 0.05, comment)
    }

    @Test("of linear maps and convolutions lie evenly within ± 1/√fanIn")
    func defaults() {
        let layers: [(Module, Tensor, Tensor?, Int)] = {
            let linear = Linear(100, 400)
            let line = Conv1d(32, 512, kernel: 5, groups: 2)
            let plane = Conv2d(16, 512, kernel: 3)
            let space = Conv3d(8, 512, kernel: Size3(1, 2, 3))
            let up = ConvTransposed2d(512, 64, kernel: 2, groups: 4)
            return [
                (linear, linear.weight, linear.bias, 100), (line, line.weight, line.bias, 80),
                (plane, plane.weight, plane.bias, 144), (space, space.weight, space.bias, 48),
                (up, up.weight, up.bias, 64),
            ]
        }()
        for (layer, weight, bias, fan) in layers {
            layer.initialize(using: RandomGenerator(seed: 9))
            let bound = 1 / Double(fan).squareRoot()
            expectUniform(weight, bound: bound, "\(layer)")
            if let bias, bias.count > 300 { expectUniform(bias, bound: bound, "\(layer)") }
            #expect(layer.parameters.allSatisfy { $0.requiresGradient && $0.isLeaf })
        }
    }
    @Test("are the same for a seed, other ones for another, and differ between equal layers")
    func seeds() {
        func network(_ seed: UInt64) -> [Tensor] {
            let network = Sequential(Linear(4, 4), Linear(4, 4))
            network.initialize(using: RandomGenerator(seed: seed))
            return network.parameters
        }
        #expect(zip(network(1), network(1)).allSatisfy { $0.isEqual(to: $1) })
        #expect(zip(network(1), network(2)).allSatisfy { !$0.isEqual(to: $1) })
        #expect(!network(1)[0].isEqual(to: network(1)[2]))
    }
    @Test("of a block come after those of its layers")
    func order() {
        final class ZeroLast: Module {
            @Child var last: Linear
            override init() {
                super.init()
                last = Linear(3, 3)
            }
            override func initializeParameters(using generator: RandomGenerator) { last.weight.fill(0) }
        }
        let block = ZeroLast()
        block.initialize(using: RandomGenerator(seed: 1))
        #expect(block.last.weight.abs().sum().item == 0 && block.last.bias?.abs().sum().item != 0)
    }
    @Test("by fans follow the rules' bounds and deviations")
    func fans() {
        // fanIn 200, fanOut 800
        let he = values(.kaimingUniform())
        #expect(he.high <= (6.0 / 200).squareRoot() * (1 + 1e-6) && he.high > (6.0 / 200).squareRoot() * 0.99)
        let leaky = values(.kaimingUniform(slope: 1, fan: .output))
        #expect(leaky.high <= (3.0 / 800).squareRoot() * (1 + 1e-6) && leaky.high > (3.0 / 800).squareRoot() * 0.99)
        #expect(abs(values(.kaimingNormal()).deviation / 0.1 - 1) < 0.02)
        #expect(abs(values(.kaimingNormal(slope: 1, fan: .output)).deviation / (1.0 / 800).squareRoot() - 1) < 0.02)
        let glorot = values(.xavierUniform(gain: 2))
        let bound = 2 * (6.0 / 1000).squareRoot()
        #expect(glorot.high <= bound * (1 + 1e-6) && glorot.low < -bound * 0.99)
        #expect(abs(values(.xavierNormal()).deviation / (2.0 / 1000).squareRoot() - 1) < 0.02)
    }
    @Test("without fans follow their parameters")
    func plain() {
        let constant = values(.constant(3))
        #expect(constant.low == 3 && constant.high == 3)
        let uniform = values(.uniform(low: 2, high: 4))
        #expect(uniform.low >= 2 && uniform.high <= 4 && abs(uniform.mean - 3) < 0.02)
        let normal = values(.normal(mean: 1, deviation: 0.5))
        #expect(abs(normal.mean - 1) < 0.01 && abs(normal.deviation - 0.5) < 0.01)
    }
    @Test("of a truncated normal keep within the bounds and have its moments")
    func truncated() {
        let usual = values(.truncatedNormal(deviation: 0.02))
        #expect(abs(usual.deviation - 0.02) < 0.0005 && abs(usual.mean) < 0.0005)
        #expect(usual.high > 0.07 && usual.high < 2)
        // A standard normal within ±1 has variance 1 - 2φ(1)/(2Φ(1) - 1).
        let cut = values(.truncatedNormal(low: -1, high: 1))
        let density = exp(-0.5) / (2 * Double.pi).squareRoot()
        let variance = 1 - 2 * density / erf(1 / 2.0.squareRoot())
        #expect(cut.low >= -1 && cut.high <= 1)
        #expect(abs(cut.deviation - variance.squareRoot()) < 0.01)
    }
}
