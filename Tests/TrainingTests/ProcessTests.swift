import Foundation
import Testing
import Torch
import Training

/// Trainings in two processes, which Open MPI's mpirun starts.
@Suite("Training in several processes", .serialized, .enabled(if: mpirun != nil, "Open MPI's mpirun is not installed"))
struct ProcessTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// Begins two processes of the command; what they say goes to the file "talk".
    private func start(_ arguments: String...) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: mpirun ?? "")
        process.arguments =
            ["-n", "2", "--oversubscribe", "--bind-to", "none", TrainCommandTests.program, "train"] + arguments
        process.currentDirectoryURL = URL(fileURLWithPath: scratch.path)
        var environment = ProcessInfo.processInfo.environment
        // Containers run as root, and forbid processes to read each other's memory.
        environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1"
        environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1"
        environment["OMPI_MCA_btl_vader_single_copy_mechanism"] = "none"
        // Who waits lets others work.
        environment["OMPI_MCA_mpi_yield_when_idle"] = "1"
        environment["OMP_NUM_THREADS"] = "1"
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        try Data().write(to: URL(fileURLWithPath: scratch.file("talk")))
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle(forWritingAtPath: scratch.file("talk"))
        try process.run()
        return process
    }

    private func run(_ arguments: String...) throws -> Int32 {
        let process = try start("little.yaml", "--set", arguments[0], "--set", arguments[1])
        process.waitUntilExit()
        if process.terminationStatus != 0 { print(try scratch.text("talk")) }
        return process.terminationStatus
    }

    private func writeSettings(_ changes: String...) throws -> TrainingConfiguration {
        let fixed = ["data.batch=4", "data.validation-count=3", "epochs=2", "average.share=0.9"]
        let configuration = try TrainingConfiguration(
            yaml: try littleTraining("run").yaml, changes: fixed + changes)
        try Data(try configuration.yaml.utf8).write(to: URL(fileURLWithPath: scratch.file("little.yaml")))
        return configuration
    }

    /// The largest difference of two checkpoints, and the largest change since a third one.
    private func difference(_ a: String, _ b: String, since start: [(name: String, tensor: Tensor)]) throws -> (
        difference: Double, change: Double
    ) {
        let (a, b) = (try SafetensorsFile(scratch.file(a)), try SafetensorsFile(scratch.file(b)))
        var (difference, change) = (0.0, 0.0)
        for (name, tensor) in start {
            difference = max(difference, try (a.tensor(name) - b.tensor(name)).abs().max().item)
            change = max(change, try (a.tensor(name) - tensor).detached().abs().max().item)
        }
        return (difference, change)
    }

    @Test(
        "gives the weights of one process with the same batch",
        arguments: ["optimizer.name=sgd", "optimizer.accumulation=2", "precision=bfloat16"])
    func sameWeights(change: String) throws {
        let settings = ["optimizer.rate=0.02", change]
        var configuration = try writeSettings(settings[0], settings[1], "optimizer.name=sgd")
        #expect(try run("record.folder=two", "device=cpu") == 0)
        configuration.record.folder = scratch.file("one")
        let alone = try TrainingRun(configuration)
        let start = alone.network.state().map { ($0.name, $0.tensor.detached().to(.float32).copy()) }
        _ = try alone.run()
        let (difference, change) = try difference("one/last.safetensors", "two/last.safetensors", since: start)
        #expect(change > 1e-4)
        let tolerance = configuration.precision == .bfloat16 ? 0.1 : 2e-3
        #expect(difference < tolerance * change, "\(difference) of \(change)")
        // Each has measured a part of the samples: the means are those of all.
        let (one, two) = (try scratch.text("one/validation.csv"), try scratch.text("two/validation.csv"))
        let numbers = [one, two].map { $0.split(whereSeparator: { $0 == "," || $0 == "\n" }).compactMap { Double($0) } }
        #expect(numbers[0].count == numbers[1].count && numbers[0].count == 8)
        for (a, b) in zip(numbers[0], numbers[1]) {
            #expect(abs(a - b) < (configuration.precision == .bfloat16 ? 2e-2 : 1e-3) * max(abs(a), 1e-3))
        }
        let talk = try scratch.text("talk")
        #expect(talk.components(separatedBy: "in 2 processes").count == 2, "\(talk)")
    }

    @Test("ends with a message when one of the processes is gone, and goes on from the last state")
    func goesOn() throws {
        _ = try writeSettings("record.state-steps=1", "data.count=16")
        let process = try start("little.yaml", "--set", "epochs=100000")
        while process.isRunning, !scratch.names("run").contains("state.safetensors") { usleep(10_000) }
        let threads = "/proc/\(process.processIdentifier)/task"
        let children = try FileManager.default.contentsOfDirectory(atPath: threads).flatMap { thread in
            try String(contentsOfFile: "\(threads)/\(thread)/children", encoding: .utf8).split(separator: " ")
                .compactMap { Int32($0) }
        }
        let trained = children.filter { child in
            let command = try? String(contentsOfFile: "/proc/\(child)/cmdline", encoding: .utf8)
            return command?.contains("fusionkit") ?? false
        }
        #expect(trained.count == 2)
        if let victim = trained.last { kill(victim, SIGKILL) }
        let clock = ContinuousClock()
        let seconds = clock.measure { process.waitUntilExit() }
        #expect(seconds < .seconds(20))
        #expect(process.terminationStatus != 0)
        let talk = try scratch.text("talk")
        #expect(talk.contains("exited on signal 9"), "\(talk)")
        let state = try SafetensorsFile(scratch.file("run/state.safetensors"))
        let position = try JSONDecoder().decode(RunPosition.self, from: Data((state.metadata["position"] ?? "").utf8))
        let again = try start("little.yaml", "--resume", "--set", "epochs=\(position.epoch + 1)")
        again.waitUntilExit()
        #expect(again.terminationStatus == 0)
        #expect(try scratch.text("talk").contains("going on after \(position.steps) steps"))
        #expect(scratch.names("run").contains("last.safetensors"))
    }

    @Test("refuses a batch that can't be shared, in all processes")
    func refuses() throws {
        _ = try writeSettings("data.batch=3")
        let process = try start("little.yaml")
        process.waitUntilExit()
        #expect(process.terminationStatus != 0)
        #expect(try scratch.text("talk").contains("3 samples can't be shared among 2 equally"))
        #expect(scratch.names("run").isEmpty)
    }
}

