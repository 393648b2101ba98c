import CScan
import Testing

@Suite("Selective scan, forward") struct ScanForwardTests {
    @Test("agrees with the double-precision reference over a grid of sizes", arguments: instructionSets)
    func grid(instructionSet: String) throws {
        var index = 0
        for length in [1, 2, 7, 8, 9, 37, 255, 1000, 3000] {
            for states in [1, 2, 3, 4, 5, 8, 12, 16, 17, 33, 64, 256] {
                for channels in [1, 3, 5, 8, 20, 32, 37] {
                    index += 1
                    var configuration = ScanConfiguration()
                    configuration.length = length
                    configuration.states = states
                    configuration.channels = channels
                    configuration.groups = [1, 2, 4].filter { channels % $0 == 0 }.last { $0 <= 1 << (index % 3) } ?? 1
                    configuration.sequenceLayout = ScanConfiguration.SequenceLayout.allCases[index % 5]
                    configuration.stateLayout = ScanConfiguration.StateLayout.allCases[index / 5 % 5]
                    configuration.setOptions(UInt64(index))
                    try check(configuration, instructionSet, seed: UInt64(index))
                }
            }
        }
    }

    @Test("agrees with the reference on 200 random configurations", arguments: instructionSets)
    func random(instructionSet: String) throws {
        var generator = Generator(seed: 20_240_607)
        for index in 0..<200 {
            try check(ScanConfiguration(random: &generator), instructionSet, seed: UInt64(index))
        }
    }

    @Test("gives each lane its own B and C where groups are small", arguments: instructionSets, [1, 2, 3, 5])
    func smallGroups(instructionSet: String, groupChannels: Int) throws {
        for stateLayout in ScanConfiguration.StateLayout.allCases {
            var configuration = ScanConfiguration()
            configuration.batches = 2
            configuration.groups = 7
            configuration.channels = 7 * groupChannels
            configuration.states = 19
            configuration.length = 131
            configuration.stateLayout = stateLayout
            try check(configuration, instructionSet, seed: 3)
        }
    }

    @Test("has the same bits for any number of threads", arguments: instructionSets)
    func threads(instructionSet: String) throws {
        for (groups, channels) in [(1, 20), (4, 148), (16, 16)] {
            var configuration = ScanConfiguration()
            configuration.batches = 3
            configuration.groups = groups
            configuration.channels = channels
            configuration.length = 203
            let problem = ScanProblem(configuration)
            let alone = try problem.run(instructionSet)
            for parts in [2, 3, 7, 64] { #expect(try problem.run(instructionSet, parts: parts) == alone) }
        }
    }

    @Test("continues from the last state as if it had not stopped", arguments: instructionSets, [1, 64, 77])
    func continues(instructionSet: String, cut: Int64) throws {
        var configuration = ScanConfiguration()
        configuration.channels = 11
        configuration.length = 150
        var problem = ScanProblem(configuration)
        let whole = try problem.run(instructionSet)
        problem.arguments.length = cut
        let state = problem.keep(try problem.run(instructionSet).lastState)
        let a = problem.arguments
        problem.arguments.length = 150 - cut
        problem.arguments.initial_state = UnsafePointer(state)
        problem.arguments.u += 4 * Int(cut * a.u_strides.time)
        problem.arguments.delta += 4 * Int(cut * a.delta_strides.time)
        problem.arguments.z += 4 * Int(cut * a.z_strides.time)
        problem.arguments.B += 4 * Int(cut * a.B_strides.time)
        problem.arguments.C += 4 * Int(cut * a.C_strides.time)
        problem.arguments.y += 4 * Int(cut * a.y_strides.time)
        #expect(try problem.run(instructionSet).lastState == whole.lastState)
        let joined = problem.read { _ in
            (0..<11).flatMap { d in (0..<150).map { a.y.floats[Int(d * a.y_strides.channel + $0)] } }
        }
        #expect(joined == whole.y)
    }

    @Test("writes nothing outside its output", arguments: instructionSets)
    func writesOnlyItsOutput(instructionSet: String) throws {
        for layout in [ScanConfiguration.SequenceLayout.channelsFirst, .channelsLast, .spread] {
            var configuration = ScanConfiguration()
            configuration.channels = 5
            configuration.length = 13
            configuration.sequenceLayout = layout
            var problem = ScanProblem(configuration)
            let strides = problem.arguments.y_strides
            let whole = Memory(count: 2000, value: 7)
            problem.arguments.y = UnsafeMutableRawPointer(whole.pointer + 500)
            _ = try problem.run(instructionSet)
            var isOutput = [Bool](repeating: false, count: 2000)
            for d in 0..<5 {
                for t in 0..<13 { isOutput[500 + d * Int(strides.channel) + t * Int(strides.time)] = true }
            }
            #expect(zip(whole.values, isOutput).allSatisfy { $1 || $0 == 7 })
        }
    }

    @Test("with no token returns the initial state", arguments: instructionSets)
    func empty(instructionSet: String) throws {
        var configuration = ScanConfiguration()
        configuration.length = 0
        let problem = ScanProblem(configuration)
        let result = try problem.run(instructionSet)
        let initial = problem.read { Array(UnsafeBufferPointer(start: $0.initial_state, count: 64)) }
        #expect(result.y.isEmpty && result.lastState == initial)
    }

    private func check(_ configuration: ScanConfiguration, _ instructionSet: String, seed: UInt64) throws {
        let problem = ScanProblem(configuration, seed: seed)
        let expected = try problem.run(nil)
        let found = try problem.run(instructionSet)
        let errors = (relativeError(found.y, expected.y), relativeError(found.lastState, expected.lastState))
        #expect(errors.0 <= 1e-5 && errors.1 <= 1e-5, "\(configuration): y \(errors.0), last state \(errors.1)")
    }
}
