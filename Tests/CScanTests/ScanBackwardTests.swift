import CScan
import Testing

@Suite("Selective scan, backward") struct ScanBackwardTests {
    @Test("agrees with the double-precision reference over a grid of sizes", arguments: instructionSets)
    func grid(instructionSet: String) throws {
        var index = 0
        for length in [1, 2, 7, 15, 16, 17, 37, 255, 1000, 3000] {
            for states in [1, 2, 3, 4, 5, 8, 12, 16, 17, 33, 64, 256] {
                for channels in [1, 3, 5, 8, 20, 37, 72] where length * states * channels <= 2_000_000 {
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
        var generator = Generator(seed: 20_240_608)
        for index in 0..<200 {
            try check(ScanConfiguration(random: &generator), instructionSet, seed: UInt64(index))
        }
    }

    @Test("adds up B and C of their group where groups are small", arguments: instructionSets, [1, 2, 3, 5])
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

    @Test("goes through a long sequence in spans", arguments: instructionSets)
    func spans(instructionSet: String) throws {
        for stateLayout in ScanConfiguration.StateLayout.allCases {
            var configuration = ScanConfiguration()
            configuration.batches = 2
            configuration.groups = 40
            configuration.channels = 40
            configuration.states = 16
            configuration.length = 1500
            configuration.stateLayout = stateLayout
            try check(configuration, instructionSet, seed: 4)
        }
    }

    @Test(
        "has the same bits for any number of threads, with the forward scan's checkpoints and without",
        arguments: instructionSets)
    func threads(instructionSet: String) throws {
        for (groups, channels) in [(1, 20), (1, 300), (4, 148), (16, 16)] {
            for stateLayout in [ScanConfiguration.StateLayout.timeLast, .constantInTime, .constantInBatch] {
                var configuration = ScanConfiguration()
                configuration.batches = 3
                configuration.groups = groups
                configuration.channels = channels
                configuration.states = 10
                configuration.length = 203
                configuration.stateLayout = stateLayout
                let problem = BackwardProblem(configuration)
                let alone = try problem.run(instructionSet)
                for parts in [1, 2, 3, 7, 64] {
                    #expect(try problem.run(instructionSet, parts: parts, savesCheckpoints: true) == alone)
                    #expect(try problem.run(instructionSet, parts: parts) == alone)
                }
            }
        }
    }

    @Test("gives the same gradients when only one of them is wanted", arguments: instructionSets)
    func oneOutput(instructionSet: String) throws {
        let outputs: [(String, (inout fk_scan_gradients) -> Void)] = [
            ("u", { $0.du = nil }), ("delta", { $0.ddelta = nil }), ("z", { $0.dz = nil }), ("A", { $0.dA = nil }),
            ("B", { $0.dB = nil }), ("C", { $0.dC = nil }), ("D", { $0.dD = nil }),
            ("delta_bias", { $0.ddelta_bias = nil }), ("initial_state", { $0.dinitial_state = nil }),
        ]
        let problem = BackwardProblem(ScanConfiguration())
        let all = try problem.run(instructionSet)
        for (name, _) in outputs {
            var one = problem
            for (other, remove) in outputs where other != name { remove(&one.gradients) }
            #expect(try one.run(instructionSet).values == [name: all.values[name]])
        }
    }

    @Test("writes nothing outside its output", arguments: instructionSets)
    func writesOnlyItsOutput(instructionSet: String) throws {
        for layout in [ScanConfiguration.SequenceLayout.channelsFirst, .channelsLast, .spread] {
            var configuration = ScanConfiguration()
            configuration.channels = 5
            configuration.length = 21
            configuration.sequenceLayout = layout
            var problem = BackwardProblem(configuration)
            let by = problem.gradients.du_strides
            let whole = Memory(count: 2000, value: 7)
            problem.gradients.du = UnsafeMutableRawPointer(whole.pointer + 500)
            _ = try problem.run(instructionSet)
            var isOutput = [Bool](repeating: false, count: 2000)
            for d in 0..<5 { for t in 0..<21 { isOutput[500 + d * Int(by.channel) + t * Int(by.time)] = true } }
            #expect(zip(whole.values, isOutput).allSatisfy { $1 != ($0 == 7) })
        }
    }

    @Test("with no token passes the gradient of the last state on", arguments: instructionSets)
    func empty(instructionSet: String) throws {
        var configuration = ScanConfiguration()
        configuration.length = 0
        configuration.stateLayout = .constantInTime
        let problem = BackwardProblem(configuration)
        let found = try problem.run(instructionSet)
        let given = problem.forward.read { _ in
            Array(UnsafeBufferPointer(start: problem.gradients.dlast_state, count: 64))
        }
        #expect(found.values["initial_state"] == given)
        #expect(found.values["A"]?.allSatisfy { $0 == 0 } == true && found.values["B"]?.allSatisfy { $0 == 0 } == true)
    }

    @Test("extreme steps and decays agree with the reference", arguments: instructionSets)
    func extremes(instructionSet: String) throws {
        let steps: [Float] = [-200, -90, -50, -20, -1, 0, 1, 19.9, 20, 20.1, 50]
        let decays: [Float] = [0, -1e-6, -0.1, -1, -4, -80, -1e4, 0.001]
        var configuration = ScanConfiguration()
        configuration.channels = steps.count
        configuration.states = decays.count
        configuration.length = 21
        configuration.hasBias = false
        var problem = BackwardProblem(configuration)
        problem.forward.arguments.A = UnsafePointer(problem.forward.keep(steps.flatMap { _ in decays }))
        problem.forward.arguments.delta = UnsafeRawPointer(
            problem.forward.keep(steps.flatMap { [Float](repeating: $0, count: 21) }))
        problem.forward.arguments.delta_strides = .init(batch: 0, channel: 21, time: 1)
        let expected = try problem.run(nil)
        let found = try problem.run(instructionSet)
        for (name, error) in found.errors(expected) { #expect(error <= 1e-5, "d\(name)") }
        for name in ["u", "delta", "z"] {
            for channel in steps.indices {
                let rows = (channel * 21)..<(channel * 21 + 21)
                // Steps below the least normal number are 0, so at delta -90 everything is.
                let error = relativeError(
                    Array((found.values[name] ?? [])[rows]), Array((expected.values[name] ?? [])[rows]), least: 1e-28)
                #expect(error <= 2e-5, "d\(name) at delta \(steps[channel])")
            }
        }
    }

    private func check(_ configuration: ScanConfiguration, _ instructionSet: String, seed: UInt64) throws {
        let problem = BackwardProblem(configuration, seed: seed)
        let expected = try problem.run(nil)
        for (name, error) in try problem.run(instructionSet, savesCheckpoints: seed % 2 == 0).errors(expected) {
            #expect(error <= 1e-5, "\(configuration): d\(name) \(error)")
        }
    }
}
