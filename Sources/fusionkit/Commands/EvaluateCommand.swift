import ArgumentParser
import Foundation
import FusionKit

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measure fused images by the truth.",
        discussion: """
            A pixel counts where both images have a measurement. SAM in degrees, ERGAS, RMSE: smaller is better; the \
            others: larger is better.

            Example: fusionkit evaluate fused.tif --reference truth.tif
            """)

    @Argument(help: "The fused images; one row each.", completion: .file())
    var fused: [String]

    @Option(help: ArgumentHelp("The truth, of the same pixels.", valueName: "file"), completion: .file())
    var reference: String

    @Option(
        help: ArgumentHelp(
            "PAN pixels along an MS pixel, for ERGAS (default: what the truth's metadata say, else 4).",
            valueName: "number"))
    var ratio: Double?

    @Option(
        help: ArgumentHelp(
            "Bits of the numbers, for PSNR and SSIM (default: what the truth's metadata say, else 8 for Byte and 11).",
            valueName: "count"))
    var bits: Int?

    @Option(help: ArgumentHelp("The largest possible number, instead of --bits.", valueName: "number"))
    var peak: Double?

    @Option(help: "Border that does not count; dlpan cuts as published tables do.")
    var cut = BorderCut.none

    @Option(
        help: ArgumentHelp("The indices to compute, such as SAM,ERGAS,Q2n (default: all).", valueName: "names"),
        completion: .list(Metrics.withReference.map(\.name)))
    var metrics: String?

    @Flag(help: "Print the table as JSON.")
    var json = false

    @Flag(help: "Print the table as comma-separated values.")
    var csv = false

    @OptionGroup(title: "Talk") var talk: TalkOptions

    func validate() throws {
        if json, csv { throw ValidationError("--json and --csv are two formats; give one.") }
        if bits != nil, peak != nil { throw ValidationError("--bits and --peak say the same; give one.") }
        if let metrics { _ = try NamedChoices.metrics(metrics) }
        if let ratio, !(ratio >= 1 && ratio.isFinite) { throw ValidationError("--ratio is \(ratio); give 1 or more.") }
        if let bits, !(1...32).contains(bits) { throw ValidationError("--bits is \(bits); give 1 to 32.") }
        if let peak, !(peak > 0 && peak.isFinite) { throw ValidationError("--peak is \(peak); give a number above 0.") }
    }

    func run() throws {
        let evaluation = try Evaluation(
            reference: reference, ratio: ratio, peak: peak ?? bits.map { Double((1 << $0) - 1) }, border: cut,
            metrics: metrics.map(NamedChoices.metrics) ?? Metrics.withReference, talk: talk.talk)
        if evaluation.largestValue > 1.5 * evaluation.peak {
            talk.talk.warn(
                "\(reference) has values up to \(evaluation.largestValue.plain), and PSNR and SSIM are computed for numbers up to "
                    + "\(evaluation.peak.plain). Give --bits or --peak.")
        }
        talk.talk.detail(
            "ratio \(evaluation.ratio.plain), peak \(evaluation.peak.plain), cut \(cut.rawValue); "
                + evaluation.metrics.map { "\($0.name): \($0.variant)" }.joined(separator: "; "))
        let rows = try fused.map(evaluation.row)
        if json {
            return try Console.result(
                json: EvaluationReport(
                    reference: reference, ratio: evaluation.ratio, peak: evaluation.peak, cut: cut.rawValue, rows: rows)
            )
        }
        let names = evaluation.metrics.map(\.name)
        var table = TextTable(["file"] + names, numeric: Array(1...names.count))
        table.rows = rows.map { row in
            // What has no value is an empty field for programs and a dash for people.
            [row.file]
                + names.map { row.values[$0].map { String(format: csv ? "%.9g" : "%.4f", $0) } ?? (csv ? "" : "–") }
        }
        try Console.result(csv ? table.csv : table.text)
    }
}

extension BorderCut: ExpressibleByArgument {}

private struct EvaluationReport: Encodable {
    let reference: String
    let ratio: Double
    let peak: Double
    let cut: String
    let rows: [Evaluation.Row]
}
