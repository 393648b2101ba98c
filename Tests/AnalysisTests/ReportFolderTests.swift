import Analysis
import Foundation
import Metrics
import Raster
import Testing

@Suite("Report") struct ReportFolderTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try Scene.simulate(in: directory)
    }

    @discardableResult
    private func write(
        to name: String = "report", overwrites: Bool = false, complete: Bool = true
    ) throws -> String {
        var candidates = Scene.classical("EXP", "GSA", "MTF-GLP")
        candidates.append(.init(name: "net_1 & \"co\", <b>", source: Scene.broken.source))
        let folder = try ReportFolder(directory.file(name), overwrites: overwrites)
        var comparison = try SharpeningComparison(
            pan: directory.file("pan.tif"), ms: directory.file("ms.tif"), candidates: candidates, sensor: .ikonos
        ).run(in: folder.work)
        comparison.isComplete = complete
        return try folder.write(comparison, record: .test, latex: true)
    }

    @Test("it is one page, two tables for programs and one for papers, and nothing else") func files() throws {
        try write()
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.file("report")).sorted()
        #expect(names == ["index.html", "results.csv", "results.json", "table.tex"])
        #expect(directory.names == ["ms.tif", "pan.tif", "report", "truth.tif"])
        let page = try directory.text("report/index.html")
        #expect(page.utf8.count < 15_000_000)
    }

    @Test("the page loads nothing and takes no text for markup") func page() throws {
        try write(complete: false)
        let page = try directory.text("report/index.html")
        let pattern = #/\s(?:src|href|action|poster)="([^"]+)"/#
        for match in page.matches(of: pattern) {
            let target = match.output.1
            #expect(target.hasPrefix("data:image/png;base64,") || target.hasPrefix("#"), "\(target.prefix(60))")
        }
        #expect(!page.contains("@import") && !page.contains("url("))
        // An address of the SVG standard is a name, and no other address is in the page.
        let addresses = page.replacing("http://www.w3.org/2000/svg", with: "")
        #expect(!addresses.contains("http://") && !addresses.contains("https://"))
        #expect(!page.contains("<b>.tif") && page.contains("a &lt;b&gt;.tif"))
        #expect(page.contains("net_1 &amp; &quot;co&quot;, &lt;b&gt;") && page.contains("Incomplete"))
        #expect(page.matches(of: #/<\/script>/#).count == 2)
        #expect(!page.contains("{{"))
    }

    @Test("the table of comma-separated values has a field for each column") func csv() throws {
        try write()
        let lines = try directory.text("report/results.csv").split(separator: "\r\n").map(String.init)
        #expect(lines.count == 1 + 2 * 4)
        #expect(lines[0].hasPrefix("protocol,method,SAM,ERGAS") && lines[0].hasSuffix(",peak_memory_bytes,failure"))
        let columns = lines[0].split(separator: ",").count
        #expect(lines[1].split(separator: ",", omittingEmptySubsequences: false).count == columns)
        #expect(lines[1].hasPrefix("reduced,EXP,"))
        #expect(lines[4].hasPrefix(#"reduced,"net_1 & ""co"", <b>",,,"#) && lines[4].contains("defined for no ratio"))
    }

    @Test("the document for programs has what the tables have") func json() throws {
        try write()
        let data = try Data(contentsOf: URL(fileURLWithPath: directory.file("report/results.json")))
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let tables = try #require(object["tables"] as? [[String: Any]])
        let rows = try #require(tables.first?["rows"] as? [[String: Any]])
        let values = try #require(rows.first?["values"] as? [String: Double])
        #expect(object["isComplete"] as? Bool == true && tables.count == 2 && rows.count == 4)
        #expect((values["SAM"] ?? 0) > 0 && (rows.first?["use"] as? [String: Any])?["seconds"] != nil)
        let run = try #require(object["run"] as? [String: Any])
        #expect(run["command"] as? String == "fusionkit compare --pan 'a <b>.tif'")
    }

    @Test("the table for papers is balanced, escaped, and marks one best of each column") func latex() throws {
        try write()
        let text = try directory.text("report/table.tex")
        #expect(text.count { $0 == "{" } == text.count { $0 == "}" })
        #expect(text.matches(of: #/\\begin\{table\}/#).count == 2 && text.contains(#"\toprule"#))
        for part in text.components(separatedBy: #"\toprule"#).dropFirst() {
            let rows = part.split(separator: "\n").filter { $0.hasSuffix(#"\\"#) }
            let columns = Set(rows.map { $0.components(separatedBy: " & ").count })
            #expect(rows.count == 4 && columns.count == 1 && columns.max() ?? 99 <= 12, "\(rows)")
        }
        let heads = text.matches(of: #/\\(up|down)arrow/#).count
        let metrics = Metrics.withReference.count + Metrics.withoutReference.count
        #expect(heads == metrics && text.matches(of: #/\\textbf/#).count >= metrics - 3)
        #expect(text.contains(#"\underline"#) && text.contains(#"D$_{\lambda,\mathrm{K}}$"#))
    }

    @Test("what LaTeX reads as more than text is escaped in names and captions") func latexNames() throws {
        let name = #"50 % #1 & {x}_$y~^\"#
        let folder = try ReportFolder(directory.file("report"), overwrites: false)
        let comparison = try SharpeningComparison(
            pan: directory.file("pan.tif"), ms: directory.file("ms.tif"),
            candidates: [.init(name: name, source: .image(directory.file("truth.tif")))], sensor: .ikonos
        ).run(in: folder.work)
        let text = LaTeXTable.text(comparison)
        let escaped = ##"50 \% \#1 \& \{x\}\_\$y\textasciitilde{}\textasciicircum{}\textbackslash{}"##
        #expect(text.contains(escaped + " & "), "\(text)")
        // Beyond the first two lines nothing is a comment.
        let body = text.split(separator: "\n").filter { !$0.hasPrefix("% ") }
        #expect(!body.joined().replacing(#"\%"#, with: "").contains("%"))
    }

    @Test("an existing report is replaced only when asked, a folder with more in it never") func overwriting() throws {
        try write()
        #expect(throws: RasterError.self) { try ReportFolder(directory.file("report"), overwrites: false) }
        try write(overwrites: true)
        try directory.write("mine", to: "report/notes.txt")
        #expect(throws: RasterError.self) { try ReportFolder(directory.file("report"), overwrites: true) }
        #expect(try directory.text("report/notes.txt") == "mine")
        #expect(throws: RasterError.self) { try ReportFolder(directory.file("pan.tif"), overwrites: true) }
        #expect(throws: RasterError.self) { try ReportFolder(directory.file("absent/report"), overwrites: false) }
    }

    @Test("a report that is not complete replaces none: it gets a name of its own beside it") func incomplete() throws {
        try write()
        let complete = try directory.text("report/index.html")
        let written = try write(overwrites: true, complete: false)
        #expect(written == directory.file("report-incomplete"))
        #expect(try directory.text("report/index.html") == complete && !complete.contains("Incomplete"))
        #expect(try directory.text("report-incomplete/index.html").contains("Incomplete"))
        #expect(directory.names == ["ms.tif", "pan.tif", "report", "report-incomplete", "truth.tif"])
        // Where there is none, it gets the name that was asked for.
        #expect(try write(to: "other", complete: false) == directory.file("other"))
    }

    @Test("nothing is left of a report that is given up") func givenUp() throws {
        do {
            let folder = try ReportFolder(directory.file("report"), overwrites: false)
            #expect(FileManager.default.fileExists(atPath: folder.work))
        }
        #expect(directory.names == ["ms.tif", "pan.tif", "truth.tif"])
    }
}
