import ArgumentParser
import Foundation
import FusionKit

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train a network, as a file of settings says.",
        discussion: """
            Everything follows from the settings: what is trained, on what, how, and what is written. All of them are checked \
            before anything starts. Without a file, the defaults train on made-up images, to try it out. The same settings \
            give the same weights, also when the run was stopped in between and goes on with --resume.

            Several processes share every batch when Open MPI starts them: mpirun -n 4 fusionkit train lemamba.yaml. They \
            get the weights of one process with this batch, to within rounding; the first one writes and talks.

            Examples:
              fusionkit train --print-config --system lemamba --task pansharpen > lemamba.yaml
              fusionkit train lemamba.yaml --set optimizer.rate=1e-4 --set record.folder=runs/1
              fusionkit train lemamba.yaml --set record.folder=runs/1 --resume
              fusionkit train --average 0.07 runs/1 -o averaged.safetensors
            """)

    @Argument(
        help: "The settings, in YAML or JSON; with --average the folder of a run.",
        completion: .file(extensions: ["yaml", "yml", "json"]))
    var settings: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("A setting that wins over the file, such as optimizer.rate=1e-4.", valueName: "key=value"))
    var changes: [String] = []

    @Flag(help: "Go on with the run in record.folder, if there is one.")
    var resume = false

    @Option(
        help: ArgumentHelp(
            "After a run with average.kind: power, make an average of any width (as a share of the training).",
            valueName: "width"))
    var average: Double?

    @Option(
        name: [.short, .long], help: ArgumentHelp("With --average: the .safetensors file to write.", valueName: "file"),
        completion: .file(extensions: ["safetensors"]))
    var output: String?

    @Flag(help: "With --average: replace an existing output.")
    var overwrite = false

    @Flag(name: .customLong("print-config"), help: "Print all settings with explanations, and train nothing.")
    var printsConfiguration = false

    @Option(
        help: ArgumentHelp("With --print-config: the network system.", valueName: "name"),
        completion: .list(NetworkSystem.all.map(\.name)))
    var system: String?

    @Option(
        help: ArgumentHelp("With --print-config: what it is for.", valueName: "name"),
        completion: .list(FusionTask.allCases.map(\.rawValue)))
    var task: String?

    @OptionGroup(title: "Talk") var talk: TalkOptions

    func validate() throws {
        if let average {
            try validateAverage(average)
        } else if output != nil || overwrite {
            throw ValidationError("--output and --overwrite belong to --average; a training writes into record.folder.")
        }
        if printsConfiguration {
            if settings != nil || resume {
                throw ValidationError("--print-config trains nothing; leave the settings' file and --resume away.")
            }
            if let system { _ = try NamedChoices.system(system) }
            if let task, FusionTask(rawValue: task) == nil {
                let known = FusionTask.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("There is no task '\(task)'. Known are \(known).")
            }
        } else if system != nil || task != nil {
            throw ValidationError(
                "--system and --task belong to --print-config; use --set network.system=NAME and --set task=NAME.")
        }
    }

    private func validateAverage(_ width: Double) throws {
        guard settings != nil, let output, (output as NSString).pathExtension.lowercased() == "safetensors" else {
            throw ValidationError("--average needs the folder of a run and -o with a name that ends in .safetensors.")
        }
        if resume || printsConfiguration || !changes.isEmpty {
            throw ValidationError("--average trains nothing; leave --resume, --print-config and --set away.")
        }
        guard width > 0, width < 0.288 else {
            throw ValidationError("--average is \(width); give a number above 0 and below 0.288.")
        }
    }

    func run() throws {
        if printsConfiguration {
            try Console.result(try printed.yaml)
            return
        }
        if let average, let settings, let output {
            try OutputPath.check(output, overwrites: overwrite, inputs: [])
            let synthesis = try AverageSynthesis(folder: settings)
            try synthesis.write(width: average, to: output)
            talk.talk.say("\(output): the average of width \(average), of copies at \(synthesis.steps.count) times")
            return
        }
        let configuration = try read()
        let processes = try ProcessGroup.launched()
        do {
            try train(configuration, processes)
        } catch let error as TrainingError where error.code == .stopped {
            processes.end()
            if processes.isFirst { throw error }
            throw ExitCode(Interruption.status)
        } catch  where processes.count > 1 {
            // The others would wait for ever.
            let failure = Failure(error)
            Console.error("process \(processes.rank + 1) of \(processes.count): \(failure.message)")
            processes.abort(failure.status)
        }
        processes.end()
    }

    private func train(_ configuration: TrainingConfiguration, _ processes: ProcessGroup) throws {
        var talk = talk.talk
        if !processes.isFirst { talk.isQuiet = true }
        if processes.localCount > 1 {
            // Each process has its part of the cores.
            let cores = ProcessInfo.processInfo.activeProcessorCount
            TorchLibrary.threads = max(1, min(TorchLibrary.threads, cores / processes.localCount))
        }
        let line = TrainingLine(talk)
        let run = try TrainingRun(configuration, resumes: resume, processes: processes)
        let beginning = run.position.steps > 0 ? "going on after \(run.position.steps) steps" : "from the first step"
        let place = processes.count > 1 ? " in \(processes.count) processes" : ""
        talk.say(
            "training \(configuration.network.system)\(place), \(run.network.parameterCount) parameters, \(run.stepsPerEpoch) steps "
                + "an epoch, \(beginning); \(configuration.record.folder) has the logs")
        let outcome = try Interruption.gracefully { cancellation in
            defer { line.clear() }
            return try run.run(isCancelled: { cancellation.isCancelled }) { line.show($0) }
        }
        let folder = configuration.record.folder
        switch outcome {
        case .interrupted:
            throw TrainingError(
                .stopped, "Stopped as asked after \(run.position.steps) steps; the state is saved in \(folder).",
                remedy: "Go on with --resume.")
        case .stoppedEarly: talk.say("stopped after \(run.position.epoch) epochs: nothing became better")
        case .finished: break
        }
        let best =
            run.position.best.map { "best \(configuration.validation.best) \(String(format: "%.6g", $0)), " } ?? ""
        talk.say("\(folder): \(run.position.steps) steps, \(best)checkpoints last.safetensors and best.safetensors")
    }

    private var printed: TrainingConfiguration {
        get throws {
            let system = try NamedChoices.system(system ?? TrainingConfiguration().network.system)
            let task = task.flatMap(FusionTask.init(rawValue:)) ?? system.tasks.first ?? .pansharpen
            return try TrainingConfiguration(system: system, task: task)
        }
    }

    private func read() throws -> TrainingConfiguration {
        var text = ""
        if let settings {
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: settings, isDirectory: &isDirectory), !isDirectory.boolValue,
                let data = FileManager.default.contents(atPath: settings)
            else { throw Failure(.missingInput, "\(settings): there is no such file, or it can't be read.") }
            text = String(decoding: data, as: UTF8.self)
        }
        do {
            return try TrainingConfiguration(yaml: text, changes: changes)
        } catch {
            throw Failure(settings == nil ? .usage : .data, "\(settings ?? "--set"): \(error)")
        }
    }
}

