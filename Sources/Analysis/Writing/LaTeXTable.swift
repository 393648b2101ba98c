import Foundation

/// The tables for a paper: booktabs, the best value bold, the second best underlined.
public enum LaTeXTable {
    /// All tables of a comparison, to be `\input` into a document with `\usepackage{booktabs}`.
    public static func text(_ comparison: Comparison) -> String {
        let head = "% \(comparison.title.replacing("\n", with: " "))\n% \\usepackage{booktabs}\n"
        return head + comparison.tables.map(table).joined(separator: "\n")
    }

    /// Columns that a page is wide enough for.
    private static let mostColumns = 10

    private static func table(_ table: ComparisonTable) -> String {
        let columns = columns(of: table)
        let parts = max(1, (columns.count + mostColumns - 1) / mostColumns)
        let share = (columns.count + parts - 1) / parts
        let tabulars = (0..<parts).map { part in
            tabular(
                table.rows.filter { $0.failure == nil },
                Array(columns[min(part * share, columns.count)..<min((part + 1) * share, columns.count)]))
        }
        return [
            #"\begin{table}"#, #"  \centering"#,
            #"  \caption{\#(escaped(table.title)): \#(escaped(table.explanation))}"#,
            tabulars.joined(separator: "\n\n  \\medskip\n"), #"\end{table}"#, "",
        ].joined(separator: "\n")
    }

    private static func tabular(_ rows: [ComparisonRow], _ columns: [(head: String, cells: [String])]) -> String {
        let head = (["Method"] + columns.map(\.head)).joined(separator: " & ")
        let body = rows.enumerated().map { index, row in
            ([escaped(row.method)] + columns.map { $0.cells[index] }).joined(separator: " & ") + " \\\\"
        }
        let lines =
            [
                #"  \begin{tabular}{l\#(String(repeating: "r", count: columns.count))}"#, #"    \toprule"#,
                "    \(head) \\\\", #"    \midrule"#,
            ] + body.map { "    \($0)" } + [#"    \bottomrule"#, #"  \end{tabular}"#]
        return lines.joined(separator: "\n")
    }

    /// Heads, and cells of the methods that have a result.
    private static func columns(of table: ComparisonTable) -> [(head: String, cells: [String])] {
        let rows = table.rows.filter { $0.failure == nil }
        var columns = table.metrics.map { metric in
            let values = rows.map { $0.values[metric.name] }
            let print = ResultText.format(of: values.compactMap(\.self))
            let ranking = Ranking(values, higherIsBetter: metric.higherIsBetter, text: print)
            let cells = values.enumerated().map { row, value in
                let text = value.map { number(print($0)) } ?? "--"
                if ranking.best.contains(row) { return #"\textbf{\#(text)}"# }
                return ranking.second.contains(row) ? #"\underline{\#(text)}"# : text
            }
            let unit = metric.unit.isEmpty ? "" : " [\(escaped(metric.unit))]"
            let arrow = metric.higherIsBetter ? #"\uparrow"# : #"\downarrow"#
            return (head: "\(MetricName.latex(metric.name))\(unit) $\(arrow)$", cells: cells)
        }
        if rows.contains(where: { $0.use != nil }) {
            columns.append(("Time [s]", rows.map { $0.use.map { ResultText.seconds($0.seconds) } ?? "--" }))
        }
        return columns
    }

    private static func number(_ text: String) -> String {
        let isNegative = text.hasPrefix("−")
        let digits = isNegative ? String(text.dropFirst()) : text
        let plain = digits == "∞" ? #"\infty"# : digits
        return isNegative || digits == "∞" ? "$\(isNegative ? "-" : "")\(plain)$" : plain == "–" ? "--" : plain
    }

    /// Text with what LaTeX reads as more than text.
    static func escaped(_ text: String) -> String {
        let special: [Character: String] = [
            "\\": #"\textbackslash{}"#, "{": #"\{"#, "}": #"\}"#, "$": #"\$"#, "&": #"\&"#, "#": "\\#", "%": "\\%",
            "_": #"\_"#, "^": #"\textasciicircum{}"#, "~": #"\textasciitilde{}"#, "°": #"$^\circ$"#, "×": #"$\times$"#,
            "λ": #"$\lambda$"#, "−": "$-$", "√": #"$\surd$"#, "∞": #"$\infty$"#, "\n": " ",
        ]
        return text.map { special[$0] ?? String($0) }.joined()
    }
}
