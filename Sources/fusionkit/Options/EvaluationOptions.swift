import ArgumentParser
import Foundation
import FusionKit

/// The files that fused images are compared with.
struct EvaluationPartners: ParsableArguments {
    @Option(help: ArgumentHelp("The truth, of the same pixels; or a folder.", valueName: "file"), completion: .file())
    var reference: String?

    @Option(
        help: ArgumentHelp("PAN, for indices without reference; or a folder.", valueName: "file"), completion: .file())
    var pan: String?

    @Option(
        help: ArgumentHelp("The multispectral image that was sharpened; or a folder.", valueName: "file"),
        completion: .file())
    var ms: String?

    @OptionGroup var pictures: PictureOptions

    @Option(help: "Whose program the indices of pictures shall agree with (default: the most used one of each).")
    var profile: MetricProfile?

    /// The files that were named, by option.
    var named: [(option: String, file: String)] {
        [
            (ReferenceJudge.option, reference), (SceneJudge.panOption, pan), (SceneJudge.msOption, ms),
            (SourcesJudge.firstOption, pictures.pair?.first.file),
            (SourcesJudge.secondOption, pictures.pair?.second.file),
        ].compactMap { option, file in file.map { (option, $0) } }
    }

    func check() throws {
        if (pan == nil) != (ms == nil) {
            throw ValidationError("--pan and --ms go together: a sharpened image is judged by both.")
        }
        if pictures.pair != nil, reference != nil || ms != nil {
            throw ValidationError(
                "Pictures are judged by their sources alone; leave --reference, --pan and --ms for another run.")
        }
        if profile != nil, pictures.pair == nil {
            throw ValidationError("--profile goes with --visible and --infrared.")
        }
        if named.isEmpty {
            throw ValidationError(
                "Nothing to compare with. Give --reference, --pan and --ms, or two pictures such as --visible and "
                    + "--infrared.")
        }
    }

    /// The images to be measured with their partners, and whether they are from a folder.
    func items(of fused: [String]) throws -> (items: [EvaluationItem], isFolder: Bool, notices: [String]) {
        let named = named
        let files = fused + named.map(\.file)
        let folders = files.filter(isDirectory)
        if folders.isEmpty {
            let partners = Dictionary(uniqueKeysWithValues: named.map { ($0.option, $0.file) })
            return (fused.map { EvaluationItem(name: $0, fused: $0, partners: partners) }, false, [])
        }
        if let absent = files.first(where: { !FileManager.default.fileExists(atPath: $0) }) {
            throw Failure(.missingInput, "\(absent): there is no such file.")
        }
        if fused.count > 1, folders.count == fused.count + named.count {
            throw Failure(
                .usage,
                "\(fused.joined(separator: " and ")) are \(fused.count) folders of fused images, and one is measured at a time, "
                    + "picture by picture. Run it once for each.")
        }
        guard fused.count == 1, folders.count == 1 + named.count else {
            throw Failure(
                .usage,
                "\(folders[0]) is a folder, and not all that is compared are. Give one folder of fused images and a "
                    + "folder for each option, or files only.")
        }
        let groups = try PictureGroups(folders)
        let items = groups.groups.map { group in
            EvaluationItem(
                name: group.name, fused: group.files[0],
                partners: Dictionary(uniqueKeysWithValues: zip(named.map(\.option), group.files.dropFirst())))
        }
        return (items, true, groups.notices)
    }
}

