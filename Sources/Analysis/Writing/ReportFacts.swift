/// The parts of the page that say what the numbers are and how to get them again.
enum ReportFacts {
    /// What each index is.
    static func indices(_ comparison: Comparison) -> String {
        var metrics: [MetricColumn] = []
        for metric in comparison.tables.flatMap(\.metrics) where !metrics.contains(metric) { metrics.append(metric) }
        guard !metrics.isEmpty else { return #"<section id="indices"></section>"# }
        let rows = metrics.map { metric in
            let unit = metric.unit.isEmpty ? "" : " [\(metric.unit)]"
            let cells = [
                metric.title + unit, metric.higherIsBetter ? "↑" : "↓", metric.variant,
                metric.source,
            ]
            return row(head: MetricName.html(metric.name), cells)
        }
        return """
            <section id="indices"><h2>Indices</h2>
            <div class="scroll" tabindex="0" role="region" aria-label="Indices"><table class="facts legend"><thead><tr>\
            <th scope="col">Index</th><th scope="col">Name</th><th scope="col"><span class="hidden">Better</span></th><th scope="col">Variant</th>\
            <th scope="col">Source</th></tr></thead><tbody>
            \(rows.joined(separator: "\n"))
            </tbody></table></div></section>
            """
    }

    /// Images, machine, commands.
    static func run(_ comparison: Comparison, _ record: RunRecord) -> String {
        let inputs = comparison.inputs.map { input in
            let bands = input.bands == 1 ? "1 band" : "\(input.bands) bands"
            let sensor = input.sensor.map { ", \($0)" } ?? ""
            return row(
                input.role, [input.file, "\(input.width) × \(input.height) pixels, \(bands), \(input.type)\(sensor)"])
        }
        let versions = record.versions.map { "\($0.name) \($0.version)" }.joined(separator: ", ")
        let machine =
            "\(record.processor), \(record.cores) core\(record.cores == 1 ? "" : "s"), "
            + "\(record.memoryBytes >> 30) GiB; \(record.threads) thread\(record.threads == 1 ? "" : "s") used"
        let facts = [
            row("Date", [record.date]), row("Versions", [versions]), row("Machine", [machine]),
            row("Folder", [record.directory]),
        ]
        let notes = comparison.notes.map { "<p>\(HTMLText.escaped($0))</p>" }.joined(separator: "\n")
        let single =
            comparison.commands.isEmpty
            ? ""
            : "<h3>One method alone</h3>\n<pre>\(HTMLText.escaped(comparison.commands.joined(separator: "\n")))</pre>"
        return """
            <section id="run"><h2>How to repeat it</h2>
            <pre>\(HTMLText.escaped(record.command))</pre>
            <table class="facts"><tbody>
            \(facts.joined(separator: "\n"))
            </tbody></table>
            <h3>Images</h3>
            <div class="scroll"><table class="facts"><tbody>
            \(inputs.joined(separator: "\n"))
            </tbody></table></div>
            \(notes)
            <p>Time is that of one run from file to file, reading and writing included; memory is what became resident beyond what \
            was before the run.</p>
            \(single)
            </section>
            """
    }

    private static func row(_ name: String, _ cells: [String]) -> String {
        row(head: HTMLText.escaped(name), cells)
    }

    private static func row(head: String, _ cells: [String]) -> String {
        #"<tr><th scope="row">\#(head)</th>"#
            + cells.map { "<td>\(HTMLText.escaped($0))</td>" }.joined() + "</tr>"
    }
}
