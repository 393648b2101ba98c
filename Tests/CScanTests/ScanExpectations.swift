import Testing

/// Expects that forward and backward scans agree with the reference in double precision.
func expectAgreement(of configurations: [ScanConfiguration], _ instructionSet: String) throws {
    for (index, configuration) in configurations.enumerated() {
        let problem = BackwardProblem(configuration, seed: UInt64(index))
        let expected = try problem.forward.run(nil)
        let found = try problem.forward.run(instructionSet)
        let errors = (relativeError(found.y, expected.y), relativeError(found.lastState, expected.lastState))
        #expect(errors.0 <= 1e-5 && errors.1 <= 1e-5, "\(configuration): y \(errors.0), last state \(errors.1)")
        let gradients = try problem.run(nil)
        for (name, error) in try problem.run(instructionSet, savesCheckpoints: index % 2 == 0).errors(gradients) {
            #expect(error <= 1e-5, "\(configuration): d\(name) \(error)")
        }
    }
}

/// Expects the same bits for any number of threads, with checkpoints and without.
func expectSameBits(of configurations: [ScanConfiguration], _ instructionSet: String) throws {
    for configuration in configurations {
        let problem = BackwardProblem(configuration)
        let alone = try problem.forward.run(instructionSet)
        let gradients = try problem.run(instructionSet)
        for threads in [2, 3, 64] {
            #expect(try problem.forward.run(instructionSet, parts: threads) == alone)
            #expect(try problem.run(instructionSet, parts: threads) == gradients)
            #expect(try problem.run(instructionSet, parts: threads, savesCheckpoints: true) == gradients)
        }
    }
}
