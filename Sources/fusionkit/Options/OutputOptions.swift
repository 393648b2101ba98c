import ArgumentParser
import FusionKit

/// How an image is written, spelt as GDAL's programs do.
struct OutputOptions: ParsableArguments {
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The file to write; its extension tells the format.", valueName: "file"),
        completion: .file())
    var output: String

    @Option(
        name: .customLong("ot", withSingleDash: true),
        help: ArgumentHelp(
            "Type of the numbers, such as UInt16 or Float32 (default: the input's).", valueName: "type"))
    var type: String?

    @Option(
        name: .customLong("of", withSingleDash: true),
        help: ArgumentHelp("GDAL's name of the format, such as COG (default: by extension).", valueName: "format"))
    var format: String?

    @Option(
        name: .customLong("co", withSingleDash: true),
        help: ArgumentHelp("An option of the format; may be repeated.", valueName: "key=value"))
    var creation: [String] = []

    @Flag(help: "Replace an existing output.")
    var overwrite = false

    func validate() throws {
        if let type, SampleType(name: type) == nil {
            let known = SampleType.allCases.map(\.name).joined(separator: ", ")
            throw ValidationError("-ot \(type) is no type of numbers. Known are \(known).")
        }
        if let malformed = creation.first(where: { !$0.contains("=") || $0.hasPrefix("=") }) {
            throw ValidationError("-co \(malformed) has no value; write it as KEY=VALUE.")
        }
    }

    var sampleType: SampleType? { type.flatMap(SampleType.init(name:)) }

    var writing: RasterWriter.Options {
        RasterWriter.Options(format: format, creationOptions: creation, overwrites: overwrite)
    }
}

extension Talk {
    /// Says so where the type that was asked for cannot hold every number of the input.
    func warnOfNarrowing(to type: SampleType?, from input: SampleType) {
        guard let type, !type.isFloatingPoint else { return }
        let (low, high) = (type.range.lowerBound, type.range.upperBound)
        guard input.range.lowerBound < low || input.range.upperBound > high else { return }
        warn(
            "-ot \(type.name) holds \(low.plain) to \(high.plain), less than the input's \(input.name): numbers beyond "
                + "become the nearest of these. To scale them leave -ot away and use gdal_translate -scale.")
    }
}
