import StateSpace
import Testing
import Torch

@Suite("Causal convolution")
struct CausalConvolutionTests {
    /// What the kernel computes in float32 and what tensor operations compute in float64, with the gradients of all
    /// operands.
    private func results(
        _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ paths: ScanPaths?, reversed: Bool, activated: Bool,
        seed: UInt64
    ) throws -> [(single: Tensor, double: Tensor)] {
        let operands = [x, weight] + [bias].compactMap { $0 }
        let shape = [x.size(0), weight.size(0), x.size(2)]
        let seedOfY = Tensor.normal(shape, generator: RandomGenerator(seed: seed))
        func run(_ dtype: DType) throws -> [Tensor] {
            let leaves = operands.map { $0.to(dtype).copy() }
            for leaf in leaves { leaf.setRequiresGradient() }
            let y = try causalConvolution(
                leaves[0], weight: leaves[1], bias: leaves.count > 2 ? leaves[2] : nil, along: paths,
                reversed: reversed, activated: activated)
            let gradients = gradients(
                of: [y], withRespectTo: leaves, outputGradients: [seedOfY.to(dtype)])
            return [y.detached()] + gradients.compactMap { $0 }
        }
        return Array(zip(try run(.float32), try run(.float64))).map { (single: $0, double: $1) }
    }

    private func agree(_ pairs: [(single: Tensor, double: Tensor)]) -> Bool {
        pairs.allSatisfy { pair in
            let difference = (pair.single.to(.float64) - pair.double).abs().max().item
            return difference <= 2e-6 * Swift.max(1, pair.double.abs().max().item)
        }
    }

    /// Sorting by it mixes the tokens in an order of each path's own.
    private func key(_ token: Int, _ path: Int) -> Int { (token + path) * 7919 % 1009 }

    @Test(
        "The kernel agrees with tensor operations in double precision, forward and gradients",
        arguments: 0..<24)
    func kernelAgreesWithTensorOperations(seed: Int) throws {
        let (batches, channels) = (1 + seed % 3, 1 + seed * 7 % 35)
        let (length, taps) = (1 + seed * 53 % 200, 1 + seed % 8)
        let count = seed % 3 == 0 ? 1 + seed % 4 : 0
        let paths =
            count == 0
            ? nil
            : try ScanPaths(
                (0..<count).map { path in (0..<length).sorted { key($0, path) < key($1, path) } })
        let generator = RandomGenerator(seed: UInt64(seed))
        let all = max(1, count) * channels
        let x =
            seed % 2 == 0
            ? Tensor.normal([batches, length, channels], generator: generator).transposed(1, 2)
            : Tensor.normal([batches, channels, length], generator: generator)
        let weight = Tensor.normal([all, taps], generator: generator)
        let bias = seed % 4 == 0 ? nil : Tensor.normal([all], generator: generator)
        let pairs = try results(
            x, weight, bias, paths, reversed: paths == nil && seed % 3 == 1, activated: seed % 5 != 0, seed: 7)
        #expect(agree(pairs))
    }

    @Test("More taps than the kernel has give the same as ever")
    func manyTaps() throws {
        let generator = RandomGenerator(seed: 3)
        let pairs = try results(
            .normal([2, 5, 40], generator: generator), .normal([5, 11], generator: generator), nil, nil, reversed: true,
            activated: true, seed: 7)
        #expect(agree(pairs))
    }

    @Test("The result has the same bits for any number of threads")
    func threadsDoNotMatter() throws {
        let generator = RandomGenerator(seed: 4)
        let x = Tensor.normal([2, 700, 24], generator: generator).transposed(1, 2)
        let weight = Tensor.normal([24, 4], generator: generator)
        func run(_ threads: Int) throws -> [[Float]] {
            let before = TorchLibrary.threads
            TorchLibrary.threads = threads
            defer { TorchLibrary.threads = before }
            let leaves = [x, weight].map { $0.copy() }
            for leaf in leaves { leaf.setRequiresGradient() }
            let y = try causalConvolution(leaves[0], weight: leaves[1])
            let gradients = gradients(of: [y], withRespectTo: leaves, outputGradients: [y.detached()])
            return ([y] + gradients.compactMap { $0 }).map { $0.array(of: Float.self) }
        }
        #expect(try run(1) == run(2))
    }

    @Test("Shapes that don't fit are refused with the shapes")
    func wrongShapes() throws {
        let x = Tensor.zeros([1, 4, 9])
        func message(_ body: () throws -> Tensor) -> String? {
            do {
                _ = try body()
                return nil
            } catch {
                return "\(error)"
            }
        }
        #expect(message { try causalConvolution(x, weight: .zeros([5, 4])) }?.contains("5 channels, not 4") == true)
        #expect(
            message { try causalConvolution(x, weight: .zeros([4, 4]), bias: .zeros([3])) }?.contains("[3], not [4]")
                == true)
        let paths = try ScanPaths([[1, 0, 2]])
        #expect(
            message { try causalConvolution(x, weight: .zeros([4, 4]), along: paths) }?.contains("3 tokens, x has 9")
                == true)
        #expect(message { try causalConvolution(x, weight: .zeros([4])) }?.contains("(K·D, W)") == true)
        let double = Tensor.zeros([4, 4], dtype: .float64)
        #expect(message { try causalConvolution(x, weight: double) }?.contains("must have one") == true)
    }

    @Test("Of no tokens or no channels it is empty", arguments: [[1, 4, 0], [1, 0, 9], [0, 4, 9]])
    func empty(shape: [Int]) throws {
        let y = try causalConvolution(.zeros(shape), weight: .zeros([2 * shape[1], 4]), along: .init(paths(shape[2])))
        #expect(y.shape == [shape[0], 2 * shape[1], shape[2]])
    }

    private func paths(_ length: Int) -> [[Int]] { [Array(0..<length), (0..<length).reversed()] }
}
