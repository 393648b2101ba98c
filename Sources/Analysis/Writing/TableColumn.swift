/// A column of a table beside the methods' names, ready to be printed.
struct TableColumn {
    /// What programs call it.
    let key: String
    /// The head as HTML, and the unit.
    let head: String, unit: String
    /// What it is, in full.
    let title: String
    let higherIsBetter: Bool
    let values: [Double?]
    let texts: [String]
    let ranking: Ranking
    /// The class of its cells: a quality, or what it took.
    let kind: String

    /// The indices of a table, then time and memory where they are known.
    static func all(of table: ComparisonTable) -> [TableColumn] { indices(of: table) + uses(of: table) }

    private static func indices(of table: ComparisonTable) -> [TableColumn] {
        table.metrics.map { metric in
            let values = table.rows.map { $0.failure == nil ? $0.values[metric.name] : nil }
            let print = ResultText.format(of: values.compactMap(\.self))
            return TableColumn(
                key: metric.name, head: MetricName.html(metric.name), unit: metric.unit,
                title: "\(metric.title); \(metric.variant)", higherIsBetter: metric.higherIsBetter, values: values,
                texts: values.map { $0.map(print) ?? "–" },
                ranking: Ranking(values, higherIsBetter: metric.higherIsBetter, text: print), kind: "index")
        }
    }

    private static func uses(of table: ComparisonTable) -> [TableColumn] {
        let uses: [(String, String, String, (ResourceUse) -> Double?, (Double) -> String)] = [
            ("Time", "s", "seconds on the clock", { $0.seconds }, ResultText.seconds),
            ("CPU", "s", "seconds of all threads together", { $0.cpuSeconds }, ResultText.seconds),
            (
                "Memory", "MB", "the most memory that was resident beyond what was before",
                { $0.memoryBytes.map(Double.init) }, { ResultText.megabytes(Int($0)) }
            ),
        ]
        return uses.compactMap { head, unit, title, use, text in
            let values = table.rows.map { $0.failure == nil ? $0.use.flatMap(use) : nil }
            guard values.contains(where: { $0 != nil }) else { return nil }
            return TableColumn(
                key: head, head: head, unit: unit, title: title, higherIsBetter: false, values: values,
                texts: values.map { $0.map(text) ?? "–" },
                ranking: Ranking([], higherIsBetter: false, text: text), kind: "use")
        }
    }
}
