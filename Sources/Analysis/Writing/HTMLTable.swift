/// The table of one protocol as HTML; the script makes it sortable.
enum HTMLTable {
    /// Columns beside each other at most; what does not fit on a page goes on below.
    private static let mostColumns = 12

    static func html(_ table: ComparisonTable) -> String {
        let columns = TableColumn.all(of: table)
        let parts = Swift.max(1, (columns.count + mostColumns - 1) / mostColumns)
        let share = (columns.count + parts - 1) / parts
        let tables = (0..<parts).map { part in
            let shown = columns[Swift.min(part * share, columns.count)..<Swift.min((part + 1) * share, columns.count)]
            return html(table, Array(shown), id: part == 0 ? table.id : "\(table.id)-\(part + 1)")
        }
        return tables.joined(separator: "\n") + """

            <p class="quiet small">Best <b class="best">bold</b>, second best <span class="second">underlined</span>; \
            ↑ larger is better, ↓ smaller is better.</p>
            """
    }

    private static func html(_ table: ComparisonTable, _ columns: [TableColumn], id: String) -> String {
        let title = HTMLText.escaped(table.title)
        let rows = table.rows.enumerated().map { index, row in
            let name = #"<th scope="row">\#(HTMLText.escaped(row.method))</th>"#
            guard let failure = row.failure else {
                return "<tr>" + name + columns.map { cell($0, index) }.joined() + "</tr>"
            }
            let span = Swift.max(1, columns.count)
            let reason = #"<div class="reason">\#(HTMLText.escaped(failure))</div>"#
            return #"<tr class="failed">\#(name)<td colspan="\#(span)">\#(reason)</td></tr>"#
        }
        let sort = #"<button type="button" class="sort" data-column="method">Method</button>"#
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="Table: \(title)">
            <table class="results" id="table-\(id)">
            <caption class="hidden">\(title)</caption>
            <thead><tr><th scope="col" class="method">\(sort)</th>\(columns.map(head).joined())</tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody></table></div>
            """
    }

    private static func head(_ column: TableColumn) -> String {
        let arrow = column.higherIsBetter ? "↑" : "↓"
        let word = column.higherIsBetter ? "larger is better" : "smaller is better"
        let direction = column.higherIsBetter ? "descending" : "ascending"
        // A lone sign would not be seen.
        let written = column.unit == "°" ? "degrees" : column.unit
        let unit = column.unit.isEmpty ? "" : #"<span class="unit">\#(HTMLText.escaped(written))</span>"#
        let attributes =
            #"class="sort" data-column="\#(HTMLText.escaped(column.key))" data-direction="\#(direction)" "#
            + #"title="\#(HTMLText.escaped(column.title))""#
        return #"<th scope="col" class="\#(column.kind)"><button type="button" \#(attributes)><span>\#(column.head)"#
            + #"<span class="arrow" aria-hidden="true">\#(arrow)</span><span class="hidden"> (\#(word))</span></span>"#
            + "\(unit)</button></th>"
    }

    private static func cell(_ column: TableColumn, _ row: Int) -> String {
        let mark = column.ranking.best.contains(row) ? " best" : column.ranking.second.contains(row) ? " second" : ""
        let word = mark == " best" ? "best" : "second best"
        let value = column.values[row].map { $0.isNaN ? "" : "\($0)" } ?? ""
        let hint = mark.isEmpty ? "" : #"<span class="hidden"> (\#(word))</span>"#
        return #"<td class="\#(column.kind)\#(mark)" data-value="\#(value)">\#(column.texts[row])\#(hint)</td>"#
    }
}
