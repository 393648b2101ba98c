import Foundation

/// The tables for a paper: booktabs, the best value bold, the second best underlined.
public enum LaTeXTable {
    /// All tables of a comparison, to be `\input` into a document with `\usepackage{booktabs}`.
    public static func text(_ comparison: Comparison) -> String {
        let head = "% \(comparison.title.replacing("\n", with: " "))\n% \\usepackage{booktabs}\n"
        return head + comparison.tables.map(table).joined(separator: "\n")
    }

    private static func table(_ table: ComparisonTable) -> String {
        let rows = table.rows.filter { $0.failure == nil }
        let timed = rows.contains { $0.use != nil }
        var columns: [[String]] = []
        for metric in table.metrics {
            let values = rows.map { $0.values[metric.name] }
            let print = ResultText.format(of: values.compactMap(\.self))
            let ranking = Ranking(values, higherIsBetter: metric.higherIsBetter, text: print)
            columns.append(
                values.enumerated().map { row, value in
                    let text = value.map { number(print($0)) } ?? "--"
                    if ranking.best.contains(row) { return #"\textbf{\#(text)}"# }
                    return ranking.second.contains(row) ? #"\underline{\#(text)}"# : text
                })
        }
        if timed { columns.append(rows.map { $0.use.map { ResultText.seconds($0.seconds) } ?? "--" }) }
        let heads = table.metrics.map { metric in
            let unit = metric.unit.isEmpty ? "" : " [\(escaped(metric.unit))]"
            return #"\#(escaped(metric.name))\#(unit) $\#(metric.higherIsBetter ? #"\uparrow"# : #"\downarrow"#)$"#
        }
        let head = (["Method"] + heads + (timed ? ["Time [s]"] : [])).joined(separator: " & ")
        let body = rows.enumerated().map { index, row in
            ([escaped(row.method)] + columns.map { $0[index] }).joined(separator: " & ") + " \\\\"
        }
        let lines =
            [
                #"\begin{table}"#, #"  \centering"#,
                #"  \caption{\#(escaped(table.title)): \#(escaped(table.explanation))}"#,
                #"  \begin{tabular}{l\#(String(repeating: "r", count: columns.count))}"#, #"    \toprule"#,
                "    \(head) \\\\", #"    \midrule"#,
            ] + body.map { "    \($0)" } + [#"    \bottomrule"#, #"  \end{tabular}"#, #"\end{table}"#, ""]
        return lines.joined(separator: "\n")
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
            "\\": #"\textbackslash{}"#, "{": #"\{"#, "}": #"\}"#, "$": #"\$"#, "&": #"\&"#, "#": #"\#"#, "%": #"\%"#,
            "_": #"\_"#, "^": #"\textasciicircum{}"#, "~": #"\textasciitilde{}"#, "°": #"$^\circ$"#, "×": #"$\times$"#,
            "λ": #"$\lambda$"#, "−": "$-$", "√": #"$\surd$"#, "∞": #"$\infty$"#, "\n": " ",
        ]
        return text.map { special[$0] ?? String($0) }.joined()
    }
}
