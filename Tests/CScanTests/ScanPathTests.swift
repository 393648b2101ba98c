import CScan
import Testing

@Suite("Selective scan along paths over one map") struct ScanPathTests {
    /// Of every number of paths, group size and layout some, with odd sizes.
    static let configurations: [ScanConfiguration] = (1...5).flatMap { paths in
        [1, 2, 3].flatMap { groups in
            [(1, 5, 17), (8, 8, 100), (19, 16, 67), (40, 3, 150)].enumerated().map { index, sizes in
                var configuration = ScanConfiguration()
                configuration.batches = 1 + (paths + index) % 2
                configuration.paths = paths
                configuration.groups = paths * groups
                configuration.channels = paths * groups * sizes.0
                configuration.states = sizes.1
                configuration.length = sizes.2
                let kind = paths + groups + index
                configuration.sequenceLayout = ScanConfiguration.SequenceLayout.allCases[kind % 5]
                configuration.stateLayout = ScanConfiguration.StateLayout.allCases[(kind / 2) % 5]
                configuration.setOptions(UInt64(kind))
                return configuration
            }
        }
    }

    @Test("agrees with the double-precision reference, forwards and backwards", arguments: instructionSets)
    func agrees(instructionSet: String) throws {
        try expectAgreement(of: Self.configurations, instructionSet)
    }

    @Test("has the same bits for any number of threads, also where paths go side by side", arguments: instructionSets)
    func threads(instructionSet: String) throws {
        try expectSameBits(of: Self.configurations.filter { $0.length == 100 }, instructionSet)
    }

    @Test("one path in the order of the pixels has the bits of a scan without paths", arguments: instructionSets)
    func rows(instructionSet: String) throws {
        for layout in ScanConfiguration.SequenceLayout.allCases {
            var configuration = ScanConfiguration()
            configuration.channels = 37
            configuration.length = 131
            configuration.sequenceLayout = layout
            let plain = BackwardProblem(configuration)
            configuration.paths = 1
            var along = plain
            var generator = Generator(seed: 1)
            let rows = Pixels(paths: 1, length: 131, &generator)
            along.forward.arguments.paths = 1
            along.forward.arguments.pixels = UnsafePointer(rows.pointer)
            let (expected, expectedGradients) = (try plain.forward.run(instructionSet), try plain.run(instructionSet))
            try withExtendedLifetime(rows) {
                let (found, gradients) = (try along.forward.run(instructionSet), try along.run(instructionSet))
                #expect(found == expected)
                #expect(gradients == expectedGradients)
            }
        }
    }

    @Test("refuses paths that leave a pixel out or lead outside of the map, and groups across paths")
    func refuses() {
        var configuration = ScanConfiguration()
        configuration.paths = 2
        configuration.groups = 2
        let problem = ScanProblem(configuration)
        func message(_ change: (inout fk_scan_arguments) -> Void) -> String {
            problem.read { arguments in
                var arguments = arguments
                change(&arguments)
                var message = [CChar](repeating: 0, count: 1000)
                _ = fk_scan_check(&arguments, &message, message.count)
                return text(message)
            }
        }
        #expect(message { _ in } == "")
        #expect(message { $0.groups = 1 } == "groups (1) must be a multiple of paths (2).")
        #expect(message { $0.paths = -1 } == "paths is -1; it must be 0 or more.")
        var order = (0..<32).map { Int32($0 % 16) }
        func along(_ token: Int, _ pixel: Int32) -> String {
            order[token] = pixel
            return order.withUnsafeBufferPointer { pixels in message { $0.pixels = pixels.baseAddress } }
        }
        #expect(along(3, 3) == "")
        #expect(along(20, 16) == "path 1 leads to pixel 16 of 16.")
        #expect(along(20, -1) == "path 1 leads to pixel -1 of 16.")
        #expect(along(20, 3) == "path 1 visits pixel 3 twice.")
    }
}
