import Foundation
import Networks
import Testing
import Torch
import Training

@Suite("Training runs", .serialized) struct RunTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func train(_ folder: String, _ changes: String..., stopAfter steps: Int = .max) throws -> TrainingOutcome {
        let configuration = try TrainingConfiguration(
            yaml: try littleTraining(scratch.file(folder)).yaml, changes: changes)
        let run = try TrainingRun(configuration, resumes: true)
        return try run.run(isCancelled: { run.position.steps >= steps })
    }

    @Test("leave settings, checkpoints and logs, and learn something")
    func leaves() throws {
        #expect(try train("run") == .finished)
        let names = scratch.names("run").filter { !$0.hasPrefix("events") }
        #expect(
            names == [
                "best.safetensors", "configuration.yaml", "last.safetensors", "state.safetensors", "steps.csv",
                "steps.jsonl", "validation.csv", "validation.jsonl",
            ])
        let rows = try scratch.text("run/validation.csv").split(separator: "\n")
        #expect(rows[0] == "step,epoch,loss,SAM")
        let losses = rows.dropFirst().compactMap { Double($0.split(separator: ",")[2]) }
        #expect(losses.count == 3)
        #expect(losses[2] < losses[0])
        let checkpoint = try NetworkCheckpoint(file: scratch.file("run/best.safetensors"))
        #expect(checkpoint.description.system == "fusionmamba-rs")
    }

    @Test("are the same for the same settings, and others for another seed")
    func repeats() throws {
        for folder in ["a", "b"] { _ = try train(folder) }
        _ = try train("c", "seed=6")
        let a = try bytes(scratch.file("a/last.safetensors"))
        #expect(try bytes(scratch.file("b/last.safetensors")) == a)
        #expect(try bytes(scratch.file("c/last.safetensors")) != a)
    }

    @Test("do not depend on how many threads make samples, but on what is changed about them by chance")
    func samples() throws {
        _ = try train("a", "data.workers=0")
        _ = try train("b", "data.workers=3")
        let a = try bytes(scratch.file("a/last.safetensors"))
        #expect(try bytes(scratch.file("b/last.safetensors")) == a)
        for (folder, change) in [
            ("c", "data.turns=false"), ("d", "data.gain=0.5"), ("e", "data.band-jitter=0.5"), ("f", "data.noise=0.1"),
        ] {
            _ = try train(folder, change, "epochs=1")
            #expect(try bytes(scratch.file("\(folder)/last.safetensors")) != a, "\(change)")
        }
    }

    @Test("take simulated scenes of a sensor, and set a part of the samples apart for validation")
    func scenes() throws {
        let changes = ["network.settings={dim: 8}", "data.sensor=WV3", "data.side=64", "epochs=1"]
        let configuration = try TrainingConfiguration(
            yaml: try littleTraining(scratch.file("run")).yaml, changes: changes + ["data.validation=[]"])
        let run = try TrainingRun(configuration)
        // Of eight samples one is set apart, and the last of the seven others makes no batch of two.
        #expect(run.stepsPerEpoch == 3)
        #expect(try run.run() == .finished)
        let checkpoint = try NetworkCheckpoint(file: scratch.file("run/last.safetensors"))
        #expect(checkpoint.description.sensor == "WV3")
    }

    @Test("refuse data that do not fit the network, and files that are not there")
    func misfits() throws {
        for change in ["data.training=[missing.h5]", "data.training=[missing.mat]", "data.training=[a.tif + b.tif]"] {
            #expect(throws: (any Error).self) { try train("run", change) }
        }
        #expect(scratch.names("run").isEmpty)
    }

    @Test(
        "that were stopped go on to the same bits",
        arguments: [
            "average.kind=power", "optimizer.name=lion", "schedule.name=plateau", "precision=bfloat16",
            "network.low-rank={weights: ['*.weight'], rank: 2}",
        ])
    func resumes(change: String) throws {
        _ = try train("whole", change)
        for stop in [1, 6, 8] { #expect(try train("parts", change, stopAfter: stop) == .interrupted) }
        #expect(try train("parts", change) == .finished)
        #expect(try bytes(scratch.file("parts/last.safetensors")) == bytes(scratch.file("whole/last.safetensors")))
        #expect(try bytes(scratch.file("parts/best.safetensors")) == bytes(scratch.file("whole/best.safetensors")))
        let (parts, whole) = (try scratch.text("parts/validation.csv"), try scratch.text("whole/validation.csv"))
        #expect(parts == whole)
    }

    @Test("that were stopped inside a validation make it again, and go on to the same bits")
    func stopsInValidation() throws {
        let changes = ["data.validation-count=6", "data.batch=2"]
        let configuration = try TrainingConfiguration(
            yaml: try littleTraining(scratch.file("parts")).yaml, changes: changes)
        let run = try TrainingRun(configuration)
        var asked = 0
        let outcome = try run.run(isCancelled: {
            guard run.position.step == run.stepsPerEpoch else { return false }
            asked += 1
            return asked == 2
        })
        #expect(outcome == .interrupted)
        #expect(asked == 2)
        #expect(try scratch.text("parts/validation.csv").split(separator: "\n").count == 1)
        #expect(scratch.names("parts").contains("state.safetensors"))
        #expect(!scratch.names("parts").contains("best.safetensors"))
        #expect(try train("parts", changes[0], changes[1]) == .finished)
        #expect(try train("whole", changes[0], changes[1]) == .finished)
        #expect(try bytes(scratch.file("parts/last.safetensors")) == bytes(scratch.file("whole/last.safetensors")))
        #expect(try scratch.text("parts/validation.csv") == scratch.text("whole/validation.csv"))
    }

    @Test("with gradient checkpointing end with the same weights")
    func checkpointing() throws {
        _ = try train("kept", "epochs=1")
        _ = try train("again", "epochs=1", "gradient-checkpointing=true")
        let kept = try SafetensorsFile(scratch.file("kept/last.safetensors"))
        let again = try SafetensorsFile(scratch.file("again/last.safetensors"))
        for name in kept.names {
            let difference = try (kept.tensor(name) - again.tensor(name)).abs().max().item
            #expect(difference < 1e-5, "\(name)")
        }
    }

    @Test("keep copies of averages, of which that of another width is made as if it had been gathered")
    func synthesis() throws {
        let changes = ["epochs=8", "average.kind=power"]
        for (folder, widths) in [("pair", "[0.05, 0.1]"), ("wanted", "[0.07]")] {
            _ = try train(folder, changes[0], changes[1], "average.widths=\(widths)")
        }
        let copies = scratch.names("pair").filter { $0.hasPrefix("averages-") }
        #expect(copies.count == 8)
        let synthesis = try AverageSynthesis(folder: scratch.file("pair"))
        #expect(synthesis.steps == (1...8).map { $0 * 4 })
        try synthesis.write(width: 0.07, to: scratch.file("made.safetensors"))
        let made = try NetworkCheckpoint(file: scratch.file("made.safetensors"))
        #expect(made.description.origin?.contains("width 0.07") ?? false)
        let (file, wanted, narrow) = (
            try SafetensorsFile(scratch.file("made.safetensors")),
            try SafetensorsFile(scratch.file("wanted/last.safetensors")),
            try SafetensorsFile(scratch.file("pair/last.safetensors"))
        )
        var (error, distance) = (0.0, 0.0)
        for name in wanted.names {
            let truth = try wanted.tensor(name)
            error = max(error, try (file.tensor(name) - truth).abs().max().item)
            distance = max(distance, try (narrow.tensor(name) - truth).abs().max().item)
        }
        #expect(distance > 2e-5)
        #expect(error < distance / 10, "\(error) of \(distance)")
        #expect(throws: TrainingError.self) { try AverageSynthesis(folder: scratch.path) }
    }

    @Test("do not go on with other settings, and do not begin where another one is")
    func refuses() throws {
        _ = try train("run", stopAfter: 2)
        #expect(throws: TrainingError.self) { try train("run", "optimizer.rate=1") }
        let configuration = try littleTraining(scratch.file("run"))
        #expect(throws: TrainingError.self) { try TrainingRun(configuration) }
    }

    @Test("keep so many checkpoints and not more")
    func keeps() throws {
        _ = try train("run", "record.every=1", "record.keep=2")
        let kept = scratch.names("run").filter { $0.hasPrefix("epoch") }
        #expect(kept == ["epoch-00002.safetensors", "epoch-00003.safetensors"])
    }

    @Test("end when nothing becomes better")
    func endsEarly() throws {
        // The largest SAM can't grow with a rate of almost nothing.
        let outcome = try train(
            "run", "epochs=50", "validation.patience=2", "optimizer.rate=1e-30", "optimizer.decay=0")
        #expect(outcome == .stoppedEarly)
    }

    @Test("with accumulated gradients are those of the larger batch")
    func accumulates() throws {
        _ = try train("large", "data.batch=4", "optimizer.name=sgd", "average.kind=none")
        _ = try train("small", "optimizer.accumulation=2", "optimizer.name=sgd", "average.kind=none")
        let large = try SafetensorsFile(scratch.file("large/last.safetensors"))
        let small = try SafetensorsFile(scratch.file("small/last.safetensors"))
        let start = try SafetensorsFile(scratch.file("large/best.safetensors"))
        var (difference, change) = (0.0, 0.0)
        for name in large.names {
            let tensor = try large.tensor(name)
            difference = max(difference, (tensor - (try small.tensor(name))).abs().max().item)
            change = max(change, (tensor - (try start.tensor(name))).abs().max().item)
        }
        #expect(difference < 1e-6)
        #expect(change > 0 || large.names.isEmpty == false)
    }

    @Test("with frozen parameters change the others only")
    func freezes() throws {
        _ = try train("run", "network.frozen=['*.bias']", "average.kind=none")
        let configuration = try littleTraining(scratch.file("other"))
        let untrained = try TrainingRun(configuration).network.state()
        let file = try SafetensorsFile(scratch.file("run/last.safetensors"))
        for (name, tensor) in untrained {
            let isSame = try tensor.isEqual(to: file.tensor(name))
            if name.hasSuffix(".bias") { #expect(isSame, "\(name)") }
        }
        let changed = try untrained.count { try !$0.tensor.isEqual(to: file.tensor($0.name)) }
        #expect(changed > untrained.count / 4)
    }

    @Test("with low-rank updates change the chosen weights by matrices of that rank, and nothing else")
    func updates() throws {
        let change = "network.low-rank={weights: ['*in_proj*.weight'], rank: 2}"
        _ = try train("run", change, "average.kind=none")
        let untrained = try TrainingRun(try littleTraining(scratch.file("other"))).network.state()
        let file = try SafetensorsFile(scratch.file("run/last.safetensors"))
        var changed = 0
        for (name, tensor) in untrained {
            let difference = try (file.tensor(name) - tensor).detached()
            if name.contains("in_proj"), name.hasSuffix(".weight") {
                let values = difference.flattened(from: 1).singularValues().array(of: Double.self)
                #expect(values[0] > 0)
                #expect(values.dropFirst(2).allSatisfy { $0 < 1e-4 * values[0] + 1e-7 }, "\(name): \(values)")
                changed += 1
            } else {
                #expect(difference.abs().max().item == 0, "\(name)")
            }
        }
        #expect(changed > 0)
    }

    @Test("say which layer made the first NaN")
    func namesLayer() throws {
        let configuration = try littleTraining(scratch.file("run"))
        let run = try TrainingRun(configuration)
        let name = try #require(run.network.namedParameters().first { $0.name.hasSuffix("weight") }?.name)
        let weight = try #require(run.network.namedParameters().first { $0.name == name }?.tensor)
        withoutGradients { weight.copy(from: weight * 3e38) }
        withoutGradients { weight.copy(from: weight * 3e38) }
        let error = #expect(throws: TrainingError.self) { try run.run() }
        #expect(error?.code == .notFinite)
        #expect(error?.description.contains(name) ?? false, "\(error?.description ?? "")")
    }

    @Test("find the operation whose result is infinite though all parameters are finite")
    func findsOperation() throws {
        let (a, b) = (Tensor([1e30 as Float]), Tensor([1e30 as Float]))
        let origin = try firstNonFinite(among: [a, b]) { _ = ((a + 1) * b).exp() }
        #expect(origin?.operation == "aten::mul")
        #expect(origin?.place == 1)
        #expect(try firstNonFinite(among: [a]) { _ = a + 1 } == nil)
    }
}
