import ArgumentParser
import Foundation
import FusionKit

struct UpscaleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upscale", abstract: "Enlarge an image, with a network or by interpolation.",
        discussion: """
            Networks that sharpen with a panchromatic image and can do without one enlarge by their ratio. Without \
            --weights the image is interpolated. The output has the input's bands but alpha, its type, nodata value and place.

            Example: fusionkit upscale ms.tif -o large.tif --weights mmmamba.safetensors
            """)

    @Argument(help: "The image.", completion: .file())
    var input: String

    @OptionGroup(title: "Output") var output: OutputOptions

    @Option(
        help: ArgumentHelp("A trained network; 'fusionkit methods' lists those that upscale.", valueName: "file"),
        completion: .file(extensions: ["safetensors", "pth", "pt"]))
    var weights: String?

    @Option(
        help: ArgumentHelp(
            "Pixels of the output along one of the input (default: 4, or the network's).", valueName: "number"))
    var factor: Int?

    @Option(
        help: ArgumentHelp("The largest number of the image, where the weights expect another.", valueName: "number"))
    var peak: Double?

    @Option(help: ArgumentHelp("Rows and columns of a tile of the output (default: by memory).", valueName: "pixels"))
    var tile: Int?

    @OptionGroup(title: "Resources") var resources: ResourceOptions
    @OptionGroup(title: "Talk") var talk: TalkOptions

    func validate() throws {
        if let factor, !(2...16).contains(factor) { throw ValidationError("--factor is \(factor); give 2 to 16.") }
        if let peak {
            guard weights != nil else { throw ValidationError("--peak goes with --weights; interpolation needs none.") }
            guard peak > 0, peak.isFinite else { throw ValidationError("--peak is \(peak); give a number above 0.") }
        }
        if let tile, !(64...65536).contains(tile) { throw ValidationError("--tile is \(tile); give 64 to 65536.") }
    }

    func run() throws {
        let start = ContinuousClock.now
        try OutputPath.check(
            output.output, overwrites: output.overwrite, inputs: [input] + [weights].compactMap { $0 })
        let method = try method()
        var options = Upscaling.Options()
        options.tileSide = tile
        options.memoryBytes = resources.memoryBytes
        options.threads = resources.threadCount
        options.sampleType = output.sampleType
        options.writing = output.writing
        let job = try Upscaling(input, method: method, options: options)
        talk.talk.warnOfNarrowing(to: output.sampleType, from: job.profile.sampleType)
        let bar = ProgressBar(talk.talk)
        defer { bar.clear() }
        let profile = try Interruption.gracefully { cancellation in
            try job.run(output: output.output, cancellation: cancellation) { bar.show($0) }
        }
        bar.clear()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        talk.talk.say(
            "\(output.output): \(profile.width) × \(profile.height) pixels, \(counted(profile.dataBands.count, "band")), "
                + "\(profile.sampleType.name), \(method.name), \(String(format: "%.1f", seconds)) s")
    }

    private func method() throws -> Upscaling.Method {
        guard let weights else { return .interpolation(factor: factor ?? 4) }
        let checkpoint = try NetworkCheckpoint.forUse(weights, talk: talk.talk)
        if let network = checkpoint.network as? MMMamba {
            let absence = network.configuration.panAbsence ?? .drop
            talk.talk.note("no panchromatic image; what stands for it is '\(absence.rawValue)' (panAbsent)")
        }
        let method = try Upscaling.Method(checkpoint, peak: peak, device: resources.device.device())
        if let factor, factor != method.factor {
            throw Failure(
                .usage, "--factor is \(factor); \(weights) enlarges \(method.factor) times. Leave --factor away.")
        }
        return method
    }
}
