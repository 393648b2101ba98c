import Foundation
import Networks
import Testing
import Torch
import Training

@Suite("The command train", .serialized) struct TrainCommandTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// The built program, beside the tests.
    static let program: String = {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let beside = tests.deletingLastPathComponent().appendingPathComponent("fusionkit").path
        if FileManager.default.isExecutableFile(atPath: beside) { return beside }
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return package.appendingPathComponent(".build/release/fusionkit").path
    }()

    private func start(_ arguments: [String], to output: String = "output") throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = ["train"] + arguments
        process.currentDirectoryURL = URL(fileURLWithPath: scratch.path)
        process.standardInput = FileHandle.nullDevice
        for name in [output, "talk"] { try Data().write(to: URL(fileURLWithPath: scratch.file(name))) }
        process.standardOutput = FileHandle(forWritingAtPath: scratch.file(output))
        process.standardError = FileHandle(forWritingAtPath: scratch.file("talk"))
        try process.run()
        return process
    }

    private func run(_ arguments: String..., to output: String = "output") throws -> Int32 {
        let process = try start(arguments, to: output)
        process.waitUntilExit()
        return process.terminationStatus
    }

    private func writeSettings() throws {
        var configuration = try littleTraining("run", "epochs=6", "data.count=16")
        configuration.record.stateSteps = 3
        try Data(try configuration.yaml.utf8).write(to: URL(fileURLWithPath: scratch.file("little.yaml")))
    }

    @Test("goes on to the same bits after it was killed at random moments")
    func killed() throws {
        try writeSettings()
        #expect(try run("little.yaml", "--set", "record.folder=whole") == 0)
        var kills = 0
        for _ in 0..<6 {
            let process = try start(["little.yaml", "--resume"])
            // After its first state, so that every start gets further, at a moment that nobody has chosen.
            usleep(UInt32.random(in: 50_000...700_000))
            guard process.isRunning else { break }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            kills += 1
        }
        #expect(kills > 0)
        #expect(try run("little.yaml", "--resume") == 0)
        for name in ["last", "best"] {
            let (parts, whole) = (scratch.file("run/\(name).safetensors"), scratch.file("whole/\(name).safetensors"))
            #expect(try bytes(parts) == bytes(whole))
        }
        #expect(try scratch.text("run/validation.csv") == scratch.text("whole/validation.csv"))
    }

    @Test("saves its state and ends with 130 at Ctrl-C")
    func interrupted() throws {
        try writeSettings()
        let process = try start(["little.yaml", "--set", "epochs=1000"])
        while process.isRunning, !scratch.names("run").contains("state.safetensors") { usleep(1000) }
        kill(process.processIdentifier, SIGINT)
        process.waitUntilExit()
        #expect(process.terminationStatus == 130)
        #expect(try scratch.text("talk").contains("--resume"))
        #expect(try run("little.yaml", "--resume", "--set", "epochs=1") == 0)
    }

    @Test("makes an average of another width of the copies of a run")
    func averages() throws {
        try writeSettings()
        #expect(try run("little.yaml", "--set", "average.kind=power") == 0)
        #expect(try run("--average", "0.07", "run", "-o", "made.safetensors") == 0)
        #expect(try NetworkCheckpoint(file: scratch.file("made.safetensors")).description.system == "fusionmamba-rs")
        #expect(try run("--average", "0.07", "run", "-o", "made.safetensors") == 73)
        #expect(try run("--average", "0.4", "run", "-o", "other.safetensors") == 64)
        #expect(try run("--average", "0.07", "-o", "other.safetensors") == 64)
        #expect(try run("--average", "0.07", ".", "-o", "other.safetensors") == 73)
        #expect(try run("little.yaml", "-o", "other.safetensors") == 64)
    }

    @Test("prints settings that it takes")
    func prints() throws {
        #expect(try run("--print-config", "--system", "lemamba", "--task", "pansharpen", to: "printed.yaml") == 0)
        let text = try scratch.text("printed.yaml")
        let configuration = try TrainingConfiguration(yaml: text)
        #expect(configuration.network.system == "lemamba")
        #expect(text.contains("# Weight decay."))
    }

    @Test(
        "says what is wrong before it starts",
        arguments: [
            (["missing.yaml"], Int32(66), "no such file"), (["--set", "optimizer.rat=1"], 64, "'rate'"),
            (["--set", "network.weights=missing.pth"], 66, "missing.pth"),
            (["--system", "lemamba"], 64, "--print-config"),
            (["--set", "data.side=30"], 65, "data.side"),
        ])
    func refuses(arguments: [String], status: Int32, named: String) throws {
        let process = try start(arguments)
        process.waitUntilExit()
        #expect(process.terminationStatus == status)
        let talk = try scratch.text("talk")
        #expect(talk.contains(named), "\(talk)")
        #expect(scratch.names("run").isEmpty)
    }
}