/// A line on the terminal that tells how a training goes; a line a minute elsewhere.
private final class TrainingLine {
    private let isShown: Bool
    private var lastShown: ContinuousClock.Instant?
    private var isOnScreen = false

    init(_ talk: Talk) { isShown = !talk.isQuiet }

    func show(_ progress: TrainingProgress) {
        guard isShown else { return }
        let now = ContinuousClock.now
        let pause: Duration = Console.isTerminal ? .milliseconds(200) : .seconds(60)
        if let lastShown, now - lastShown < pause { return }
        lastShown = now
        let left = Int(progress.secondsLeft.rounded(.up))
        let text = String(
            format: "epoch %d/%d, step %d/%d, loss %.4g, rate %.3g, %.3g images/s, %d:%02d:%02d left", progress.epoch,
            progress.epochs, progress.step, progress.stepsPerEpoch, progress.loss, progress.rate,
            progress.imagesPerSecond, left / 3600, left / 60 % 60, left % 60)
        if Console.isTerminal {
            Console.say("\r\u{1B}[K" + text.prefix(max(0, Console.width - 1)), terminator: "")
            isOnScreen = true
        } else {
            Console.say(text)
        }
    }

    func clear() {
        if isOnScreen { Console.say("\r\u{1B}[K", terminator: "") }
        isOnScreen = false
    }
}
