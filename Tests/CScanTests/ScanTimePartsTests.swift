import CScan
import Testing

@Suite("Selective scan in parts of time") struct ScanTimePartsTests {
    static let configurations: [ScanConfiguration] = [2, 3, 7].flatMap { parts in
        [(1, 5), (3, 8), (20, 16), (37, 3)].enumerated().flatMap { kind, sizes in
            [15, 16, 33, 100, 1001].map { length in
                var configuration = ScanConfiguration()
                configuration.timeParts = parts
                configuration.batches = 1 + kind % 2
                configuration.channels = sizes.0
                configuration.states = sizes.1
                configuration.length = length
                if sizes.0 == 20 { configuration.groups = 4 }
                if sizes.0 == 20 && parts < 7 { configuration.paths = 2 }
                configuration.sequenceLayout = ScanConfiguration.SequenceLayout.allCases[(kind + length) % 5]
                configuration.stateLayout = ScanConfiguration.StateLayout.allCases[(kind + parts) % 5]
                configuration.setOptions(UInt64(kind + length + parts))
                return configuration
            }
        }
    }

    @Test("agrees with the double-precision reference, forwards and backwards", arguments: instructionSets)
    func agrees(instructionSet: String) throws {
        try expectAgreement(of: Self.configurations, instructionSet)
    }

    @Test("has the same bits for any number of threads, with checkpoints and without", arguments: instructionSets)
    func threads(instructionSet: String) throws {
        try expectSameBits(of: Self.configurations.filter { $0.length == 100 }, instructionSet)
    }

    @Test("a state that long parts let fade or grow is the same as without parts", arguments: instructionSets)
    func extremes(instructionSet: String) throws {
        let decays: [Float] = [0, -1e-4, -0.01, -1, -80, 1e-4, 0.01, 1]
        var configuration = ScanConfiguration()
        configuration.states = decays.count
        configuration.length = 400
        configuration.hasInitialState = false
        var problem = ScanProblem(configuration)
        problem.arguments.A = UnsafePointer(problem.keep((0..<8).flatMap { _ in decays }))
        // No input and no state: whatever a growing factor is, the states stay 0.
        problem.arguments.u = UnsafeRawPointer(problem.keep([Float](repeating: 0, count: 8 * 400)))
        problem.arguments.parts = 5
        let still = try problem.run(instructionSet)
        #expect(still.y.allSatisfy { $0 == 0 } && still.lastState.allSatisfy { $0 == 0 })
        // Steps so short that the fastest growing state becomes some 1e17.
        problem = ScanProblem(configuration)
        problem.arguments.A = UnsafePointer(problem.keep((0..<8).flatMap { _ in decays }))
        problem.arguments.delta = UnsafeRawPointer(problem.keep([Float](repeating: -2.3, count: 8 * 400)))
        problem.arguments.delta_bias = nil
        let expected = try problem.run(nil)
        problem.arguments.parts = 5
        let found = try problem.run(instructionSet)
        for state in 0..<(8 * 8) {
            #expect(
                relativeError([found.lastState[state]], [expected.lastState[state]], least: 0.1) < 5e-5,
                "state \(state)")
        }
    }

    @Test("says that the number of parts is wrong")
    func refuses() {
        var arguments = ScanProblem(ScanConfiguration()).arguments
        arguments.parts = -3
        var message = [CChar](repeating: 0, count: 1000)
        #expect(fk_scan_check(&arguments, &message, message.count) == 1)
        #expect(text(message) == "parts is -3; it must be 0 or more.")
    }
}
