import ArgumentParser
import FusionKit

struct PansharpenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pansharpen", abstract: "Sharpen a multispectral image with a panchromatic one.",
        discussion: """
            Without --method and --weights C-GS2-GLP runs. The output has PAN's grid and the bands, type and nodata \
            value of the multispectral image, and appears under its name when it is complete.

            Example: fusionkit pansharpen --pan pan.tif --ms ms.tif -o fused.tif --sensor WV3
            """)

    @Option(help: ArgumentHelp("The panchromatic image, one band.", valueName: "file"), completion: .file())
    var pan: String

    @Option(help: ArgumentHelp("The multispectral image.", valueName: "file"), completion: .file())
    var ms: String

    @OptionGroup var sharpening: SharpeningOptions

    func run() throws { try sharpening.run(.pansharpen, high: pan, low: ms) }
}
