import ArgumentParser
import FusionKit

struct PansharpenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pansharpen", abstract: "Sharpen a multispectral image with a panchromatic one.",
        discussion: """
            Without --method and --weights MTF-GLP-FS runs. The output has PAN's grid and the bands, type and nodata \
            value of the multispectral image, and appears under its name when it is complete.

            Example: fusionkit pansharpen --pan pan.tif --ms ms.tif -o fused.tif --sensor WV3
            """)

    @Option(help: ArgumentHelp("The panchromatic image, one band.", valueName: "file"), completion: .file())
    var pan: String

    @Option(help: ArgumentHelp("The multispectral image.", valueName: "file"), completion: .file())
    var ms: String

    @OptionGroup(title: "Output") var output: OutputOptions

    @Option(
        help: ArgumentHelp("A method without training; 'fusionkit methods' lists them.", valueName: "name"),
        completion: .list(ClassicalMethods.all.map(\.name)))
    var method: String?

    @Option(
        help: ArgumentHelp("A trained network, from 'fusionkit convert'.", valueName: "file"),
        completion: .file(extensions: ["safetensors", "pth", "pt"]))
    var weights: String?

    @Option(
        help: ArgumentHelp(
            "The sensor, for its MTF gains; none for 0.30 in every band (default: the one that the weights are for).",
            valueName: "name"),
        completion: .list(Sensor.all.map(\.name)))
    var sensor: String?

    @Option(
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
            _ = try NamedChoices.method(method)
        }
        if let sensor { _ = try NamedChoices.sensor(sensor) }
        if let peak {
            guard weights != nil else { throw ValidationError("--peak goes with --weights; other methods need none.") }
            guard peak > 0, peak.isFinite else { throw ValidationError("--peak is \(peak); give a number above 0.") }
        }
        if let tile, !(64...65536).contains(tile) { throw ValidationError("--tile is \(tile); give 64 to 65536.") }
    }

    func run() throws {
        var options = Pansharpening.Options()
        options.tileSide = tile
        options.memoryBytes = resources.memoryBytes
        options.threads = resources.threadCount
        options.sampleType = output.sampleType
        options.writing = output.writing
        let choice: PansharpenJob.Choice =
            try weights.map { .weights(file: $0, peak: peak) }
            ?? .classical(method.map(NamedChoices.method) ?? ClassicalMethods.standard)
        let known = try sensor.flatMap(NamedChoices.sensor)
        let report = try PansharpenJob(
            pan: pan, ms: ms, output: output.output, choice: choice, sensor: known,
            ignoresSensor: sensor != nil && known == nil, device: resources.device, options: options, talk: talk.talk
        ).run()
        if json { try Console.result(json: report) }
    }
}