/// What indices depend on beside the images.
struct EvaluationSettings: ParsableArguments {
    @OptionGroup var sensor: SensorOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "PAN pixels along an MS pixel, for ERGAS (default: by --pan and --ms, or the truth's metadata, else 4).",
            valueName: "number"))
    var ratio: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Bits of the numbers, for PSNR and SSIM (default: see above).",
            valueName: "count"))
    var bits: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The largest possible number, instead of --bits.", valueName: "number"))
    var peak: Double?

    @Option(help: "Border that does not count; dlpan cuts as published tables do.")
    var cut = BorderCut.none

    @Option(
        help: ArgumentHelp("The indices to compute, such as SAM,ERGAS,Q2n (default: all).", valueName: "names"),
        completion: .list(Metrics.withReference.map(\.name) + Metrics.withoutReference.map(\.name)))
    var metrics: String?

    /// The largest number, if the user gave any.
    var largest: Double? { peak ?? bits.map { Double((1 << $0) - 1) } }

    func check(_ partners: EvaluationPartners) throws {
        if bits != nil, peak != nil { throw ValidationError("--bits and --peak say the same; give one.") }
        if let ratio, !(ratio >= 1 && ratio.isFinite) {
            throw ValidationError("--ratio is \(ratio.plain); give 1 or more.")
        }
        if let bits, !(1...32).contains(bits) { throw ValidationError("--bits is \(bits); give 1 to 32.") }
        try NumberOption.check(peak: peak, named: "--peak")
        if sensor.sensor != nil, partners.ms == nil, partners.reference == nil {
            throw ValidationError("--sensor goes with --reference, or with --pan and --ms.")
        }
        if partners.reference == nil, let option = truthOnly {
            throw ValidationError("\(option) goes with --reference.")
        }
        if ratio != nil, partners.reference == nil, partners.ms == nil {
            throw ValidationError("--ratio goes with --reference, or with --pan and --ms.")
        }
        _ = try names(partners)
    }

    /// An option that was given and says something of the truth.
    private var truthOnly: String? {
        if bits != nil { return "--bits" }
        if peak != nil { return "--peak" }
        return cut == .none ? nil : "--cut"
    }

    /// The indices that the user named; nil for all.
    func names(_ partners: EvaluationPartners) throws -> [String]? {
        guard let metrics else { return nil }
        let byTruth = (Metrics.withReference + Metrics.variants).map(\.name)
        let byScene = (Metrics.withoutReference + Metrics.hyperspectral).map(\.name)
        var (known, others): ([String], [(names: [String], need: String)]) = ([], [])
        if partners.reference != nil { known += byTruth } else { others.append((byTruth, "--reference")) }
        if partners.ms != nil { known += byScene } else { others.append((byScene, "--pan and --ms")) }
        let bySources = SourcesJudge.known(partners.profile)
        if partners.pictures.pair != nil {
            known += bySources
        } else {
            others.append((bySources, "the two pictures that were fused, such as --visible and --infrared"))
        }
        return try NamedChoices.metrics(metrics, known: known, others: others) { name in
            partners.pictures.pair == nil ? nil : FusionMetrics.named(name, profile: partners.profile)?.name
        }
    }
}

extension BorderCut: ExpressibleByArgument {}
extension MetricProfile: ExpressibleByArgument {}

/// What is printed and written.
struct EvaluationOutput: ParsableArguments {
    @Flag(help: "Print the table as JSON.")
    var json = false

    @Flag(help: "Print the table as comma-separated values.")
    var csv = false

    @Flag(help: "Print a row for each band too; indices that judge all bands jointly have none.")
    var perBand = false

    @Option(
        help: ArgumentHelp("Write a map of the quality of one image beside the table.", valueName: "file"),
        completion: .file())
    var map: String?

    @Option(help: "What the map shows: Q2n of blocks, the spectral angle or the error of pixels (default: error).")
    var mapOf: EvaluationMapKind?

    @Flag(help: "Replace an existing map.")
    var overwrite = false

    var evaluationMap: EvaluationMap? {
        map.map { EvaluationMap(file: $0, kind: mapOf ?? .error, overwrites: overwrite) }
    }

    func check(_ partners: EvaluationPartners, fused: [String]) throws {
        if json, csv { throw ValidationError("--json and --csv are two formats; give one.") }
        if perBand, partners.pictures.pair != nil {
            throw ValidationError("--per-band is for bands, and pictures are judged by their brightness.")
        }
        guard let map else {
            if mapOf != nil { throw ValidationError("--map-of says what --map FILE shows; give it too.") }
            if overwrite { throw ValidationError("--overwrite goes with --map, the only file that is written.") }
            return
        }
        try EvaluationMap.check(name: map)
        if partners.pictures.pair != nil {
            throw ValidationError(
                "--map shows how far an image is from its truth, and pictures have none; leave it out.")
        }
        if partners.reference == nil { throw ValidationError("--map compares with the truth; give --reference too.") }
        if fused.count != 1 || fused.contains(where: isDirectory) {
            throw ValidationError("--map is for one image; give one fused image.")
        }
    }
}

/// Whether a path is a folder.
func isDirectory(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
}
