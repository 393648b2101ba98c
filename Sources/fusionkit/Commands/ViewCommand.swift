import ArgumentParser
import FusionKit

struct ViewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "view", abstract: "Make a picture of images, side by side.",
        discussion: """
            Each band is stretched from its 2nd to its 98th percentile. Images of fewer than three bands are shown in \
            grey, all at the same height; unknown pixels are black.

            Example: fusionkit view pan.tif ms.tif fused.tif -o picture.png --bands 5,3,2
            """)

    @Argument(help: "The images, from left to right.", completion: .file())
    var images: [String]

    @Option(
        name: [.short, .long], help: ArgumentHelp("The picture, .png or .jpg.", valueName: "file"),
        completion: .file(extensions: ["png", "jpg"]))
    var output: String

    @Option(
        help: ArgumentHelp(
            "Bands, from 1, to show as red, green, blue, or one as grey (default: 5,3,2; 3,2,1 of three or four bands).",
            valueName: "numbers"))
    var bands: String?

    @Flag(help: "Use one stretch for all images with as many bands shown.")
    var sameStretch = false

    @Option(help: ArgumentHelp("Rows of the picture at most.", valueName: "pixels"))
    var height = 1024

    @Flag(help: "Replace an existing picture.")
    var overwrite = false

    func validate() throws {
        if let bands, shownBands == nil {
            throw ValidationError("--bands \(bands) is no choice of bands; write three numbers as 5,3,2, or one.")
        }
        if !(16...16384).contains(height) { throw ValidationError("--height is \(height); give 16 to 16384.") }
    }

    private var shownBands: [Int]? {
        guard let bands else { return nil }
        let numbers = bands.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        return [1, 3].contains(numbers.count) && numbers.allSatisfy { $0 > 0 } ? numbers : nil
    }

    func run() throws {
        try OutputPath.check(output, overwrites: overwrite, inputs: images)
        let picture = try SideBySide(
            files: images, bands: shownBands, sharesStretch: sameStretch, maximumHeight: height
        ).render()
        try Interruption.gracefully { _ in
            try Picture.write(
                picture.bytes, width: picture.width, height: picture.height, to: output, overwrites: overwrite)
        }
    }
}
