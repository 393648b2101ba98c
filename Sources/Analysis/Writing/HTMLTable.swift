/// The table of one protocol as HTML; the script makes it sortable.
enum HTMLTable {
    /// A column beside the name.
    private struct Column {
        let key: String, head: String, unit: String, title: String
        let higherIsBetter: Bool
        let values: [Double?]
        let texts: [String]
        let ranking: Ranking
        /// A class of its cells; of those that are no quality.
        let kind: String
    }

    static func html(_ table: ComparisonTable) -> String {
        let columns = columns(of: table)
        let heads = columns.map(head).joined()
        let rows = table.rows.enumerated().map { index, row in
            let name = #"<th scope="row">\#(HTMLText.escaped(row.method))</th>"#
            if let failure = row.failure {
                return
                    #"<tr class="failed">\#(name)<td colspan="\#(max(1, columns.count))">\#(HTMLText.escaped(failure))</td></tr>"#
            }
            return "<tr>" + name + columns.map { cell($0, index) }.joined() + "</tr>"
        }
        let sort = #"<button type="button" class="sort" data-column="method">Method</button>"#
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="Table: \(HTMLText.escaped(table.title))">
            <table class="results" id="table-\(table.id)">
            <caption class="hidden">\(HTMLText.escaped(table.title))</caption>
            <thead><tr><th scope="col" class="method">\(sort)</th>\(heads)</tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody></table></div>
            <p class="quiet small">Best <b class="best">bold</b>, second best <span class="second">underlined</span>; \
            ↑ larger is better, ↓ smaller is better.</p>
            """
    }

    private static func head(_ column: Column) -> String {
        let arrow = column.higherIsBetter ? "↑" : "↓"
        let word = column.higherIsBetter ? "larger is better" : "smaller is better"
        let unit = column.unit.isEmpty ? "" : #"<span class="unit">\#(HTMLText.escaped(column.unit))</span>"#
        return #"<th scope="col" class="\#(column.kind)"><button type="button" class="sort" "#
            + #"data-column="\#(HTMLText.escaped(column.key))" data-direction="\#(column.higherIsBetter ? "descending" : "ascending")" "#
            + #"title="\#(HTMLText.escaped(column.title))"><span>\#(HTMLText.escaped(column.head))"#
            + #"<span class="arrow" aria-hidden="true">\#(arrow)</span><span class="hidden"> (\#(word))</span></span>\#(unit)</button></th>"#
    }

    private static func cell(_ column: Column, _ row: Int) -> String {
        let mark = column.ranking.best.contains(row) ? " best" : column.ranking.second.contains(row) ? " second" : ""
        let word = mark == " best" ? "best" : "second best"
        let value = column.values[row].map { $0.isNaN ? "" : "\($0)" } ?? ""
        let hint = mark.isEmpty ? "" : #"<span class="hidden"> (\#(word))</span>"#
        return #"<td class="\#(column.kind)\#(mark)" data-value="\#(value)">\#(column.texts[row])\#(hint)</td>"#
    }

    private static func columns(of table: ComparisonTable) -> [Column] {
        func values(_ value: (ComparisonRow) -> Double?) -> [Double?] {
            table.rows.map { $0.failure == nil ? value($0) : nil }
        }
        var columns = table.metrics.map { metric in
            let values = values { $0.values[metric.name] }
            let print = ResultText.format(of: values.compactMap(\.self))
            return Column(
                key: metric.name, head: metric.name, unit: metric.unit, title: "\(metric.title); \(metric.variant)",
                higherIsBetter: metric.higherIsBetter, values: values, texts: values.map { $0.map(print) ?? "–" },
                ranking: Ranking(values, higherIsBetter: metric.higherIsBetter, text: print), kind: "index")
        }
        let uses: [(String, String, String, (ResourceUse) -> Double?, (Double) -> String)] = [
            ("Time", "s", "seconds on the clock", { $0.seconds }, ResultText.seconds),
            ("CPU", "s", "seconds of all threads together", { $0.cpuSeconds }, ResultText.seconds),
            (
                "Memory", "MB", "the most memory that was resident beyond what was before",
                { $0.memoryBytes.map(Double.init) }, { ResultText.megabytes(Int($0)) }
            ),
        ]
        for (head, unit, title, use, text) in uses {
            let values = values { $0.use.flatMap(use) }
            guard values.contains(where: { $0 != nil }) else { continue }
            columns.append(
                Column(
                    key: head, head: head, unit: unit, title: title, higherIsBetter: false, values: values,
                    texts: values.map { $0.map(text) ?? "–" },
                    ranking: Ranking([], higherIsBetter: false, text: text), kind: "use"))
        }
        return columns
    }
}
