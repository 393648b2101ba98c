import Foundation

/// Lines of numbers, each of a step: as CSV with a column for each name, and as JSON lines.
///
/// A run that goes on takes away what a killed one has written of the steps that are made again.
final class TableLog {
    private let table: FileHandle
    private let lines: FileHandle
    private let columns: [String]

    /// - Parameters:
    ///   - path: without extension.
    ///   - columns: beside `step` and `epoch`.
    ///   - steps: how many are done; lines of later ones are taken away.
    init(_ path: String, columns: [String], after steps: Int) throws {
        self.columns = columns
        let header = (["step", "epoch"] + columns).joined(separator: ",")
        table = try Self.open("\(path).csv", keeping: steps, beginning: header) { line in
            line.split(separator: ",").first.flatMap { Int($0) }
        }
        lines = try Self.open("\(path).jsonl", keeping: steps, beginning: nil) { line in
            // {"step":12,…
            line.hasPrefix("{\"step\":") ? Int(line.dropFirst(8).prefix { $0.isNumber }) : nil
        }
    }

    deinit {
        try? table.close()
        try? lines.close()
    }

    /// Adds a line; names without a column are left out.
    func add(step: Int, epoch: Int, _ values: [(name: String, value: Double)]) throws {
        let known = Dictionary(values.map { ($0.name, $0.value) }) { first, _ in first }
        let cells = ["\(step)", "\(epoch)"] + columns.map { known[$0].map { "\($0)" } ?? "" }
        try table.write(contentsOf: Data((cells.joined(separator: ",") + "\n").utf8))
        // JSON lacks infinity and NaN.
        let entries = columns.compactMap { name in
            known[name].map { "\"\(name)\":\($0.isFinite ? "\($0)" : "null")" }
        }
        let line = ["\"step\":\(step)", "\"epoch\":\(epoch)"] + entries
        try lines.write(contentsOf: Data("{\(line.joined(separator: ","))}\n".utf8))
    }

    private static func open(
        _ path: String, keeping steps: Int, beginning: String?, step: (Substring) -> Int?
    ) throws -> FileHandle {
        let old = steps == 0 ? nil : try? String(contentsOfFile: path, encoding: .utf8)
        // The last line of a killed run may be half a one.
        let whole = old.map { $0.prefix { _ in true }.split(separator: "\n") } ?? []
        let kept = whole.filter { line in step(line).map { $0 <= steps } ?? false }
        let text = ([beginning].compactMap { $0 } + kept.map(String.init)).map { $0 + "\n" }.joined()
        try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        guard let handle = FileHandle(forWritingAtPath: path) else {
            throw TrainingError(
                .folder, "\(path) can't be written.", remedy: "Check that the folder may be written to.")
        }
        try handle.seekToEnd()
        return handle
    }
}
