import ArgumentParser
import FusionKit

/// What the commands that sharpen have in common: the method and how to work.
struct SharpeningOptions: ParsableArguments {
    @OptionGroup(title: "Output") var output: OutputOptions

    @Option(
        help: ArgumentHelp(
            "A method without training, or the network that comes with the program; 'fusionkit methods' lists them.",
            valueName: "name"),
        completion: .list(ClassicalMethods.all.map(\.name) + [NetworkSystem.consistentDetail.name]))
    var method: String?

    @Option(
        help: ArgumentHelp(
            "A trained network, from 'fusionkit convert'.", valueName: "file"),
        completion: .file(extensions: ["safetensors", "pth", "pt"]))
    var weights: String?

    @OptionGroup var sensor: SensorOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The largest number of the images, where the weights expect another.", valueName: "number"))
    var peak: Double?

    @Option(help: ArgumentHelp("Rows and columns of a tile (default: by memory).", valueName: "pixels"))
    var tile: Int?

    @OptionGroup(title: "Resources") var resources: ResourceOptions
    @OptionGroup(title: "Talk") var talk: TalkOptions

    @Flag(help: "Print what was done as JSON.")
    var json = false

    func validate() throws {
        if let method {
            if weights != nil { throw ValidationError("--method and --weights both say what fuses; give one.") }
            _ = try fusion(named: method)
        }
        try check(peak: peak, named: "--peak")
        if let tile, !(64...65536).contains(tile) { throw ValidationError("--tile is \(tile); give 64 to 65536.") }
    }

    /// What a name stands for.
    private func fusion(named name: String) throws -> SharpeningJob.Choice {
        if let system = NetworkSystem.shipped(name, for: .pansharpen) { return .shipped(system) }
        return .classical(try NamedChoices.method(name))
    }

    /// Checks an option that gives a largest number.
    func check(peak: Double?, named name: String) throws {
        try NumberOption.check(peak: peak, named: name)
        if peak != nil, weights == nil {
            throw ValidationError("\(name) goes with --weights; other methods need none.")
        }
    }

    /// Does what was asked for with two images.
    ///
    /// - Parameters:
    ///   - highPeak: the largest number of the sharp image; that of the other when nil.
    ///   - adaptation: of a network to the scene.
    func run(
        _ task: FusionTask, high: String, low: String, highPeak: Double? = nil,
        adaptation: SharpeningJob.Adaptation? = nil
    ) throws {
        var options = Pansharpening.Options()
        options.tileSide = tile
        options.memoryBytes = resources.memoryBytes
        options.threads = resources.threadCount
        options.sampleType = output.sampleType
        options.writing = output.writing
        let choice: SharpeningJob.Choice =
            try weights.map { .weights(file: $0, peak: peak, highPeak: highPeak) }
            ?? method.map { try fusion(named: $0) } ?? .standard
        let known = try sensor.named
        let ignoresSensor = sensor.sensor != nil && known == nil
        options.measuresInstrument = !ignoresSensor
        let report = try SharpeningJob(
            task: task, high: high, low: low, output: output.output, choice: choice, adaptation: adaptation,
            sensor: known, ignoresSensor: ignoresSensor, device: resources.device, options: options, talk: talk.talk
        ).run()
        if json { try Console.result(json: report) }
    }
}
