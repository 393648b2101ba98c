import CScan
import Testing

@Suite("Selective scan, arguments") struct ScanCheckTests {
    @Test("accepts what is right")
    func accepts() {
        #expect(violations(ScanProblem(ScanConfiguration()).arguments) == "")
    }

    @Test("says each requirement that is violated in a sentence")
    func saysEach() {
        var arguments = fk_scan_arguments()
        arguments.channels = 7
        arguments.groups = 2
        arguments.states = 257
        arguments.length = -1
        #expect(
            violations(arguments)
                == "length is -1; it must be 0 or more. states is 257; it must be from 1 to 256. "
                + "channels (7) must be a multiple of groups (2).")
    }

    @Test("names the arrays that are missing")
    func missing() {
        var arguments = ScanProblem(ScanConfiguration()).arguments
        arguments.u = nil
        arguments.C = nil
        arguments.A = nil
        #expect(violations(arguments) == "A is missing (null). u is missing (null). C is missing (null).")
    }

    @Test("refuses strides beyond any memory", arguments: [Int64.max, .min, .max / 3])
    func overflow(stride: Int64) {
        let problem = ScanProblem(ScanConfiguration())
        var arguments = problem.arguments
        arguments.delta_strides.time = stride
        arguments.B_strides.state = stride
        #expect(
            violations(arguments) == "the strides of delta lead beyond the address space. "
                + "the strides of B lead beyond the address space.")
        arguments = problem.arguments
        arguments.batches = .max / 2
        #expect(violations(arguments).contains("larger than the address space"))
    }

    @Test("refuses an output whose elements overlap")
    func overlap() {
        var arguments = ScanProblem(ScanConfiguration()).arguments
        arguments.y_strides = .init(batch: 0, channel: 8, time: 1)
        #expect(violations(arguments).contains("the strides of y (batch 0, channel 8, time 1) let elements overlap"))
        arguments.y_strides = .init(batch: 0, channel: 1, time: 8)
        #expect(violations(arguments) == "")
    }

    @Test("refuses an instruction set that the machine lacks, and computes nothing")
    func instructionSet() {
        let problem = ScanProblem(ScanConfiguration())
        problem.arguments.y.floats[0] = 42
        #expect(throws: ScanFailure.self) { try problem.run("abacus") }
        #expect(problem.read { $0.y.floats[0] } == 42)
    }

    @Test("says what is wrong with the arrays of a backward scan")
    func backward() {
        var problem = BackwardProblem(ScanConfiguration())
        #expect(backwardViolations(problem) == "")
        problem.forward.arguments.y = nil  // not needed
        #expect(backwardViolations(problem) == "")
        problem.forward.arguments.z = nil
        problem.gradients.dy = nil
        problem.gradients.du_strides.time = 0
        problem.gradients.dB_strides.state = 0
        problem.gradients.dC_strides = .init(batch: 0, group: 8, state: 1, time: 0)
        #expect(
            backwardViolations(problem)
                == "dy is missing (null). the strides of du (batch 281, channel 16, time 0) let elements overlap; each "
                + "must have its own. dz is wanted, but z is missing (null). the strides of dB (batch 128, group 128, "
                + "state 0, time 1) let elements overlap; each must have its own, but for strides of 0 in batch and time."
        )
        #expect(fk_scan_check_backward(nil, nil, nil, 0) == 2)
    }

    private func backwardViolations(_ problem: BackwardProblem) -> String {
        var (arguments, gradients) = (problem.forward.arguments, problem.gradients)
        var message = [CChar](repeating: 0, count: 1000)
        let count = fk_scan_check_backward(&arguments, &gradients, &message, message.count)
        #expect((count == 0) == (message[0] == 0))
        return text(message)
    }

    @Test("counts the pieces of work of each batch and path, and none where the sizes are wrong")
    func pieces() {
        var arguments = fk_scan_arguments()
        #expect(fk_scan_pieces(&arguments) == 0)
        (arguments.batches, arguments.channels, arguments.groups, arguments.states) = (3, 1, 1, 8)
        #expect(fk_scan_pieces(&arguments) == 3)
        (arguments.channels, arguments.groups, arguments.paths) = (4, 4, 4)
        #expect(fk_scan_pieces(&arguments) == 12)
        (arguments.channels, arguments.groups, arguments.paths) = (128, 2, 2)
        let pieces = fk_scan_pieces(&arguments)  // vectors of 4, 8 or 16 channels
        #expect([16, 8, 4].contains { pieces == 3 * 2 * 64 / $0 })
        arguments.groups = 3
        #expect(fk_scan_pieces(&arguments) == 0)
        #expect(fk_scan_pieces(nil) == 0)
    }

    @Test("cuts the message where the caller's memory ends")
    func cut() {
        var message = [CChar](repeating: 1, count: 12)
        var arguments = fk_scan_arguments()
        arguments.groups = 1
        #expect(fk_scan_check(&arguments, &message, 10) == 1)
        #expect(text(message) == "states is" && message[10] == 1)
        #expect(fk_scan_check(&arguments, nil, 0) == 1)
        #expect(fk_scan_check(nil, nil, 0) == 1)
    }

    @Test("offers its standard instruction set among the available ones")
    func standard() {
        #expect(instructionSets.contains(String(cString: fk_scan_instruction_set())))
        #expect(fk_scan_instruction_set_at(-1) == nil)
    }

    private func violations(_ arguments: fk_scan_arguments) -> String {
        var arguments = arguments
        var message = [CChar](repeating: 0, count: 1000)
        let count = fk_scan_check(&arguments, &message, message.count)
        #expect((count == 0) == (message[0] == 0))
        return text(message)
    }
}
