import ArgumentParser
import FusionKit

struct HypersharpenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hypersharpen",
        abstract: "Sharpen a hyperspectral image with a sharper one of one band or several.",
        discussion: """
            Where neither --method nor --weights say what fuses, a network that comes with the program sharpens with one band \
            (6 bands or more, 2 to 6 times sharper; C-GS2-GLP else), HySure with several, or GFPCA for large images and fewer \
            than 24 bands. With one band every method serves, with several CNMF, HySure, GFPCA, and --weights of a network for \
            that many. Methods made for multispectral images take the form they have for hyperspectral ones. The output has \
            the sharp image's grid and the bands, wavelengths, type and nodata value of the hyperspectral one, and appears under \
            its name when it is complete.

            Where neither --sensor, nor the image's metadata, nor the weights name a sensor, the network takes the hyperspectral image for one of an instrument with an MTF of 0.30 \
            at Nyquist, unless the images themselves tell that it was made in another way, such as by averaging pixels.

            Images may be arrays of HDF5 and MAT files: cube.h5:/scene/hsi, stack.h5:/ms[3] for the fourth of a stack, \
            cube.h5:/hsi@hwc where it is not clear which axes are rows (h), columns (w) and bands (c).

            Example: fusionkit hypersharpen --high msi.tif --low hsi.hdr -o fused.tif --weights cave-x4.safetensors
            """)

    @Option(
        help: ArgumentHelp("The sharp image: panchromatic, RGB or multispectral.", valueName: "file"),
        completion: .file())
    var high: String

    @Option(help: ArgumentHelp("The hyperspectral image.", valueName: "file"), completion: .file())
    var low: String

    @Option(
        help: ArgumentHelp(
            "The largest number of the sharp image, where it is another than --peak (8-bit RGB: 255).",
            valueName: "number"))
    var highPeak: Double?

    @OptionGroup var sharpening: SharpeningOptions

    func validate() throws { try sharpening.check(peak: highPeak, named: "--high-peak") }

    func run() throws { try sharpening.run(.hypersharpen, high: high, low: low, highPeak: highPeak) }
}
