import ArgumentParser
import FusionKit

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Compare methods on one scene, and write a report.",
        discussion: """
            Every method sharpens the scene at reduced resolution, where the multispectral image is the truth, and at full \
            resolution. The report is a folder: index.html, one page that needs no network, with tables, pictures, \
            error maps and spectra; results.csv and results.json for programs. It appears when it is complete; Ctrl-C \
            keeps what is finished. A method that fails on the way is a row with its reason, and the exit code is 65 then.

            PSNR and SSIM depend on the largest number that samples can have: --peak, else by the bits of --sensor, else of \
            the truth's metadata, else 255 for Byte, else a guess from the truth's largest sample. The report says which.

            Two pictures (--visible and --infrared, --mri and --ct, --pet or --spect, or --first and --second) are fused \
            instead.

            A method is a name of 'fusionkit methods', the file of a trained network, or name=FILE for an image that was \
            fused before.

            Example: fusionkit compare --pan pan.tif --ms ms.tif --sensor WV3 --methods gsa,mtf-glp-hpm,net.safetensors \
            -o report
            """)

    @Option(help: ArgumentHelp("The panchromatic image, one band.", valueName: "file"), completion: .file())
    var pan: String?

    @Option(help: ArgumentHelp("The multispectral image.", valueName: "file"), completion: .file())
    var ms: String?

    @OptionGroup var pictures: PictureOptions

    @Option(
        help: ArgumentHelp(
            "What to compare, separated by commas; may be repeated (default: a choice of methods, and the network that comes with the program).",
            valueName: "list"))
    var methods: [String] = []

    @OptionGroup var sensor: SensorOptions

    @Option(
        help: ArgumentHelp("The truth at full resolution, of PAN's pixels.", valueName: "file"), completion: .file())
    var reference: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The part that pictures show, in PAN pixels (default: the one with most texture).",
            valueName: "x,y,width,height"))
    var region: String?

    @Option(help: "Border that does not count; dlpan cuts as published tables do.")
    var cut = BorderCut.none

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The largest number that samples can have, for PSNR, SSIM and networks (default: see above).",
            valueName: "number"))
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
        if (pan == nil) != (ms == nil) {
            throw ValidationError(
                "\(pan == nil ? "--ms" : "--pan") is one of two images; give \(pan == nil ? "--pan" : "--ms") too.")
        }
        guard (pan == nil) != (pictures.pair == nil) else {
            throw ValidationError(
                "Give \(pan == nil ? "two images" : "one pair of images"): --pan and --ms, --visible and --infrared, "
                    + "--mri and --ct, --pet or --spect, or --first and --second.")
        }
        if pan == nil, let option = sharpeningOnly { throw ValidationError("\(option) goes with --pan and --ms.") }
        try NumberOption.check(peak: peak, named: "--peak")
        _ = try window
        _ = try candidates
    }

    func run() throws {
        let candidates = try candidates
        let job = ComparisonJob(
            output: output, overwrites: overwrite, latex: latex, threads: resources.threadCount,
            methods: candidates.count, talk: talk.talk)
        if let pan, let ms {
            var options = SharpeningComparison.Options()
            options.sharpening.memoryBytes = resources.memoryBytes
            options.sharpening.threads = resources.threadCount
            options.device = try resources.device.device()
            (options.peak, options.border, options.reference) = (peak, cut, reference)
            options.region = try window
            let known = try sensor.named
            options.ignoresSensor = sensor.sensor != nil && known == nil
            options.sharpening.measuresInstrument = !options.ignoresSensor
            let comparison = try SharpeningComparison(
                pan: pan, ms: ms, candidates: candidates, sensor: known, options: options)
            return try job.run(comparison.run)
        }
        guard let pair = pictures.pair else { return }
        var options = PairComparison.Options()
        options.fusion.memoryBytes = resources.memoryBytes
        options.fusion.threads = resources.threadCount
        options.device = try resources.device.device()
        options.names = (pair.first.role, pair.second.role)
        options.region = try window
        let comparison = try PairComparison(
            first: pair.first.file, second: pair.second.file, candidates: candidates, options: options)
        try job.run(comparison.run)
    }

    /// An option that was given and makes no sense for pictures.
    private var sharpeningOnly: String? {
        if sensor.sensor != nil { return "--sensor" }
        if reference != nil { return "--reference" }
        if peak != nil { return "--peak" }
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
