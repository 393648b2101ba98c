import ArgumentParser
import FusionKit

struct PansharpenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pansharpen", abstract: "Sharpen a multispectral image with a panchromatic one.",
        discussion: """
            Without --method and --weights the network that comes with the program runs, and C-GS2-GLP where it is not for \
            the images (it takes 3 to 8 bands, 2 to 4 times sharper). The output has PAN's grid and the bands, type and nodata \
            value of the multispectral image, and appears under its name when it is complete.

            Where neither --sensor, nor the image's metadata, nor the weights name a sensor, MTF gains are 0.30, unless the \
            images themselves tell that network that the multispectral one was made in another way, such as by averaging pixels.

            Example: fusionkit pansharpen --pan pan.tif --ms ms.tif -o fused.tif --sensor WV3
            """)

    @Option(help: ArgumentHelp("The panchromatic image, one band.", valueName: "file"), completion: .file())
    var pan: String

    @Option(help: ArgumentHelp("The multispectral image.", valueName: "file"), completion: .file())
    var ms: String

    @OptionGroup var sharpening: SharpeningOptions

    @Flag(help: "Adapt the network to the scene before, and keep what it was where that does not raise HQNR.")
    var adapt = false

    @Option(
        parsing: .unconditional, help: ArgumentHelp("With --adapt: steps to take (default: 60).", valueName: "number"))
    var adaptSteps: Int?

    @Option(
        help: ArgumentHelp("With --adapt: a file for the adapted weights, for other scenes.", valueName: "file"),
        completion: .file(extensions: ["safetensors"]))
    var saveAdapted: String?

    func validate() throws {
        guard adapt else {
            if adaptSteps != nil { throw ValidationError("--adapt-steps goes with --adapt.") }
            if saveAdapted != nil { throw ValidationError("--save-adapted goes with --adapt.") }
            return
        }
        if let adaptSteps, !(1...100_000).contains(adaptSteps) {
            throw ValidationError("--adapt-steps is \(adaptSteps); give 1 to 100000.")
        }
        if let method = sharpening.method, ClassicalMethods.named(method) != nil {
            throw ValidationError("--adapt is for networks; \(method) has nothing to train.")
        }
        if let saveAdapted, !saveAdapted.hasSuffix(".safetensors") {
            throw ValidationError("--save-adapted \(saveAdapted): give a file in .safetensors.")
        }
    }

    func run() throws {
        if let saveAdapted {
            try OutputPath.check(
                saveAdapted, overwrites: sharpening.output.writing.overwrites,
                inputs: [pan, ms, sharpening.output.output] + (sharpening.weights.map { [$0] } ?? []))
        }
        try sharpening.run(
            .pansharpen, high: pan, low: ms,
            adaptation: adapt ? .init(steps: adaptSteps ?? 60, file: saveAdapted) : nil)
    }
}
