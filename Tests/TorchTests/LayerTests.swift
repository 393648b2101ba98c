import Testing
import Torch

/// Largest difference of two tensors of one shape; infinite where shapes differ.
private func difference(_ a: Tensor, _ b: Tensor) -> Double {
    a.shape == b.shape ? (a - b).abs().max().item : .infinity
}

@Suite("Layers") struct LayerTests {
    private let generator = RandomGenerator(seed: 11)

    private func initialized<Part: Module>(_ module: Part) -> Part {
        module.initialize(using: generator)
        return module
    }

    private func random(_ shape: Int...) -> Tensor { .normal(shape, generator: generator) }

    @Test("show that they were neither initialised nor loaded")
    func unset() {
        #expect(Linear(2, 2)(.ones([1, 2])).isNaN().all().item == 1)
        #expect(Conv2d(1, 1, kernel: 3)(.ones([1, 1, 3, 3])).isNaN().all().item == 1)
    }
    @Test("linear maps multiply by the transposed weight")
    func linear() {
        let layer = initialized(Linear(3, 5))
        let x = random(2, 4, 3)
        let expected = x.matmul(layer.weight.transposed(0, 1)) + (layer.bias ?? .zeros([5]))
        #expect(difference(layer(x), expected) < 1e-6)
        let plain = initialized(Linear(3, 5, hasBias: false))
        #expect(plain.bias == nil && difference(plain(x), x.matmul(plain.weight.transposed(0, 1))) < 1e-6)
    }
    @Test("convolutions compute what the operation does, over one, two and three axes")
    func convolutions() {
        let line = initialized(Conv1d(4, 6, kernel: 3, stride: 2, padding: 2, dilation: 2, groups: 2))
        #expect(line.weight.shape == [6, 2, 3])
        let x1 = random(2, 4, 11)
        let y1 = x1.conv1d(weight: line.weight, bias: line.bias, stride: 2, padding: 2, dilation: 2, groups: 2)
        #expect(difference(line(x1), y1) == 0)

        let plane = initialized(Conv2d(4, 8, kernel: Size2(3, 5), stride: Size2(2, 1), padding: Size2(1, 2), groups: 4))
        #expect(plane.weight.shape == [8, 1, 3, 5])
        let x2 = random(1, 4, 7, 9)
        let y2 = x2.conv2d(
            weight: plane.weight, bias: plane.bias, stride: Size2(2, 1), padding: Size2(1, 2), groups: 4)
        #expect(difference(plane(x2), y2) == 0 && y2.shape == [1, 8, 4, 9])

        let space = initialized(Conv3d(1, 2, kernel: Size3(1, 2, 3), padding: Size3(0, 1, 2), hasBias: false))
        let x3 = random(1, 1, 3, 4, 5)
        #expect(difference(space(x3), x3.conv3d(weight: space.weight, padding: Size3(0, 1, 2))) == 0)
    }
    @Test(
        "convolutions take their border from where it is asked for",
        arguments: [
            PaddingMode.reflect, .replicate, .circular, .constant(2),
        ])
    func borders(mode: PaddingMode) {
        let layer = initialized(Conv2d(2, 3, kernel: Size2(3, 5), padding: Size2(1, 2), border: mode))
        let x = random(1, 2, 6, 7)
        let padded = x.padded([2, 2, 1, 1], mode: mode)
        #expect(difference(layer(x), padded.conv2d(weight: layer.weight, bias: layer.bias)) == 0)
        let line = initialized(Conv1d(2, 3, kernel: 3, padding: 1, border: mode))
        let x1 = random(1, 2, 6)
        let expected = x1.padded([1, 1], mode: mode).conv1d(weight: line.weight, bias: line.bias)
        #expect(difference(line(x1), expected) == 0)
    }
    @Test("transposed convolutions compute what the operation does, over one, two and three axes")
    func transposedConvolutions() {
        let line = initialized(ConvTransposed1d(4, 6, kernel: 4, stride: 2, padding: 1, groups: 2))
        #expect(line.weight.shape == [4, 3, 4])
        let x1 = random(1, 4, 5)
        let y1 = x1.convTransposed1d(weight: line.weight, bias: line.bias, stride: 2, padding: 1, groups: 2)
        #expect(difference(line(x1), y1) == 0 && y1.shape == [1, 6, 10])

        let plane = initialized(
            ConvTransposed2d(2, 3, kernel: 3, stride: Size2(2, 3), outputPadding: Size2(1, 2), dilation: 2))
        let x2 = random(1, 2, 4, 3)
        let y2 = x2.convTransposed2d(
            weight: plane.weight, bias: plane.bias, stride: Size2(2, 3), outputPadding: Size2(1, 2), dilation: 2)
        #expect(difference(plane(x2), y2) == 0)

        let space = initialized(ConvTransposed3d(1, 2, kernel: 2, stride: 2, hasBias: false))
        let x3 = random(1, 1, 2, 3, 4)
        #expect(difference(space(x3), x3.convTransposed3d(weight: space.weight, stride: 2)) == 0)
    }
    @Test("normalisations leave mean 0 and variance 1, scaled and shifted")
    func norms() {
        let x = random(2, 4, 5, 6) * 3 + 2
        /// `parts` is x with the axes to be normalised over as its last.
        func check(_ layer: some Module & Layer, _ parts: Tensor, restore: (Tensor) -> Tensor = { $0 }) {
            let mean = parts.mean(-1, keepingAxes: true)
            let variance = (parts - mean).squared().mean(-1, keepingAxes: true)
            let normalized = (parts - mean) / (variance + 1e-5).squareRoot()
            let expected = restore(normalized).reshaped(x.shape)
            #expect(difference(layer(x), expected) < 1e-5, "\(layer)")
            withoutGradients {
                for (name, tensor) in layer.namedParameters() { tensor.fill(name == "weight" ? 2 : 1) }
            }
            if layer.parameterCount > 0 { #expect(difference(layer(x), expected * 2 + 1) < 1e-5, "\(layer)") }
        }
        check(LayerNorm(6), x)
        check(LayerNorm([5, 6]), x.flattened(from: 2))
        check(LayerNorm(6, isAffine: false), x)
        check(GroupNorm(groups: 2, channels: 4), x.reshaped(2, 2, 60))
        check(GroupNorm(groups: 4, channels: 4, isAffine: false), x.reshaped(2, 4, 30))
        check(InstanceNorm2d(4), x.flattened(from: 2))
        check(InstanceNorm2d(4, isAffine: true), x.flattened(from: 2))
        check(BatchNorm2d(4), x.transposed(0, 1).reshaped(4, 60)) { $0.reshaped(4, 2, 5, 6).transposed(0, 1) }
        #expect(LayerNorm(6, hasBias: false).state().map(\.name) == ["weight"])
    }
    @Test("batch normalisation keeps running statistics, and uses them when not training")
    func batchNorm() {
        let layer = BatchNorm2d(3)
        #expect(
            layer.state().map(\.name) == ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"])
        let x = random(4, 3, 5, 5) * 2 + 1
        _ = layer(x)
        let mean = x.mean(0, 2, 3)
        let variance = x.variance(0, 2, 3)
        #expect(difference(layer.mean, mean * 0.1) < 1e-6)
        #expect(difference(layer.variance, variance * 0.1 + 0.9) < 1e-6)
        #expect(layer.batchCount.integerItem == 1)
        layer.eval()
        let expected = (x - layer.mean.reshaped(3, 1, 1)) / (layer.variance.reshaped(3, 1, 1) + 1e-5).squareRoot()
        #expect(difference(layer(x), expected) < 1e-5)
        #expect(layer.batchCount.integerItem == 1)
        layer.initialize(using: generator)
        #expect(layer.mean.abs().sum().item == 0 && layer.variance.sum().item == 3 && layer.batchCount.item == 0)
    }
    @Test("PReLU has a slope for all or one for each channel")
    func prelu() {
        let x = Tensor([-4, 8, -4, 8] as [Float], shape: [1, 2, 2])
        #expect(PReLU()(x).array(of: Float.self) == [-1, 8, -1, 8])
        let layer = PReLU(count: 2, slope: 0.5)
        withoutGradients { layer.weight.copy(from: Tensor([0.5, 0.125] as [Float])) }
        #expect(layer(x).array(of: Float.self) == [-2, 8, -0.5, 8])
    }
    @Test("embedding looks up vectors and passes gradients to them")
    func embedding() {
        let layer = initialized(Embedding(5, 3))
        let found = layer(Tensor([4, 0, 4, 1], shape: [2, 2]))
        #expect(found.shape == [2, 2, 3])
        #expect(found[0, 0].isEqual(to: layer.weight[4]) && found[1, 1].isEqual(to: layer.weight[1]))
        found.sum().backward()
        #expect(
            layer.weight.gradient?.array(of: Float.self) == [1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 2, 2, 2])
    }
    @Test("dropout drops in training only, by its generator")
    func dropout() {
        let layer = Dropout(0.25)
        let x = Tensor.ones([10000])
        layer.train(using: RandomGenerator(seed: 4))
        let first = layer(x)
        let kept = (first .!= 0).to(.float32).mean().item
        #expect(abs(kept - 0.75) < 0.02)
        #expect(abs(first.max().item - 1 / 0.75) < 1e-6)
        #expect(!layer(x).isEqual(to: first))
        layer.train(using: RandomGenerator(seed: 4))
        #expect(layer(x).isEqual(to: first))
        layer.eval()
        #expect(layer(x).isEqual(to: x))
        let none = Dropout(0)
        #expect(none(x).isEqual(to: x))
    }
    @Test("dropout without a generator ends the process")
    func dropoutWithoutGenerator() async {
        await #expect(processExitsWith: .failure) { _ = Dropout(0.5)(Tensor.ones([2])) }
    }
    @Test("stochastic depth drops whole elements of the first axis in training only, by its generator")
    func stochasticDepth() async {
        let layer = StochasticDepth(0.25)
        let x = random(4000, 2, 3)
        layer.train(using: RandomGenerator(seed: 4))
        let factors = (layer(x) / x).reshaped(4000, 6)
        #expect((factors - factors[.all, 0..<1]).abs().max().item < 1e-5)
        let kept = (factors[.all, .at(0)] .!= 0).to(.float32).mean().item
        #expect(abs(kept - 0.75) < 0.03)
        #expect(abs(factors.max().item - 1 / 0.75) < 1e-5)
        layer.eval()
        #expect(layer(x).isEqual(to: x))
        layer.train()
        #expect(StochasticDepth(0)(x).isEqual(to: x))
        await #expect(processExitsWith: .failure) { _ = StochasticDepth(0.5)(Tensor.ones([2])) }
    }
    @Test(
        "activations are the functions of their names",
        arguments: [
            (Activation.relu, [0, 0, 2]), (.relu6, [0, 0, 2]), (.leakyReLU(), [-0.01, 0, 2]),
            (.leakyReLU(slope: 0.2), [-0.2, 0, 2]), (.elu(), [-0.632_120_6, 0, 2]),
            (.elu(alpha: 2), [-1.264_241_1, 0, 2]),
            (.gelu, [-0.158_655_3, 0, 1.954_499_7]), (.geluTanh, [-0.158_808, 0, 1.954_597_7]),
            (.silu, [-0.268_941_4, 0, 1.761_594_2]), (.mish, [-0.303_401_5, 0, 1.943_959]),
            (.sigmoid, [0.268_941_4, 0.5, 0.880_797]), (.tanh, [-0.761_594_2, 0, 0.964_027_6]),
            (.softplus, [0.313_261_7, 0.693_147_2, 2.126_928]),
        ] as [(Activation, [Double])])
    func activations(activation: Activation, expected: [Double]) {
        let values = activation(Tensor([-1, 0, 2] as [Double])).array(of: Double.self)
        for (value, wanted) in zip(values, expected) { #expect(abs(value - wanted) < 1e-6) }
    }
    @Test("in a row are applied in order")
    func sequential() {
        let first = initialized(Linear(2, 3))
        let second = initialized(Linear(3, 1))
        let chain = Sequential(first, Activation.relu, Function { $0 * 3 }, Identity(), second)
        let x = random(4, 2)
        #expect(difference(chain(x), second(first(x).relu() * 3)) == 0)
        #expect(Sequential()(x).isEqual(to: x))
    }
    @Test("pass gradients to all their parameters")
    func gradients() {
        let chain = initialized(
            Sequential(
                Conv2d(2, 4, kernel: 3, padding: 1), GroupNorm(groups: 2, channels: 4), Activation.gelu,
                ConvTransposed2d(4, 2, kernel: 2, stride: 2), BatchNorm2d(2), PReLU(),
                InstanceNorm2d(2, isAffine: true),
                LayerNorm(8), Linear(8, 2)))
        chain(random(2, 2, 4, 4)).squared().sum().backward()
        for (name, tensor) in chain.namedParameters() {
            #expect(tensor.gradient?.isFinite().all().item == 1, "\(name)")
        }
    }
}
