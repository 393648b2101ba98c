import Foundation
import Testing
import Torch

@Suite("Optimisers") struct OptimizerTests {
    private static let start = [1.5, -0.3, 0.02]
    private static let target = [0.5, 0.7, 0.0]
    private static let curvature = [1.0, 20, 1e-4]

    /// Gradient of Σ curvature · (x - target)² at x.
    private static func slope(_ x: [Double]) -> [Double] {
        (0..<3).map { 2 * curvature[$0] * (x[$0] - target[$0]) }
    }

    /// Five steps of an optimiser on that function, in double precision; the positions after each.
    private func run(_ make: ([(name: String, tensor: Tensor)]) -> any Optimizer) -> [[Double]] {
        let x = Tensor(Self.start)
        x.setRequiresGradient()
        let optimizer = make([("x", x)])
        return (0..<5).map { _ in
            optimizer.clearGradients()
            ((x - Tensor(Self.target)).squared() * Tensor(Self.curvature)).sum().backward()
            optimizer.step()
            return x.array(of: Double.self)
        }
    }

    private func expectEqual(_ found: [[Double]], _ expected: [[Double]]) {
        for (a, b) in zip(found.joined(), expected.joined()) {
            #expect(abs(a - b) <= 1e-13 * max(1, abs(b)), "\(a) \(b)")
        }
        #expect(found.count == 5 && expected.count == 5)
    }

    /// Adam, written for one number at a time.
    private func scalarAdam(rate: Double, epsilon: Double, decay: Double, decoupled: Bool) -> [[Double]] {
        var x = Self.start
        var mean = [0.0, 0, 0]
        var square = [0.0, 0, 0]
        return (1...5).map { step in
            let slope = Self.slope(x)
            for i in 0..<3 {
                var g = slope[i]
                if decoupled { x[i] -= rate * decay * x[i] } else { g += decay * x[i] }
                mean[i] = 0.8 * mean[i] + 0.2 * g
                square[i] = 0.95 * square[i] + 0.05 * g * g
                let correctedMean = mean[i] / (1 - pow(0.8, Double(step)))
                let correctedSquare = square[i] / (1 - pow(0.95, Double(step)))
                x[i] -= rate * correctedMean / (correctedSquare.squareRoot() + epsilon)
            }
            return x
        }
    }

    @Test("Adam's steps are the paper's", arguments: [0, 0.3])
    func adam(decay: Double) {
        let found = run {
            Adam($0, learningRate: 0.05, betas: (0.8, 0.95), epsilon: 1e-3, weightDecay: decay)
        }
        expectEqual(found, scalarAdam(rate: 0.05, epsilon: 1e-3, decay: decay, decoupled: false))
    }
    @Test("AdamW's decay is apart from the gradient", arguments: [0, 0.3])
    func adamW(decay: Double) {
        let found = run {
            AdamW($0, learningRate: 0.05, betas: (0.8, 0.95), epsilon: 1e-8, weightDecay: decay)
        }
        expectEqual(found, scalarAdam(rate: 0.05, epsilon: 1e-8, decay: decay, decoupled: true))
    }
    @Test(
        "SGD's steps follow momentum, dampening, decay and Nesterov's rule",
        arguments: [
            (0, 0, 0, false), (0.9, 0, 0, false), (0.9, 0.5, 0.1, false), (0.9, 0, 0.1, true), (0, 0, 0.1, false),
        ] as [(Double, Double, Double, Bool)])
    func sgd(momentum: Double, dampening: Double, decay: Double, nesterov: Bool) {
        let found = run {
            SGD(
                $0, learningRate: 0.01, momentum: momentum, dampening: dampening, weightDecay: decay,
                usesNesterov: nesterov)
        }
        var x = Self.start
        var velocity: [Double] = []
        let expected = (0..<5).map { _ in
            let slope = zip(Self.slope(x), x).map { $0 + decay * $1 }
            velocity = velocity.isEmpty ? slope : zip(velocity, slope).map { momentum * $0 + (1 - dampening) * $1 }
            for i in 0..<3 {
                x[i] -= 0.01 * (momentum == 0 ? slope[i] : nesterov ? slope[i] + momentum * velocity[i] : velocity[i])
            }
            return x
        }
        expectEqual(found, expected)
    }

