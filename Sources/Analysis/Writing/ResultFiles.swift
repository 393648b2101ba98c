import Foundation

/// The results for programs.
enum ResultFiles {
    /// Comma-separated values after RFC 4180: one line for each method and protocol, an empty field where there is no value.
    static func csv(_ comparison: Comparison) -> String {
        var names: [String] = []
        for metric in comparison.tables.flatMap(\.metrics) where !names.contains(metric.name) {
            names.append(metric.name)
        }
        let head = ["protocol", "method"] + names + ["seconds", "cpu_seconds", "peak_memory_bytes", "failure"]
        var lines = [head]
        for table in comparison.tables {
            for row in table.rows {
                let values = names.map { row.values[$0].map { $0.text("%.9g") } ?? "" }
                let use = [row.use?.seconds, row.use?.cpuSeconds].map { $0.map { String(format: "%.4f", $0) } ?? "" }
                let memory = row.use?.memoryBytes.map(String.init) ?? ""
                lines.append([table.id, row.method] + values + use + [memory, row.failure ?? ""])
            }
        }
        return lines.map { $0.map(field).joined(separator: ",") + "\r\n" }.joined()
    }

    private static func field(_ text: String) -> String {
        text.contains { ",\"\n\r".contains($0) } ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }

    /// Everything but the pictures.
    static func json(_ comparison: Comparison, record: RunRecord) throws -> Data {
        struct Document: Encodable {
            let title: String
            let isComplete: Bool
            let run: RunRecord
            let inputs: [Comparison.Input]
            let warnings: [String]
            let unreached: [Comparison.Unreached]
            let notes: [String]
            let commands: [String]
            let tables: [ComparisonTable]
        }
        return try encoder(.prettyPrinted).encode(
            Document(
                title: comparison.title, isComplete: comparison.isComplete, run: record, inputs: comparison.inputs,
                warnings: comparison.warnings, unreached: comparison.unreached, notes: comparison.notes,
                commands: comparison.commands, tables: comparison.tables))
    }

    /// Numbers that JSON lacks become the texts "Infinity", "-Infinity", "NaN".
    static func encoder(_ formatting: JSONEncoder.OutputFormatting = []) -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting.union([.sortedKeys, .withoutEscapingSlashes])
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return encoder
    }
}