/// Open MPI's launcher; nil where there is none.
let mpirun: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.flatMap { ["\($0)/mpirun.openmpi", "\($0)/mpirun"] }.first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
}()

@Suite("Processes") struct ProcessGroupTests {
    @Test("is one without a launcher, and refuses those of another MPI")
    func launchers() throws {
        #expect(try ProcessGroup.launched(environment: [:]).count == 1)
        #expect(try ProcessGroup.launched(environment: ["OMPI_COMM_WORLD_SIZE": "1"]).count == 1)
        let error = #expect(throws: TrainingError.self) {
            try ProcessGroup.launched(environment: ["PMI_SIZE": "2", "PMI_RANK": "0"])
        }
        #expect(error?.description.contains("not Open MPI's") ?? false)
    }

    @Test("says which library is missing, and which is another one's")
    func libraries() throws {
        for (library, reason) in [("libabsent.so.1", "libabsent.so.1"), ("libc.so.6", "it is not Open MPI's")] {
            let error = #expect(throws: TrainingError.self) {
                try ProcessGroup.launched(environment: ["OMPI_COMM_WORLD_SIZE": "2", "FUSIONKIT_MPI": library])
            }
            let message = error?.description ?? ""
            #expect(message.contains(reason), "\(message)")
            #expect(message.contains("openmpi-bin"))
        }
    }
}
