import Foundation
import Testing
import Torch

@Suite("Activations") struct ActivationTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let operation: @Sendable (Tensor) -> Tensor
        let reference: @Sendable (Double) -> Double
        var testDescription: String { name }
    }

    static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    static func hardSigmoid(_ x: Double) -> Double { min(max(x / 6 + 0.5, 0), 1) }

    static let cases: [Case] = [
        Case(name: "relu", operation: { $0.relu() }, reference: { max($0, 0) }),
        Case(name: "relu6", operation: { $0.relu6() }, reference: { min(max($0, 0), 6) }),
        Case(name: "leakyReLU", operation: { $0.leakyReLU(slope: 0.2) }, reference: { $0 > 0 ? $0 : 0.2 * $0 }),
        Case(
            name: "prelu", operation: { $0.prelu(weight: tensor([0.3])) }, reference: { $0 > 0 ? $0 : 0.3 * $0 }),
        Case(name: "elu", operation: { $0.elu(alpha: 2) }, reference: { $0 > 0 ? $0 : 2 * expm1($0) }),
        Case(name: "gelu", operation: { $0.gelu() }, reference: { $0 / 2 * erfc(-$0 / sqrt(2)) }),
        Case(
            name: "gelu with tanh", operation: { $0.gelu(approximate: true) },
            reference: { $0 / 2 * (1 + tanh(sqrt(2 / Double.pi) * ($0 + 0.044715 * $0 * $0 * $0))) }),
        Case(name: "silu", operation: { $0.silu() }, reference: { $0 * sigmoid($0) }),
        Case(name: "mish", operation: { $0.mish() }, reference: { $0 * tanh(log1p(exp($0))) }),
        Case(name: "sigmoid", operation: { $0.sigmoid() }, reference: { sigmoid($0) }),
        Case(name: "logSigmoid", operation: { $0.logSigmoid() }, reference: { -log1p(exp(-$0)) }),
        Case(name: "hardSigmoid", operation: { $0.hardSigmoid() }, reference: { hardSigmoid($0) }),
        Case(name: "hardSwish", operation: { $0.hardSwish() }, reference: { $0 * hardSigmoid($0) }),
        Case(name: "softplus", operation: { $0.softplus() }, reference: { $0 > 20 ? $0 : log1p(exp($0)) }),
        Case(
            name: "softplus with a low threshold", operation: { $0.softplus(beta: 2, threshold: 1) },
            reference: { 2 * $0 > 1 ? $0 : log1p(exp(2 * $0)) / 2 }),
    ]

    @Test("agree with their formulas", arguments: cases)
    func formulas(_ item: Case) {
        let numbers: [Double] = [-30, -4, -2.5, -1, -0.25, 0, 0.25, 0.6, 1, 2.5, 7, 25]
        expectClose(item.operation(Tensor(numbers)), numbers.map(item.reference), tolerance: 1e-9)
    }

    @Test("PReLU has a weight for each channel")
    func channels() {
        let x = tensor([-1, -1, -1, -1], 1, 2, 2)
        #expect(values(x.prelu(weight: tensor([0.5, 0.25]))) == [-0.5, -0.5, -0.25, -0.25])
    }

    @Test("softmax sums to 1, also of large numbers")
    func softmax() {
        let x = tensor([1, 2, 1001, 1000], 2, 2)
        let share = 1 / (1 + exp(1.0))
        expectClose(x.softmax(axis: 1), [share, 1 - share, 1 - share, share])
        expectClose(x.softmax(axis: 0).sum(0), [1, 1])
        expectClose(x.logSoftmax(axis: 1), [log(share), log(1 - share), log(1 - share), log(share)])
    }

    @Test("dropout keeps the mean and repeats with its seed")
    func dropout() {
        let x = Tensor.ones([100_000], dtype: .float64)
        let dropped = x.dropout(probability: 0.25, generator: RandomGenerator(seed: 1))
        #expect((dropped.mean().item - 1).magnitude < 0.01)
        #expect(Set(values(dropped)) == [0, 1 / 0.75])
        #expect(dropped.isEqual(to: x.dropout(probability: 0.25, generator: RandomGenerator(seed: 1))))
        #expect(!dropped.isEqual(to: x.dropout(probability: 0.25, generator: RandomGenerator(seed: 2))))
        #expect(x.dropout(probability: 0, generator: RandomGenerator(seed: 1)).isEqual(to: x))
        #expect(x.dropout(probability: 1, generator: RandomGenerator(seed: 1)).sum().item == 0)
        #expect(throws: TorchError.self) {
            try withTorchErrors { _ = x.dropout(probability: 1.5, generator: RandomGenerator(seed: 1)) }
        }
    }
}

@Suite("Normalisation") struct NormalizationTests {
    let x = noise(3, 4, 5, 2)

    /// The formula, with statistics over the last axes of a reshaped tensor.
    func normalized(_ x: Tensor, epsilon: Double) -> Tensor {
        let mean = x.mean(-1, keepingAxes: true)
        let variance = x.variance(-1, correction: 0, keepingAxes: true)
        return (x - mean) / (variance + epsilon).squareRoot()
    }

