import Foundation

/// The page: one file that needs no other and no network.
struct ReportPage {
    let comparison: Comparison
    let record: RunRecord
    /// The name of a file to use on the way.
    let scratch: String

    /// The whole document.
    func html() throws -> String {
        var parts: [String: String] = [:]
        parts["title"] = HTMLText.escaped(comparison.title)
        parts["style"] = text(PackageResources.report_css)
        parts["script"] = scripts
        parts["body"] = try body()
        parts["data"] = try data()
        // Each place is filled once, in the order of the page, so that nothing in one part is taken for a place.
        var (rest, html) = (Substring(text(PackageResources.page_html)), "")
        while let open = rest.range(of: "{{"), let close = rest.range(of: "}}") {
            html += rest[..<open.lowerBound] + (parts[String(rest[open.upperBound..<close.lowerBound])] ?? "")
            rest = rest[close.upperBound...]
        }
        return html + rest
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private var scripts: String {
        [
            PackageResources.state_js, PackageResources.tables_js, PackageResources.samples_js,
            PackageResources.colour_js, PackageResources.frames_js, PackageResources.swipe_js,
            PackageResources.errors_js, PackageResources.plots_js, PackageResources.spectra_js,
            PackageResources.main_js,
        ].map(text).joined(separator: "\n")
    }

    private func data() throws -> String {
        let views = try comparison.tables.compactMap { table in try table.view.map { try PageData(table, $0) } }
        return HTMLText.scriptData(String(decoding: try ResultFiles.encoder().encode(views), as: UTF8.self))
    }

    private func body() throws -> String {
        let sections = try comparison.tables.map(section).joined(separator: "\n")
        let links = comparison.tables.map { ##"<li><a href="#\##($0.id)">\##(HTMLText.escaped($0.title))</a></li>"## }
        return """
            <header class="page"><h1>\(HTMLText.escaped(comparison.title))</h1>
            <p class="quiet">\(HTMLText.escaped(summary))</p></header>
            <nav aria-label="Parts"><ul>\(links.joined())<li><a href="#indices">Indices</a></li>\
            <li><a href="#run">How to repeat it</a></li></ul></nav>
            <main>
            \(warnings)
            \(sections)
            \(ReportFacts.indices(comparison))
            \(ReportFacts.run(comparison, record))
            </main>
            <footer>Made by FusionKit. This file needs no other and no network.</footer>
            """
    }

    private var summary: String {
        let methods = Set(comparison.tables.flatMap(\.rows).map(\.method)).count
        let images = comparison.inputs.map {
            "\($0.role) \($0.width) × \($0.height)" + ($0.bands > 1 ? " × \($0.bands)" : "")
        }
        let sensor = comparison.inputs.lazy.compactMap(\.sensor).first.map { "\($0); " } ?? ""
        return
            "\(methods) method\(methods == 1 ? "" : "s"); \(sensor)\(images.joined(separator: ", ")); \(record.date.prefix(10))"
    }

    private var warnings: String {
        let incomplete = comparison.incompleteness.map { "<strong>Incomplete.</strong> \(HTMLText.escaped($0))" }
        let texts = [incomplete].compactMap(\.self) + comparison.warnings.map(HTMLText.escaped)
        return texts.map { #"<p class="warning">\#($0)</p>"# }.joined(separator: "\n")
    }

    private func section(_ table: ComparisonTable) throws -> String {
        let list =
            table.notes.isEmpty
            ? "" : "<ul class=\"quiet\">" + table.notes.map { "<li>\(HTMLText.escaped($0))</li>" }.joined() + "</ul>"
        return """
            <section id="\(table.id)">
            <h2>\(HTMLText.escaped(table.title))</h2>
            <p>\(HTMLText.escaped(table.explanation))</p>
            \(HTMLTable.html(table))
            \(list)
            \(try table.view.map(pictures) ?? "")
            </section>
            """
    }

    private func pictures(_ view: ComparisonView) throws -> String {
        let whole = view.window == view.scene
        let part =
            whole
            ? "The whole scene, \(view.scene.width) × \(view.scene.height) pixels."
            : "A part of \(view.window.width) × \(view.window.height) pixels from column \(view.window.column), row "
                + "\(view.window.row) of \(view.scene.width) × \(view.scene.height); the table is about the whole scene."
        let stretch = view.unit.isEmpty ? "" : " All are stretched alike; sources of one band for themselves."
        let figures = try view.layers.map { layer in
            let png = try LayerPicture.png(layer, of: view, scratch: scratch).base64EncodedString()
            let name = HTMLText.escaped(layer.name)
            return
                #"<figure><div class="frame"><img alt="\#(name)" width="\#(view.window.width)" height="\#(view.window.height)" "#
                + #"src="data:image/png;base64,\#(png)"></div><figcaption><span class="name">\#(name)</span></figcaption></figure>"#
        }
        return """
            <h3>Pictures</h3>
            <p class="quiet">\(part)\(stretch)</p>
            <div class="toolbar tools"></div>
            <div class="closer" hidden><div class="swipe-part"></div><div class="spectrum"></div></div>
            <div class="gallery pictures">
            \(figures.joined(separator: "\n"))
            </div>
            <div class="errors"></div>
            <div class="bands"></div>
            <noscript><p class="warning">Sorting, swiping, error maps and spectra need JavaScript.</p></noscript>
            """
    }
}
