import Foundation
import FusionKit
import Testing

@Suite("Interruption", .serialized) struct InterruptionTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try TestImage.writePair(in: directory, side: 2048)
    }

    /// Starts a long run and waits until it has begun to write.
    private func start(_ arguments: String...) throws -> RunningProgram {
        let program = try Program.start(
            [
                "pansharpen", "--pan", "pan.tif", "--ms", "ms.tif", "-o", "fused.tif", "--threads", "1", "--tile", "64",
            ] + arguments, in: directory)
        while program.process.isRunning, !directory.names.contains(where: { $0.hasPrefix(".fusionkit-") }) {
            usleep(1000)
        }
        return program
    }

    @Test(
        "Ctrl-C and kill leave nothing and end with the signal's code",
        arguments: [SIGINT, SIGTERM])
    func stops(signal: Int32) throws {
        let program = try start()
        kill(program.process.processIdentifier, signal)
        let outcome = try program.outcome()
        #expect(outcome.status == 128 + signal, "\(outcome.error)")
        #expect(outcome.error.contains("Stopped as asked"))
        #expect(directory.names == ["ms.tif", "pan.tif"])
    }

    @Test("Ctrl-C keeps an existing output") func existing() throws {
        try directory.write("older", to: "fused.tif")
        let program = try start("--overwrite")
        kill(program.process.processIdentifier, SIGINT)
        #expect(try program.outcome().status == 130)
        #expect(try directory.text("fused.tif") == "older")
        #expect(directory.names == ["fused.tif", "ms.tif", "pan.tif"])
    }

    @Test("a second Ctrl-C ends at once, without temporaries") func twice() throws {
        let program = try start()
        kill(program.process.processIdentifier, SIGINT)
        usleep(2000)
        kill(program.process.processIdentifier, SIGINT)
        #expect(try program.outcome().status == 130)
        #expect(directory.names == ["ms.tif", "pan.tif"])
    }

    @Test("a killed run leaves nothing under the output's name") func killed() throws {
        let program = try start()
        kill(program.process.processIdentifier, SIGKILL)
        #expect(try program.outcome().status == -SIGKILL)
        #expect(directory.names.filter { !$0.hasPrefix(".") } == ["ms.tif", "pan.tif"])
    }
}