    @Test("over the last axes")
    func layer() {
        let weight = noise(5, 2, seed: 2)
        let bias = noise(5, 2, seed: 3)
        let plain = normalized(x.flattened(from: 2), epsilon: 0.1).reshaped(x.shape)
        expectClose(x.layerNormalized(shape: [5, 2], epsilon: 0.1), plain)
        expectClose(
            x.layerNormalized(shape: [5, 2], weight: weight, bias: bias, epsilon: 0.1), plain * weight + bias)
        expectClose(
            x.rootMeanSquareNormalized(shape: [2], weight: tensor([1, 2]), epsilon: 0.1),
            x / (x.squared().mean(-1, keepingAxes: true) + 0.1).squareRoot() * tensor([1, 2]))
    }

    @Test("over groups of channels and over single channels")
    func groups() {
        let weight = noise(4, seed: 2)
        let bias = noise(4, seed: 3)
        let scale = weight.reshaped(4, 1, 1)
        let shift = bias.reshaped(4, 1, 1)
        expectClose(
            x.groupNormalized(groups: 2, weight: weight, bias: bias),
            normalized(x.reshaped(3, 2, 20), epsilon: 1e-5).reshaped(x.shape) * scale + shift)
        expectClose(
            x.instanceNormalized(weight: weight, bias: bias),
            normalized(x.reshaped(3, 4, 10), epsilon: 1e-5).reshaped(x.shape) * scale + shift)
    }

    @Test("over the batch, with running statistics")
    func batch() {
        let weight = noise(4, seed: 2)
        let bias = noise(4, seed: 3)
        let mean = tensor([1, 2, 3, 4])
        let variance = tensor([1, 4, 9, 16])
        let rows = x.transposed(0, 1).flattened(from: 1)
        let plain = normalized(rows, epsilon: 1e-5).reshaped(4, 3, 5, 2).transposed(0, 1)
        let trained = x.batchNormalized(
            weight: weight, bias: bias, runningMean: mean, runningVariance: variance, training: true, momentum: 0.2)
        expectClose(trained, plain * weight.reshaped(4, 1, 1) + bias.reshaped(4, 1, 1))
        expectClose(mean, tensor([1, 2, 3, 4]) * 0.8 + rows.mean(1) * 0.2)
        expectClose(variance, tensor([1, 4, 9, 16]) * 0.8 + rows.variance(1) * 0.2)
        let used = x.batchNormalized(runningMean: mean, runningVariance: variance, training: false)
        let channelMean = mean.reshaped(4, 1, 1)
        let channelDeviation = (variance.reshaped(4, 1, 1) + 1e-5).squareRoot()
        expectClose(used, (x - channelMean) / channelDeviation)
    }

    @Test("statistics of nothing are errors")
    func misuse() {
        for body in [
            { _ = noise(1, 4).batchNormalized(runningMean: nil, runningVariance: nil, training: true) },
            { _ = noise(2, 4).batchNormalized(runningMean: nil, runningVariance: nil, training: false) },
            { _ = noise(2, 4, 1, 1).instanceNormalized() },
            { _ = noise(2, 4, 3).groupNormalized(groups: 3) },
            { _ = noise(2, 4).layerNormalized(shape: [3]) },
        ] {
            #expect(throws: TorchError.self) { try withTorchErrors(body) }
        }
    }
}

@Suite("Attention and distances") struct AttentionTests {
    let query = noise(2, 3, 4, 8)
    let key = noise(2, 3, 5, 8, seed: 2)
    let value = noise(2, 3, 5, 6, seed: 3)

    @Test("is the softmax of products, with a scale and masks of both kinds")
    func formula() {
        let products = query.matmul(key.transposed(-1, -2))
        expectClose(
            Tensor.attention(query: query, key: key, value: value),
            (products / sqrt(8.0)).softmax(axis: -1).matmul(value))
        expectClose(
            Tensor.attention(query: query, key: key, value: value, scale: 0.5),
            (products * 0.5).softmax(axis: -1).matmul(value))
        let added = noise(4, 5, seed: 4)
        expectClose(
            Tensor.attention(query: query, key: key, value: value, mask: added),
            (products / sqrt(8.0) + added).softmax(axis: -1).matmul(value))
        let allowed = added .> -0.5
        expectClose(
            Tensor.attention(query: query, key: key, value: value, mask: allowed),
            (products / sqrt(8.0)).maskedFilling(.!allowed, -Double.infinity).softmax(axis: -1).matmul(value))
    }

    @Test("looks back only where it is causal")
    func causal() {
        let keys = key[.ellipsis, 0..<4, .all]
        let seen = value[.ellipsis, 0..<4, .all]
        let allowed = Tensor.ones([4, 4], dtype: .bool).lowerTriangle()
        expectClose(
            Tensor.attention(query: query, key: keys, value: seen, causal: true),
            Tensor.attention(query: query, key: keys, value: seen, mask: allowed))
    }

    @Test("similarity and Huber's distance")
    func distances() {
        let a = tensor([1, 0, 3, 4], 2, 2)
        let b = tensor([1, 1, 6, 8], 2, 2)
        expectClose(a.cosineSimilarity(b), [1 / sqrt(2), 1])
        expectClose(a.cosineSimilarity(b, axis: 0), [19 / sqrt(370), 32 / sqrt(16 * 65)])
        expectClose(tensor([0, 1, 5]).huberDistance(tensor([0.5, 1, 2]), delta: 2), [0.125, 0, 4])
    }
}
