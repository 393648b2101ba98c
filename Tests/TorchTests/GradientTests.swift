import Testing
import Torch

@Suite("Gradients against central differences") struct GradientTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let inputs: [Tensor]
        let function: @Sendable ([Tensor]) -> Tensor
        init(_ name: String, _ inputs: [Tensor], _ function: @escaping @Sendable ([Tensor]) -> Tensor) {
            (self.name, self.inputs, self.function) = (name, inputs, function)
        }
        var testDescription: String { name }
    }

    static let image = noise(2, 4, 5, 6)
    static let positive = noise(3, 4).squared() + 0.5
    static let square = noise(3, 3) + Tensor.identity(3, dtype: .float64) * 4

    static let arithmetic: [Case] = [
        Case("a · b + a / b − b", [noise(2, 3), noise(3, seed: 2) + 5]) { $0[0] * $0[1] + $0[0] / $0[1] - $0[1] },
        Case("power", [positive, noise(4, seed: 2)]) { $0[0].power($0[1]) },
        Case("atan2", [noise(5), noise(5, seed: 2)]) { $0[0].arcTangent(over: $0[1]) },
        Case("maximum", [noise(5), noise(5, seed: 2)]) { $0[0].maximum($0[1]) + $0[0].minimum($0[1]) * 2 },
        Case("functions", [positive]) { $0[0].log() + $0[0].squareRoot() + $0[0].reciprocal() + $0[0].exp().sin() },
        Case("tanh and erf", [noise(5)]) { $0[0].tanh() * $0[0].erf() },
        Case("clamped", [noise(8)]) { $0[0].clamped(-0.5, 0.7) },
        Case("select", [noise(5), noise(5, seed: 2)]) { Tensor.select($0[0] .> $0[1], $0[0].squared(), $0[1]) },
        Case("matmul", [noise(2, 3, 4), noise(4, 2, seed: 2)]) { $0[0].matmul($0[1]) },
        Case("einsum", [noise(3, 4), noise(4, 2, seed: 2)]) { Tensor.einsum("ij,jk->ki", $0[0], $0[1]) },
        Case("reductions", [noise(3, 4)]) {
            $0[0].mean(0) + $0[0].standardDeviation(0) + $0[0].max(0) + $0[0].norm(0) + $0[0].logSumExp(0)
        },
        Case("running sums", [noise(3, 4)]) { $0[0].cumulativeSum(axis: 1) * $0[0].cumulativeProduct(axis: 0) },
        Case("quantile", [noise(9)]) { $0[0].quantile(tensor([0.1, 0.5]), axis: 0) },
        Case("indexing", [noise(3, 4)]) { $0[0][.all, 1..<3] * $0[0][.tensor(Tensor([2, 2, 0])), .slice(by: 2)] },
        Case("gathering", [noise(3, 4)]) {
            $0[0].gathered(axis: 1, index: Tensor([0, 0, 3, 1, 2, 2], shape: [3, 2]))
        },
        Case("index sums", [noise(3, 4), noise(2, 4, seed: 2)]) {
            $0[0].indexAdding(axis: 0, indices: Tensor([1, 1]), source: $0[1].squared())
        },
        Case("movement", [noise(3, 4)]) {
            $0[0].flipped(0).rolled([1], axes: [1]).permuted(1, 0) * $0[0].permuted(1, 0)
        },
        Case("joining", [noise(3, 4), noise(3, 2, seed: 2)]) {
            Tensor.concatenated([$0[0].squared(), $0[1]], axis: 1)
        },
        Case("sort", [noise(6)]) { $0[0].sorted().values.cumulativeSum(axis: 0) },
    ]

    static let networks: [Case] = [
        Case("conv1d", [noise(2, 4, 7), noise(6, 2, 3, seed: 2), noise(6, seed: 3)]) {
            $0[0].conv1d(weight: $0[1], bias: $0[2], stride: 2, padding: 1, dilation: 2, groups: 2)
        },
        Case("conv2d", [image, noise(3, 4, 3, 2, seed: 2), noise(3, seed: 3)]) {
            $0[0].conv2d(weight: $0[1], bias: $0[2], stride: Size2(2, 1), padding: 1)
        },
        Case("conv3d", [noise(1, 2, 3, 4, 3), noise(2, 2, 2, 2, 2, seed: 2)]) {
            $0[0].conv3d(weight: $0[1], padding: 1)
        },
        Case("convTransposed1d", [noise(1, 2, 4), noise(2, 2, 3, seed: 2)]) {
            $0[0].convTransposed1d(weight: $0[1], stride: 2, outputPadding: 1)
        },
        Case("convTransposed2d", [noise(1, 2, 3, 3), noise(2, 3, 3, 3, seed: 2), noise(3, seed: 3)]) {
            $0[0].convTransposed2d(weight: $0[1], bias: $0[2], stride: 2, padding: 1)
        },
        Case("convTransposed3d", [noise(1, 1, 2, 2, 2), noise(1, 2, 2, 2, 2, seed: 2)]) {
            $0[0].convTransposed3d(weight: $0[1], stride: 2)
        },
        Case("linear", [noise(2, 3, 4), noise(5, 4, seed: 2), noise(5, seed: 3)]) {
            $0[0].linear(weight: $0[1], bias: $0[2])
        },
        Case("pooling", [image]) {
            $0[0].averagePooled2d(2, padding: 1) + $0[0].maxPooled2d(2, padding: 1)
                + $0[0].adaptiveAveragePooled2d(Size2(3, 4)) + $0[0].adaptiveMaxPooled2d(Size2(3, 4)).values
        },
        Case("padding", [image]) {
            $0[0].padded2d(1, mode: .reflect) + $0[0].padded2d(1, mode: .replicate) * 2
                + $0[0].padded2d(1, mode: .circular) * 3 + $0[0].padded2d(1)
        },
        Case("unfold and fold", [image]) {
            $0[0].unfolded(3, padding: 1).squared().folded(to: Size2(5, 6), kernel: 3, padding: 1)
        },
        Case("pixel shuffle", [image]) { $0[0].pixelShuffled(2).squared().pixelUnshuffled(2) },
        Case("resizing", [image]) {
            $0[0].interpolated(to: [7, 4], mode: .bilinear)
                + $0[0].interpolated(to: [7, 4], mode: .bicubic, alignCorners: true)
                + $0[0].interpolated(to: [7, 4]) + $0[0].interpolated(to: [7, 4], mode: .bicubic, antialias: true)
        },
        Case("sampling", [noise(1, 2, 4, 4), noise(1, 3, 3, 2, seed: 2) * 0.4]) {
            $0[0].gridSampled($0[1], padding: .border) + $0[0].gridSampled($0[1], mode: .bicubic)
        },
        Case("layer norm", [noise(2, 3, 4), noise(4, seed: 2), noise(4, seed: 3)]) {
            $0[0].layerNormalized(shape: [4], weight: $0[1], bias: $0[2])
                + $0[0].rootMeanSquareNormalized(shape: [4], weight: $0[1])
        },
        Case("group, batch and instance norm", [image, noise(4, seed: 2), noise(4, seed: 3)]) {
            $0[0].groupNormalized(groups: 2, weight: $0[1], bias: $0[2])
                + $0[0].instanceNormalized(weight: $0[1], bias: $0[2])
                + $0[0].batchNormalized(
                    weight: $0[1], bias: $0[2], runningMean: nil, runningVariance: nil, training: true)
        },
        Case("activations", [noise(12)]) {
            let x = $0[0]
            return x.relu() + x.leakyReLU(slope: 0.2) * x.elu() + x.gelu() + x.gelu(approximate: true) * x.silu()
                + x.mish() + x.sigmoid() * x.logSigmoid() + x.softplus(beta: 2, threshold: 3) + x.hardSwish()
                + x.hardSigmoid() + x.relu6()
        },
        Case("PReLU", [noise(2, 3, 4), noise(3, seed: 2)]) { $0[0].prelu(weight: $0[1]) },
        Case("softmax", [noise(3, 4)]) { $0[0].softmax(axis: 0) * $0[0].logSoftmax(axis: 1) },
        Case("dropout", [noise(20)]) { $0[0].squared().dropout(probability: 0.3, generator: RandomGenerator(seed: 5)) },
        Case("attention", [noise(1, 2, 3, 4), noise(1, 2, 5, 4, seed: 2), noise(1, 2, 5, 3, seed: 3)]) {
            Tensor.attention(query: $0[0], key: $0[1], value: $0[2])
        },
        Case("distances", [noise(3, 4), noise(3, 4, seed: 2)]) {
            $0[0].cosineSimilarity($0[1]).unsqueezed(1) + $0[0].huberDistance($0[1], delta: 0.7)
        },
        Case("Fourier", [noise(3, 4)]) {
            let spectrum = $0[0].realFFT(axes: [0, 1])
            return (spectrum * spectrum).inverseRealFFT(axes: [0, 1]) + $0[0].fft().abs()
        },
        Case("solving", [square, noise(3, 2, seed: 2)]) { $0[0].solving($0[1]) + $0[0].inverse().matmul($0[1]) },
        Case("least squares", [noise(5, 3), noise(5, 2, seed: 2)]) {
            $0[0].leastSquares($0[1]) + $0[0].pseudoInverse().matmul($0[1])
        },
        Case("determinants", [square]) { $0[0].determinant() + $0[0].logDeterminant().logarithm },
        Case("factors", [square]) {
            let symmetric = $0[0].matmul($0[0].transposed(0, 1))
            return $0[0].singularValues() + symmetric.symmetricEigen().values + symmetric.cholesky().sum(0)
                + $0[0].qr().r.abs().sum(0)
        },
    ]

    @Test("of the core operations", arguments: arithmetic)
    func core(_ item: Case) throws { try check(item) }

    @Test("of what networks use", arguments: networks)
    func network(_ item: Case) throws { try check(item) }

    func check(_ item: Case) throws {
        let error = try withTorchErrors { try gradientError(item.inputs, item.function) }
        #expect(error < 1e-7, "relative error \(error)")
    }
}
