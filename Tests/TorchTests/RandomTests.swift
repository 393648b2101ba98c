import Foundation
import Testing
import Torch

@Suite("Random numbers") struct RandomTests {
    let count = 100_000

    @Test("have the moments of their distributions")
    func moments() {
        let generator = RandomGenerator(seed: 3)
        let uniform = Tensor.uniform([count], low: -1, high: 3, generator: generator, dtype: .float64)
        #expect((uniform.mean().item - 1).magnitude < 0.03 && uniform.min().item >= -1 && uniform.max().item < 3)
        #expect((uniform.variance().item - 16.0 / 12).magnitude < 0.03)
        let normal = Tensor.normal([count], mean: 2, standardDeviation: 3, generator: generator, dtype: .float64)
        #expect((normal.mean().item - 2).magnitude < 0.06 && (normal.standardDeviation().item - 3).magnitude < 0.05)
        let within = ((normal - 2).abs() .< 3).to(.float64).mean().item
        #expect((within - erf(1 / sqrt(2))).magnitude < 0.01)
        let exponential = Tensor.exponential([count], rate: 4, generator: generator)
        #expect((exponential.mean().item - 0.25).magnitude < 0.01 && exponential.min().item >= 0)
        let integers = Tensor.integers([count], in: -2..<2, generator: generator)
        #expect(integers.dtype == .int64 && values(integers.unique().values) == [-2, -1, 0, 1])
        let bernoulli = Tensor.full([count], 0.3).bernoulli(generator: generator)
        #expect((bernoulli.mean().item - 0.3).magnitude < 0.01)
    }

    @Test("permutations and draws by weight")
    func draws() {
        let generator = RandomGenerator(seed: 4)
        let permutation = Tensor.permutation(50, generator: generator)
        #expect(values(permutation) != (0..<50).map { Double($0) })
        #expect(values(permutation.sorted().values) == (0..<50).map { Double($0) })
        let weights = tensor([1, 0, 3])
        let drawn = weights.multinomial(20_000, replacing: true, generator: generator).counts(minimumLength: 3)
        #expect((values(drawn)[0] / 20_000 - 0.25).magnitude < 0.02 && values(drawn)[1] == 0)
        #expect(values(weights.multinomial(2, generator: generator).sorted().values) == [0, 2])
        let error = #expect(throws: TorchError.self) {
            try withTorchErrors { _ = weights.multinomial(5, generator: generator) }
        }
        #expect(error?.message.contains("multinomial(Double[3])") == true)
    }

    @Test("repeat with the seed, differ with another, and go on from a kept state")
    func repetition() {
        let first = RandomGenerator(seed: 7)
        let second = RandomGenerator(seed: 7)
        func draw(_ generator: RandomGenerator) -> [Double] {
            values(Tensor.normal([7], generator: generator)) + values(Tensor.uniform([3], generator: generator))
        }
        let numbers = draw(first)
        #expect(numbers == draw(second))
        #expect(numbers != draw(RandomGenerator(seed: 8)))
        let state = first.state
        let next = draw(first)
        #expect(next != numbers)
        second.seed(1)
        second.state = state
        #expect(draw(second) == next)
        first.seed(7)
        #expect(draw(first) == numbers)
    }

    @Test("a state that is none, and impossible bounds, are errors")
    func misuse() {
        let generator = RandomGenerator(seed: 1)
        #expect(throws: TorchError.self) { try withTorchErrors { generator.state = [1, 2, 3] } }
        #expect(throws: TorchError.self) {
            try withTorchErrors { _ = Tensor.uniform([2], low: 3, high: 1, generator: generator) }
        }
        #expect(throws: TorchError.self) {
            try withTorchErrors { _ = Tensor.normal([2], standardDeviation: -1, generator: generator) }
        }
    }

    @Test("a generator of a device that is not there is an error", .enabled(if: !Device.hasCUDA))
    func wrongDevice() {
        #expect(throws: TorchError.self) { try withTorchErrors { _ = RandomGenerator(seed: 1, device: .cuda(0)) } }
    }
}
