import CScan
import Foundation
import Testing

/// One token and one state make the scan's own functions visible.
@Suite("Selective scan, extreme values") struct ScanExtremesTests {
    /// y = softplus(x): A = 0, B = C = u = 1.
    @Test("softplus keeps six digits from e^-80 to the identity", arguments: instructionSets)
    func softplus(instructionSet: String) throws {
        let arguments =
            stride(from: Float(-80), through: 90, by: 0.037).map { $0 } + [-1e30, -.infinity, 20, 20.00001, 1e30]
        let found = try singleStep(arguments, A: 0, u: 1, initial: 0, softplus: true, instructionSet)
        for (x, y) in zip(arguments, found) {
            let expected = log1p(exp(Double(min(x, 600)))) + Double(max(0, x - 600))
            #expect(abs(Double(y) - expected) <= 1e-6 * expected, "softplus(\(x)) = \(y), not \(expected)")
        }
        #expect(zip(arguments, found).allSatisfy { $0 <= 20 || $0 == $1 })
    }

    /// y = e^x: u = 0, the initial state 1, one step of 1 with A = x.
    @Test(
        "the decay is right to 2 ulp near 0 and to the rounding of its argument elsewhere", arguments: instructionSets)
    func exponential(instructionSet: String) throws {
        let arguments =
            stride(from: Float(-1), through: 1, by: 0.000_37).map { $0 } + stride(from: -87, through: 88, by: 0.029)
        var found: [Float] = []
        for x in arguments { found += try singleStep([1], A: x, u: 0, initial: 1, softplus: false, instructionSet) }
        for (x, y) in zip(arguments, found) {
            let expected = exp(Double(x))
            let ulp = Double(Float(expected).ulp)
            let error = abs(Double(y) - expected)
            #expect(
                error <= (abs(x) <= 0.25 ? 2 * ulp : 2 * ulp + 6e-8 * 2 * Double(abs(x)) * expected), "e^\(x) = \(y)")
        }
    }

    @Test("the decay is 1 at 0, 0 far below, infinite far above", arguments: instructionSets)
    func limits(instructionSet: String) throws {
        for (x, expected) in [
            (0, 1), (-0.0, 1), (-104, 0), (-1e30, 0), (-.infinity, 0), (89, .infinity), (1e30, .infinity),
        ]
            as [(Float, Float)]
        {
            let found = try singleStep([1], A: x, u: 0, initial: 1, softplus: false, instructionSet)
            #expect(found == [expected], "e^\(x)")
        }
        for x in stride(from: Float(-104), to: -87, by: 0.011) {
            let found = try singleStep([1], A: x, u: 0, initial: 1, softplus: false, instructionSet)[0]
            #expect(abs(Double(found) - exp(Double(x))) <= 1.2e-38, "e^\(x) = \(found)")
        }
        #expect(try singleStep([1], A: .nan, u: 0, initial: 1, softplus: false, instructionSet)[0].isNaN)
    }

    @Test("extreme steps and decays agree with the reference", arguments: instructionSets)
    func extremes(instructionSet: String) throws {
        let steps: [Float] = [-200, -90, -50, -20, -1, 0, 1, 19.9, 20.1, 50]
        let decays: [Float] = [0, -1e-6, -0.1, -1, -4, -80, -1e4, 0.001]
        var configuration = ScanConfiguration()
        configuration.channels = steps.count
        configuration.states = decays.count
        configuration.length = 21
        configuration.hasBias = false
        var problem = ScanProblem(configuration)
        problem.arguments.A = UnsafePointer(problem.keep(steps.flatMap { _ in decays }))
        problem.arguments.delta = UnsafeRawPointer(problem.keep(steps.flatMap { [Float](repeating: $0, count: 21) }))
        let expected = try problem.run(nil)
        let found = try problem.run(instructionSet)
        for channel in steps.indices {
            let rows = (channel * 21)..<(channel * 21 + 21)
            #expect(relativeError(Array(found.y[rows]), Array(expected.y[rows])) <= 1e-5, "delta \(steps[channel])")
        }
        #expect(relativeError(found.lastState, expected.lastState) <= 1e-5)
    }

    @Test("a NaN stays in its channel and its future", arguments: instructionSets)
    func notANumber(instructionSet: String) throws {
        var problem = ScanProblem(ScanConfiguration())
        let u = problem.keep((0..<(8 * 16)).map { $0 == 3 * 16 + 5 ? .nan : 0.5 })
        problem.arguments.u = UnsafeRawPointer(u)
        let y = try problem.run(instructionSet).y
        for index in y.indices { #expect(y[index].isNaN == (index / 16 == 3 && index % 16 >= 5)) }
    }

    @Test("leaves the thread's treatment of denormal numbers as it was", arguments: instructionSets)
    func denormals(instructionSet: String) throws {
        _ = try ScanProblem(ScanConfiguration()).run(instructionSet)
        let tiny = Memory([Float.leastNormalMagnitude])
        #expect(tiny.pointer[0] / 4 != 0)
    }

    /// Runs one token of one state, each delta a channel of its own, with B = C = 1.
    private func singleStep(
        _ delta: [Float], A: Float, u: Float, initial: Float, softplus: Bool, _ instructionSet: String
    ) throws -> [Float] {
        var configuration = ScanConfiguration()
        configuration.channels = delta.count
        configuration.states = 1
        configuration.length = 1
        configuration.setOptions(0b10111)
        configuration.hasSoftplus = softplus
        configuration.hasInitialState = true
        var problem = ScanProblem(configuration)
        let same = { (value: Float) in [Float](repeating: value, count: delta.count) }
        problem.arguments.delta = UnsafeRawPointer(problem.keep(delta))
        problem.arguments.u = UnsafeRawPointer(problem.keep(same(u)))
        problem.arguments.A = UnsafePointer(problem.keep(same(A)))
        problem.arguments.initial_state = UnsafePointer(problem.keep(same(initial)))
        problem.arguments.B = UnsafeRawPointer(problem.keep([1]))
        problem.arguments.C = problem.arguments.B
        return try problem.run(instructionSet).y
    }
}
