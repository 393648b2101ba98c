import ArgumentParser
import Foundation
import FusionKit

struct FuseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fuse", abstract: "Fuse two images of one subject: infrared and visible, CT or PET and MRI, …",
        discussion: """
            The first image is the one with the structure (visible light, MRI, phase contrast), the second adds to it \
            (infrared, CT, PET, SPECT, GFP). Both are grey or colour pictures of the same size. Brightness is fused; \
            colours of the image that has any are kept, opacity too. Without --weights and --method the network fuses that \
            comes with the program, salient-detail. What is unknown in one (NaN, nodata) is unknown in the output.

            Two folders are fused picture by picture, paired by name, into a folder.

            Example: fusionkit fuse visible.png infrared.png -o fused.png --weights ir-vis.safetensors
            """)

    @Argument(help: "The first image, or a folder of such.", completion: .file())
    var first: String

    @Argument(help: "The second image, or a folder of such.", completion: .file())
    var second: String

    @OptionGroup(title: "Output") var output: OutputOptions

    @Option(
        help: ArgumentHelp(
            "A method without training, or the network that comes with the program; 'fusionkit methods' lists those that fuse "
                + "(default: \(NetworkSystem.salientDetail.name)).", valueName: "name"),
        completion: .list(PairMethods.all.map(\.name) + [NetworkSystem.salientDetail.name]))
    var method: String?

    @Option(
        help: ArgumentHelp("A trained network; 'fusionkit methods' lists those that fuse.", valueName: "file"),
        completion: .file(extensions: ["safetensors", "pth", "pt"]))
    var weights: String?

    @Option(
        help: ArgumentHelp(
            "What is fused, for the arithmetic of colours (default: by which image has any).", valueName: "task"))
    var task: FuseTask?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The sample of the first image that is white (default: the largest of its type).", valueName: "number"))
    var firstPeak: Double?

    @Option(parsing: .unconditional, help: ArgumentHelp("The same of the second image.", valueName: "number"))
    var secondPeak: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Fuse at this many rows and columns, as the authors of FusionMamba do with 256, and bring the result back.",
            valueName: "pixels"))
    var resize: Int?

    @Flag(
        inversion: .prefixedNo,
        help:
            "Make the darkest fused pixel black and the brightest white (default: for the networks of the literature).")
    var stretch: Bool?

    @OptionGroup(title: "Resources") var resources: ResourceOptions
    @OptionGroup(title: "Talk") var talk: TalkOptions

    func validate() throws {
        if let method {
            if weights != nil { throw ValidationError("--method and --weights both choose; give one.") }
            _ = try fusion(named: method)
        }
        try NumberOption.check(peak: firstPeak, named: "--first-peak")
        try NumberOption.check(peak: secondPeak, named: "--second-peak")
        if let resize, !(32...4096).contains(resize) {
            throw ValidationError("--resize is \(resize); give 32 to 4096.")
        }
    }

    /// What a name stands for.
    private func fusion(named name: String) throws -> FuseJob.Choice {
        if let system = NetworkSystem.shipped(name, for: .fuse) { return .shipped(system) }
        return .classical(try NamedChoices.pairMethod(name))
    }

    func run() throws {
        var options = PairFusion.Options()
        options.firstPeak = firstPeak
        options.secondPeak = secondPeak
        options.stretches = stretch
        options.colourSpace = task?.colourSpace
        options.workingSide = resize
        options.memoryBytes = resources.memoryBytes
        options.threads = resources.threadCount
        options.sampleType = output.sampleType
        options.writing = output.writing
        let choice = try weights.map { .weights(file: $0) } ?? method.map(fusion) ?? .shipped(.salientDetail)
        let job = FuseJob(choice: choice, device: resources.device, options: options, talk: talk.talk)
        switch (isDirectory(first), isDirectory(second)) {
        case (false, false): try job.run(first, second, output: output.output)
        case (true, true): try job.run(folder: first, folder: second, output: output.output)
        default:
            throw Failure(
                .usage, "\(first) and \(second): one is a folder and one is not. Give two files or two folders.")
        }
    }
}

/// What is fused.
enum FuseTask: String, ExpressibleByArgument, CaseIterable {
    case infraredVisible = "ir-vis"
    case ctMRI = "ct-mri"
    case petMRI = "pet-mri"
    case spectMRI = "spect-mri"
    case gfpPhaseContrast = "gfp-pc"

    /// Where the authors of FusionMamba replace the brightness of a colour image of this kind.
    var colourSpace: LumaSpace {
        switch self {
        case .infraredVisible, .ctMRI: .yCrCb
        case .petMRI, .spectMRI, .gfpPhaseContrast: .yuv
        }
    }
}
