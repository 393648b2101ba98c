import Foundation
import FusionKit

/// The rows of an evaluation as text for people, comma-separated values or JSON.
struct EvaluationReport: Encodable {
    /// What a table is about, beside its rows.
    struct Settings: Encodable {
        var reference: String?
        var ratio: Double?
        var peak: Double?
        /// How ``peak`` is known.
        var peakOrigin: SamplePeak.Origin?
        var cut: String?
        var pan: String?
        var ms: String?
        var sensor: String?
        var first: String?
        var second: String?
        var profile: String?

        /// Takes what others say and this does not.
        mutating func add(_ other: Settings) {
            (reference, ratio, cut) = (reference ?? other.reference, ratio ?? other.ratio, cut ?? other.cut)
            (peak, peakOrigin) = (peak ?? other.peak, peakOrigin ?? other.peakOrigin)
            (pan, ms, sensor) = (pan ?? other.pan, ms ?? other.ms, sensor ?? other.sensor)
            (first, second, profile) = (first ?? other.first, second ?? other.second, profile ?? other.profile)
        }
    }

    var settings = Settings()
    let rows: [EvaluationRow]
    /// The mean row of a folder.
    let mean: EvaluationRow?
    let judges: [any Judge]
    let isPerBand: Bool

    private enum CodingKeys: String, CodingKey { case rows, mean }

    func encode(to encoder: any Encoder) throws {
        try settings.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(rows.map(shown), forKey: .rows)
        try container.encodeIfPresent(mean.map(shown), forKey: .mean)
    }

    /// A row without the bands' values unless they are asked for.
    private func shown(_ row: EvaluationRow) -> ShownRow {
        ShownRow(
            file: row.file, pixels: row.pixels, values: row.values,
            bands: isPerBand && !row.bands.isEmpty ? row.bands : nil, failure: row.failure)
    }

    private struct ShownRow: Encodable {
        let file: String
        let pixels: Int?
        let values: [String: Double]
        let bands: [String: [Double]]?
        let failure: String?
    }

    /// One table a judge, with a heading where there are several.
    var text: String {
        judges.map { judge in
            (judges.count > 1 ? judge.heading + "\n" : "")
                + table(of: judge.metrics.map(\.name), csv: false).text(width: Console.resultWidth)
        }.joined(separator: "\n\n")
    }

    /// All indices side by side.
    var csv: String { table(of: judges.flatMap { $0.metrics.map(\.name) }, csv: true).csv }

    private func table(of names: [String], csv: Bool) -> TextTable {
        // What an index has no value for is an empty field for programs and a dash for people.
        func cell(_ value: Double?) -> String {
            value.map { csv ? $0.text("%.9g") : $0.tableText } ?? (csv ? "" : "–")
        }
        // One image that fails ends the program with a message; several are listed.
        func failure(_ text: String) -> [String] { csv && (rows.count > 1 || mean != nil) ? [text] : [] }
        var table = TextTable(
            ["file"] + (isPerBand ? ["band"] : []) + names + failure("failure"),
            numeric: Array((isPerBand ? 2 : 1)..<names.count + (isPerBand ? 2 : 1)))
        for row in rows + [mean].compactMap({ $0 }) {
            table.rows.append(
                [row.file] + (isPerBand ? ["all"] : []) + names.map { cell(row.values[$0]) }
                    + failure(row.failure ?? ""))
            guard isPerBand else { continue }
            let count = names.compactMap { row.bands[$0]?.count }.max() ?? 0
            for band in 0..<count {
                table.rows.append(
                    [row.file, "\(band + 1)"]
                        + names.map { name in
                            let bands = row.bands[name] ?? []
                            return cell(bands.indices.contains(band) ? bands[band] : nil)
                        } + failure(""))
            }
        }
        return table
    }
}
