import StateSpace
import Testing
import Torch

@Suite("Selective scan", .serialized)
struct SelectiveScanTests {
    static let cases: [ScanCase] = {
        var cases: [ScanCase] = []
        for layout in Layout.allCases {
            for inputs in [StateInputs.shared, .grouped(2), .grouped(6), .constant] {
                for isReversed in [false, true] {
                    cases.append(ScanCase(inputs: inputs, isReversed: isReversed, layout: layout))
                }
            }
            cases.append(ScanCase(hasOptions: false, layout: layout))
            cases.append(ScanCase(softplus: false, layout: layout))
            // Whole vectors, many tiles of time, many states.
            cases.append(ScanCase(channels: 32, states: 8, length: 300, isReversed: true, layout: layout))
            cases.append(ScanCase(batches: 1, channels: 17, states: 33, length: 130, layout: layout))
            cases.append(ScanCase(batches: 3, channels: 1, states: 1, length: 1, layout: layout))
        }
        return cases
    }()

    @Test("in float32 agrees with the recurrence in double precision", arguments: cases)
    func agreesWithRecurrence(problem: ScanCase) throws {
        try withTorchErrors {
            let expected = try problem.run(problem.operands())
            let found = try problem.run(problem.operands(.float32))
            #expect(found.y.dtype == .float32)
            #expect(found.y.shape == [problem.batches, problem.channels, problem.length])
            #expect(found.lastState.shape == [problem.batches, problem.channels, problem.states])
            #expect(relativeDifference(found.y, expected.y) < 5e-6)
            #expect(relativeDifference(found.lastState, expected.lastState) < 5e-6)
        }
    }

    @Test("of reversed sequences is the scan with time running backwards", arguments: Layout.allCases)
    func reversal(layout: Layout) throws {
        try withTorchErrors {
            var problem = ScanCase(inputs: .grouped(3), layout: layout)
            let operands = problem.operands(.float32)
            var flipped = operands
            for index in [0, 1, 3, 4, 6] { flipped[index] = operands[index].flipped(operands[index].rank - 1) }
            let forwards = try problem.run(flipped)
            problem.isReversed = true
            let backwards = try problem.run(operands)
            #expect(backwards.y.array(of: Float.self) == forwards.y.flipped(2).array(of: Float.self))
            #expect(backwards.lastState.array(of: Float.self) == forwards.lastState.array(of: Float.self))
        }
    }

    @Test("can stop and go on from its last state")
    func continuation() throws {
        try withTorchErrors {
            let problem = ScanCase(length: 101)
            let whole = problem.operands(.float32)
            let expected = try problem.run(whole)
            func part(_ start: Int, _ length: Int, _ state: Tensor) throws -> (y: Tensor, lastState: Tensor) {
                var operands = whole
                for index in [0, 1, 3, 4, 6] {
                    operands[index] = whole[index].narrowed(axis: 2, start: start, length: length)
                }
                operands[8] = state
                return try problem.run(operands)
            }
            let first = try part(0, 40, whole[8])
            let second = try part(40, 61, first.lastState)
            let y = Tensor.concatenated([first.y, second.y], axis: 2)
            #expect(y.array(of: Float.self) == expected.y.array(of: Float.self))
            #expect(second.lastState.array(of: Float.self) == expected.lastState.array(of: Float.self))
        }
    }

    @Test("gives the same bits on one thread and on two", arguments: Layout.allCases)
    func threads(layout: Layout) throws {
        let before = TorchLibrary.threads
        defer { TorchLibrary.threads = before }
        try withTorchErrors {
            let problem = ScanCase(
                batches: 3, channels: 40, states: 8, length: 200, inputs: .grouped(2), layout: layout)
            let operands = problem.operands(.float32)
            let results = try [1, 2].map { threads in
                TorchLibrary.threads = threads
                let result = try problem.run(operands)
                return result.y.array(of: Float.self) + result.lastState.array(of: Float.self)
            }
            #expect(results[0] == results[1])
        }
    }

    @Test("of a long sequence with few channels, which threads share in parts of time, has the same numbers")
    func timeParts() throws {
        let before = TorchLibrary.threads
        defer { TorchLibrary.threads = before }
        try withTorchErrors {
            let problem = ScanCase(batches: 1, channels: 3, length: 5000)
            let results = try [1, 2, 5].map { threads in
                TorchLibrary.threads = threads
                let leaves = problem.operands(.float32).map { operand in
                    let leaf = operand.detached()
                    leaf.setRequiresGradient()
                    return leaf
                }
                let result = try problem.run(leaves)
                let sum = try problem.weightedSum(leaves)
                let gradients = try Torch.gradients(of: sum, withRespectTo: leaves).map { try #require($0) }
                return [result.y.detached(), result.lastState.detached()] + gradients
            }
            for found in results.dropFirst() {
                for (index, pair) in zip(found, results[0]).enumerated() {
                    #expect(relativeDifference(pair.0, pair.1) < 1e-5, "result \(index)")
                }
            }
        }
    }

    @Test("keeps the memory layout of its input", arguments: [Layout.contiguous, .channelsLast])
    func keepsLayout(layout: Layout) throws {
        try withTorchErrors {
            let problem = ScanCase(layout: layout)
            let operands = problem.operands(.float32)
            let y = try problem.run(operands).y
            #expect(y.strides == operands[0].strides)
        }
    }

    @Test("of no tokens returns the initial state", arguments: [DType.float32, .float64])
    func empty(dtype: DType) throws {
        try withTorchErrors {
            let problem = ScanCase(length: 0)
            let operands = problem.operands(dtype)
            let result = try problem.run(operands)
            #expect(result.y.shape == [2, 6, 0])
            #expect(result.lastState.array(of: Double.self) == operands[8].array(of: Double.self))
        }
    }
}
