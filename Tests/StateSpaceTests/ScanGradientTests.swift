import StateSpace
import Testing
import Torch

@Suite("Gradients of the selective scan")
struct ScanGradientTests {
    static let small: [ScanCase] = [
        ScanCase(batches: 1, channels: 2, states: 2, length: 4),
        ScanCase(batches: 2, channels: 4, states: 2, length: 3, inputs: .grouped(2), isReversed: true),
        ScanCase(batches: 1, channels: 3, states: 2, length: 4, inputs: .constant, layout: .channelsLast),
        ScanCase(batches: 1, channels: 2, states: 3, length: 4, hasOptions: false, isReversed: true),
        ScanCase(batches: 1, channels: 2, states: 2, length: 4, softplus: false, layout: .sliced),
    ]

    @Test("agree with central differences in double precision", arguments: small)
    func numerical(problem: ScanCase) throws {
        try withTorchErrors {
            let operands = problem.operands().map { $0.contiguous() }
            let computed = try gradients(problem, operands)
            let step = 1e-5
            for (index, operand) in operands.enumerated() {
                let elements = operand.array(of: Double.self)
                let differences = try elements.indices.map { place in
                    func value(_ offset: Double) throws -> Double {
                        var moved = elements
                        moved[place] += offset
                        var arguments = operands
                        arguments[index] = Tensor(moved, shape: operand.shape)
                        return try problem.weightedSum(arguments).item
                    }
                    return (try value(step) - value(-step)) / (2 * step)
                }
                #expect(
                    relativeDifference(computed[index], Tensor(differences, shape: operand.shape)) < 1e-7,
                    "operand \(index)")
            }
        }
    }

    static let large: [ScanCase] = Layout.allCases.flatMap { layout in
        [
            ScanCase(layout: layout), ScanCase(inputs: .grouped(3), isReversed: true, layout: layout),
            ScanCase(inputs: .constant, layout: layout), ScanCase(hasOptions: false, isReversed: true, layout: layout),
            ScanCase(softplus: false, layout: layout),
        ]
    }

    @Test("in float32, behind the fast forward pass, agree with double precision", arguments: large)
    func singlePrecision(problem: ScanCase) throws {
        try withTorchErrors {
            let expected = try gradients(problem, problem.operands())
            let found = try gradients(problem, problem.operands(.float32))
            for (index, pair) in zip(found, expected).enumerated() {
                #expect(pair.0.dtype == .float32)
                #expect(pair.0.shape == pair.1.shape)
                #expect(relativeDifference(pair.0, pair.1) < 2e-5, "operand \(index)")
            }
        }
    }

    @Test("reach only the operands that want them")
    func partial() throws {
        try withTorchErrors {
            let problem = ScanCase()
            let operands = problem.operands(.float32)
            operands[2].setRequiresGradient()
            try problem.weightedSum(operands).backward()
            let gradient = try #require(operands[2].gradient)
            #expect(operands.indices.allSatisfy { $0 == 2 || operands[$0].gradient == nil })
            let expected = try gradients(problem, problem.operands())
            #expect(relativeDifference(gradient, expected[2]) < 2e-5)
        }
    }

    private func gradients(_ problem: ScanCase, _ operands: [Tensor]) throws -> [Tensor] {
        let leaves = operands.map { operand in
            let leaf = operand.detached()
            leaf.setRequiresGradient()
            return leaf
        }
        let sum = try problem.weightedSum(leaves)
        return try Torch.gradients(of: sum, withRespectTo: leaves).map { try #require($0) }
    }
}
