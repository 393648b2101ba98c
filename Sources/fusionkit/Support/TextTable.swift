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
    var text: String {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            let cells = row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return isNumeric[column] ? space + cell : cell + space
            }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
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
