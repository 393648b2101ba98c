import ArgumentParser
import FusionKit

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Compare methods on one scene, and write a report.",
        discussion: """
            Every method sharpens the scene at reduced resolution, where the multispectral image is the truth, and at full \
            resolution. The report is a folder: index.html, one page that needs no network, with tables, pictures, \
            error maps and spectra; results.csv and results.json for programs. It appears when it is complete; Ctrl-C \
            keeps what is finished.

            Two pictures (--visible and --infrared, or --first and --second) are fused instead.

            A method is a name of 'fusionkit methods', the file of a trained network, or name=FILE for an image that was \
            fused before.

            Example: fusionkit compare --pan pan.tif --ms ms.tif --sensor WV3 --methods gsa,mtf-glp-hpm,net.safetensors \
            -o report
            """)

    @Option(help: ArgumentHelp("The panchromatic image, one band.", valueName: "file"), completion: .file())
    var pan: String?

    @Option(help: ArgumentHelp("The multispectral image.", valueName: "file"), completion: .file())
    var ms: String?

    @Option(help: ArgumentHelp("A picture in visible light.", valueName: "file"), completion: .file())
    var visible: String?

    @Option(help: ArgumentHelp("The infrared picture of the same.", valueName: "file"), completion: .file())
    var infrared: String?

    @Option(
        help: ArgumentHelp("Another picture with the structure, such as MRI.", valueName: "file"), completion: .file())
    var first: String?

    @Option(help: ArgumentHelp("What is added to it, such as CT or PET.", valueName: "file"), completion: .file())
    var second: String?

    @Option(
        help: ArgumentHelp(
            "What to compare, separated by commas; may be repeated (default: a choice of methods without training).",
            valueName: "list"))
    var methods: [String] = []

    @Option(
        help: ArgumentHelp(
            "The sensor, for its MTF gains and bits; none for 0.30 in every band (default: by the metadata).",
            valueName: "name"),
        completion: .list(Sensor.all.map(\.name)))
    var sensor: String?

    @Option(
        help: ArgumentHelp("The truth at full resolution, of PAN's pixels.", valueName: "file"), completion: .file())
    var reference: String?

    @Option(
        help: ArgumentHelp(
            "The part that pictures show, in PAN pixels (default: the one with most texture).",
            valueName: "x,y,width,height"))
    var region: String?

    @Option(help: "Border that does not count; dlpan cuts as published tables do.")
    var cut = BorderCut.none

    @Option(
        help: ArgumentHelp("The largest number of the images, where the weights expect another.", valueName: "number"))
    var peak: Double?

    @Option(
        name: [.short, .long], help: ArgumentHelp("The folder to write.", valueName: "folder"), completion: .directory)
    var output: String

    @Flag(help: "Replace an existing report.")
    var overwrite = false

    @Flag(help: "Write table.tex too, for a paper.")
    var latex = false

    @OptionGroup(title: "Resources") var resources: ResourceOptions
    @OptionGroup(title: "Talk") var talk: TalkOptions

    func validate() throws {
        let pairs = [("--pan", pan, "--ms", ms), ("--visible", visible, "--infrared", infrared)]
        for (one, file, other, partner) in pairs + [("--first", first, "--second", second)] {
            if (file == nil) != (partner == nil) {
                throw ValidationError(
                    "\(file == nil ? other : one) is one of two images; give \(file == nil ? one : other) too.")
            }
        }
        let given = [pan, visible, first].count { $0 != nil }
        guard given == 1 else {
            throw ValidationError(
                "Give \(given == 0 ? "two images" : "one pair of images"): --pan and --ms, --visible and --infrared, or "
                    + "--first and --second.")
        }
        if let sensor { _ = try NamedChoices.sensor(sensor) }
        if let peak, !(peak > 0 && peak.isFinite) { throw ValidationError("--peak is \(peak); give a number above 0.") }
        if pan == nil, let option = sharpeningOnly { throw ValidationError("\(option) goes with --pan and --ms.") }
        _ = try window
        _ = try candidates
    }

    func run() throws {
        let job = ComparisonJob(
            output: output, overwrites: overwrite, latex: latex, threads: resources.threadCount, talk: talk.talk)
        if let pan, let ms {
            var options = SharpeningComparison.Options()
            options.sharpening.memoryBytes = resources.memoryBytes
            options.sharpening.threads = resources.threadCount
            options.device = try resources.device.device()
            (options.peak, options.border, options.reference) = (peak, cut, reference)
            options.region = try window
            let comparison = try SharpeningComparison(
                pan: pan, ms: ms, candidates: candidates, sensor: sensor.flatMap(NamedChoices.sensor), options: options)
            return try job.run(comparison.run)
        }
        guard let first = visible ?? first, let second = infrared ?? second else { return }
        var options = PairComparison.Options()
        options.fusion.memoryBytes = resources.memoryBytes
        options.fusion.threads = resources.threadCount
        options.device = try resources.device.device()
        options.names = visible == nil ? ("First", "Second") : ("Visible", "Infrared")
        options.region = try window
        let comparison = try PairComparison(first: first, second: second, candidates: candidates, options: options)
        try job.run(comparison.run)
    }

    /// An option that was given and makes no sense for pictures.
    private var sharpeningOnly: String? {
        if sensor != nil { return "--sensor" }
        if reference != nil { return "--reference" }
        return cut == .none ? nil : "--cut"
    }

    private var candidates: [ComparisonCandidate] {
        get throws { try NamedCandidates.list(methods, sharpening: pan != nil) }
    }

    private var window: Window? {
        get throws {
            guard let region else { return nil }
            let numbers = region.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
            guard numbers.count == 4, case let values = numbers.compactMap(\.self), values.count == 4, values[0] >= 0,
                values[1] >= 0, (16...2048).contains(values[2]), (16...2048).contains(values[3])
            else {
                throw ValidationError(
                    "--region \(region) is no part; write it as x,y,width,height with sides of 16 to 2048.")
            }
            return Window(column: values[0], row: values[1], width: values[2], height: values[3])
        }
    }
}
