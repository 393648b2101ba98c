/// Rows of text in columns.
struct TextTable {
    let header: [String]
    /// Whether a column holds numbers, which end at the same place.
    let isNumeric: [Bool]
    var rows: [[String]] = []

    init(_ header: [String], numeric: [Int] = []) {
        self.header = header
        isNumeric = header.indices.map { numeric.contains($0) }
    }

    /// The table, without spaces at the end of lines.
    var text: String { text(width: nil) }

    /// The table folded to a width: columns of numbers that have no room follow in blocks below, each with the names;
    /// words of a last column that has none go on in the next line.
    ///
    /// - Parameter width: columns of the terminal; nil for lines of any length.
    func text(width: Int?) -> String {
        let columns = Array(header.indices)
        guard let width, length(of: columns) > width else { return text(of: columns, rows) }
        return isNumeric.last == true ? blocks(width) : text(of: columns, wrapped(width))
    }

    private var widths: [Int] {
        header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
    }

    private func length(of columns: [Int]) -> Int {
        let widths = widths
        return columns.reduce(2 * (columns.count - 1)) { $0 + widths[$1] }
    }

    private func text(of columns: [Int], _ rows: [[String]]) -> String {
        let all = [header] + rows
        let widths = columns.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            let cells = zip(columns, widths).map { column, width in
                let space = String(repeating: " ", count: width - row[column].count)
                return isNumeric[column] ? space + row[column] : row[column] + space
            }
            return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }

    /// The columns of numbers in groups that have room beside the names.
    private func blocks(_ width: Int) -> String {
        let names = Array(isNumeric.indices.prefix { !isNumeric[$0] })
        var groups: [[Int]] = [[]]
        for column in header.indices.dropFirst(names.count) {
            let group = groups[groups.count - 1]
            if group.isEmpty || length(of: names + group + [column]) <= width {
                groups[groups.count - 1].append(column)
            } else {
                groups.append([column])
            }
        }
        return groups.map { text(of: names + $0, rows) }.joined(separator: "\n\n")
    }

    /// The rows with words of the last column in several lines, and of those in the middle where it would be too narrow.
    private func wrapped(_ width: Int) -> [[String]] {
        var limits = widths
        let (last, enough) = (limits.count - 1, 36)
        func room() -> Int { width - limits.dropLast().reduce(2 * last, +) }
        if room() < enough {
            for column in 1..<Swift.max(1, last) {
                limits[column] = ([header] + rows).flatMap { $0[column].split(separator: " ") }.map(\.count).max() ?? 0
            }
        }
        guard room() >= enough / 2 else { return rows }
        limits[last] = room()
        return rows.flatMap { row in
            let cells = zip(row, limits).map { Self.lines(of: $0, width: $1) }
            return (0..<(cells.map(\.count).max() ?? 0)).map { line in
                cells.map { $0.indices.contains(line) ? $0[line] : "" }
            }
        }
    }

    private static func lines(of text: String, width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    /// Comma-separated values after RFC 4180.
    var csv: String {
        ([header] + rows).map { row in
            row.map { cell in
                cell.contains { ",\"\n\r".contains($0) }
                    ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
            }.joined(separator: ",")
        }.joined(separator: "\n")
    }
}
