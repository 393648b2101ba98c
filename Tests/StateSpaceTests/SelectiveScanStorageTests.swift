import StateSpace
import Testing
import Torch

@Suite("Selective scan of 16-bit tensors")
struct SelectiveScanStorageTests {
    static let cases: [ScanCase] = Layout.allCases.flatMap { layout in
        [
            ScanCase(layout: layout), ScanCase(channels: 40, length: 131, inputs: .grouped(2), layout: layout),
            ScanCase(inputs: .constant, isReversed: true, layout: layout), ScanCase(hasOptions: false, layout: layout),
        ]
    }

    /// The operands in 16 bits, and the same numbers in float32. u, delta, B, C and z come first in `large`.
    private func operands(_ problem: ScanCase, _ dtype: DType, allIn16Bits: Bool) -> (narrow: [Tensor], wide: [Tensor])
    {
        let large: Set = [0, 1, 3, 4, 6]
        let narrow = problem.operands(.float32).enumerated().map { index, tensor in
            allIn16Bits || large.contains(index) ? tensor.to(dtype) : tensor
        }
        return (narrow, narrow.map { $0.to(.float32) })
    }

    @Test(
        "has the numbers of the scan in float32, rounded once", arguments: cases, [DType.bfloat16, .float16])
    func forward(problem: ScanCase, dtype: DType) throws {
        try withTorchErrors {
            let (narrow, wide) = operands(problem, dtype, allIn16Bits: false)
            let (found, expected) = (try problem.run(narrow), try problem.run(wide))
            #expect(found.y.dtype == dtype && found.lastState.dtype == .float32)
            #expect(found.y.array(of: Float.self) == expected.y.to(dtype).array(of: Float.self))
            #expect(found.lastState.array(of: Float.self) == expected.lastState.array(of: Float.self))
        }
    }

    @Test(
        "has the gradients of the scan in float32, rounded once, in the types of the operands",
        arguments: cases, [DType.bfloat16, .float16])
    func backward(problem: ScanCase, dtype: DType) throws {
        try withTorchErrors {
            for allIn16Bits in [false, true] {
                let (narrow, wide) = operands(problem, dtype, allIn16Bits: allIn16Bits)
                let found = try gradients(narrow, dtype) { try problem.run($0).y }
                let expected = try gradients(wide, dtype) { try problem.run($0).y }
                for index in narrow.indices {
                    #expect(found[index].dtype == narrow[index].dtype, "operand \(index)")
                    let rounded = expected[index].to(narrow[index].dtype)
                    #expect(found[index].array(of: Float.self) == rounded.array(of: Float.self), "operand \(index)")
                }
            }
        }
    }

    @Test("adds paths up before it rounds", arguments: [DType.bfloat16, .float16], [true, false])
    func paths(dtype: DType, isChannelsLast: Bool) throws {
        try withTorchErrors {
            let problem = PathsCase(paths: 4, isChannelsLast: isChannelsLast)
            let narrow = problem.operands(.float32).map { $0.to(dtype) }
            let wide = narrow.map { $0.to(.float32) }
            let (y, expected) = (try problem.run(narrow)[0], try problem.run(wide)[0])
            #expect(y.array(of: Float.self) == expected.to(dtype).array(of: Float.self))
            let found = try gradients(narrow, dtype) { try problem.run($0)[0] }
            let rounded = try gradients(wide, dtype) { try problem.run($0)[0] }.map { $0.to(dtype) }
            for index in narrow.indices {
                #expect(
                    found[index].array(of: Float.self) == rounded[index].array(of: Float.self), "operand \(index)")
            }
        }
    }

    /// Of a sum of y with fixed weights that 16 bits hold exactly.
    private func gradients(
        _ operands: [Tensor], _ dtype: DType, _ scan: ([Tensor]) throws -> Tensor
    ) throws -> [Tensor] {
        let leaves = operands.map { operand in
            let leaf = operand.detached()
            leaf.setRequiresGradient()
            return leaf
        }
        let y = try scan(leaves)
        let weights = Tensor.uniform(y.shape, low: 0.5, high: 1.5, generator: RandomGenerator(seed: 77)).to(dtype)
        let sum = (y.to(.float32) * weights.to(.float32)).sum()
        return try Torch.gradients(of: sum, withRespectTo: leaves).map { try #require($0) }
    }
}