    @Test("go on from a saved state as if they had not stopped", arguments: ["Adam", "AdamW", "SGD"])
    func resume(kind: String) throws {
        func make(_ module: Module) -> any Optimizer {
            switch kind {
            case "Adam": Adam(module.namedParameters(), learningRate: 0.01)
            case "AdamW": AdamW(module.namedParameters(), learningRate: 0.01)
            default: SGD(module.namedParameters(), learningRate: 0.01, momentum: 0.9)
            }
        }
        let input = Tensor.normal([8, 3], generator: RandomGenerator(seed: 2))
        func train(_ module: Linear, _ optimizer: any Optimizer, _ steps: Int) {
            for _ in 0..<steps {
                optimizer.clearGradients()
                (module(input) - 1).squared().mean().backward()
                optimizer.step()
            }
        }
        func copy(_ entries: [(name: String, tensor: Tensor)]) -> [String: Tensor] {
            Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.tensor.detached().copy()) })
        }
        let whole = Linear(3, 2)
        whole.initialize(using: RandomGenerator(seed: 1))
        let optimizer = make(whole)
        #expect(optimizer.state().isEmpty)
        train(whole, optimizer, 3)
        let (parameters, state) = (copy(whole.state()), copy(optimizer.state()))
        train(whole, optimizer, 3)

        let resumed = Linear(3, 2)
        try resumed.load(parameters)
        let second = make(resumed)
        try second.load(state)
        train(resumed, second, 3)
        #expect(resumed.weight.isEqual(to: whole.weight))

        #expect(throws: StateError.self) { try second.load(["weight.exp_avg": .zeros([2, 3]), "other": .zeros([1])]) }
        #expect(second.state().count == state.count)
    }
    @Test("name their state by the parameter")
    func stateNames() {
        let layer = Linear(1, 1)
        layer.initialize(using: RandomGenerator(seed: 1))
        layer(.ones([1, 1])).sum().backward()
        let adam = Adam(layer.namedParameters())
        adam.step()
        #expect(
            adam.state().map(\.name) == [
                "weight.step", "weight.exp_avg", "weight.exp_avg_sq", "bias.step", "bias.exp_avg", "bias.exp_avg_sq",
            ])
        #expect(adam.state()[0].tensor.integerItem == 1)
        let sgd = SGD(layer.namedParameters(), momentum: 0.5)
        sgd.step()
        #expect(sgd.state().map(\.name) == ["weight.momentum_buffer", "bias.momentum_buffer"])
    }
    @Test("leave frozen parameters alone")
    func frozen() throws {
        let layer = Linear(2, 1)
        layer.initialize(using: RandomGenerator(seed: 1))
        let before = layer.weight.detached().copy()
        layer(.ones([1, 2])).sum().backward()
        try layer.freeze(matching: "weight")
        let bias = layer.bias?.item ?? 0
        AdamW(layer.namedParameters(), weightDecay: 0.1).step()
        #expect(layer.weight.isEqual(to: before) && layer.bias?.item != bias)
    }
    @Test("fit a small network to XOR", arguments: ["Adam", "AdamW", "SGD"])
    func training(kind: String) {
        let network = Sequential(Linear(2, 16), Activation.tanh, Linear(16, 1))
        network.initialize(using: RandomGenerator(seed: 3))
        let optimizer: any Optimizer =
            switch kind {
            case "Adam": Adam(network.namedParameters(), learningRate: 0.02)
            case "AdamW": AdamW(network.namedParameters(), learningRate: 0.02)
            default: SGD(network.namedParameters(), learningRate: 0.1, momentum: 0.9, usesNesterov: true)
            }
        let x = Tensor([0, 0, 0, 1, 1, 0, 1, 1] as [Float], shape: [4, 2])
        let y = Tensor([0, 1, 1, 0] as [Float], shape: [4, 1])
        var losses: [Double] = []
        for _ in 0..<300 {
            optimizer.clearGradients()
            let loss = (network(x) - y).squared().mean()
            loss.backward()
            optimizer.step()
            losses.append(loss.item)
        }
        #expect(losses[0] > 0.1 && losses[299] < 0.01, "\(losses[0]) \(losses[299])")
    }
}

@Suite("Limits and schedules of training") struct TrainingStepTests {
    private func parameter(_ gradient: [Double]?, _ dtype: DType = .float64) -> Tensor {
        let tensor = Tensor.zeros([gradient?.count ?? 2], dtype: dtype)
        tensor.setRequiresGradient()
        if let gradient { tensor.gradient = Tensor(gradient).to(dtype) }
        return tensor
    }

    @Test("gradients are shrunk together to the norm allowed, and parameters without one stay without")
    func clipped() {
        let (a, b, frozen) = (parameter([3, 0]), parameter([0, 4, 12]), parameter(nil))
        let norm = clipGradientNorm([("a", a), ("frozen", frozen), ("b", b)], to: 6.5)
        #expect(abs(norm - 13) < 1e-13)
        let found = [a, b].flatMap { $0.gradient?.array(of: Double.self) ?? [] }
        let factor = Double(Float(6.5 / (13 + 1e-6)))
        #expect(zip(found, [3, 0, 0, 4, 12]).allSatisfy { abs($0 - factor * $1) < 1e-15 })
        #expect(frozen.gradient == nil)
    }

    @Test("gradients of a smaller norm are left to the bit")
    func small() {
        let (a, b) = (parameter([0.1, -0.7]), parameter([0.3], .bfloat16))
        let before = [a, b].compactMap { $0.gradient?.array(of: Double.self) }
        let norm = clipGradientNorm([("a", a), ("b", b)], to: 4)
        #expect(abs(norm - (0.01 + 0.49 + 0.09).squareRoot()) < 1e-3)
        #expect([a, b].compactMap { $0.gradient?.array(of: Double.self) } == before)
        #expect(clipGradientNorm([("none", parameter(nil))], to: 1) == 0)
    }

    @Test("a norm that is not finite shows in the result and in the gradients")
    func notFinite() {
        let a = parameter([1, .infinity])
        #expect(clipGradientNorm([("a", a)], to: 1) == .infinity)
        #expect(a.gradient?.array(of: Double.self).last?.isNaN == true)
    }

    @Test("a cosine schedule begins again after each period")
    func cosine() {
        let schedule = CosineRestarts(highest: 1, lowest: 0.1, period: 4)
        let found = (1...9).map { schedule.learningRate(epoch: $0) }
        let half = 0.45 * 0.5.squareRoot()
        let period = [1, 0.55 + half, 0.55, 0.55 - half]
        #expect(zip(found, period + period + [1]).allSatisfy { abs($0 - $1) < 1e-15 })
    }

    @Test("periods of a cosine schedule may grow")
    func growing() {
        let schedule = CosineRestarts(highest: 2, lowest: 0, period: 1, growth: 2)
        #expect((1...8).map { schedule.learningRate(epoch: $0) > 1.99 } == [1, 1, 0, 1, 0, 0, 0, 1].map { $0 == 1 })
        #expect(abs(schedule.learningRate(epoch: 6) - 1) < 1e-15)
    }
}
