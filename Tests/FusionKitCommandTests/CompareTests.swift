import Foundation
import FusionKit
import Testing

@Suite("Compare") struct CompareTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try TestImage.writePair(in: directory, side: 256)
    }

    private func compare(_ arguments: String..., in folder: String = "report") throws -> Outcome {
        try Program.start(
            ["compare", "--pan", "pan.tif", "--ms", "ms.tif", "-o", folder] + arguments, in: directory
        ).outcome()
    }

    private var results: [[String: Any]] {
        get throws {
            let data = try Data(contentsOf: URL(fileURLWithPath: directory.file("report/results.json")))
            let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
            return try #require(object?["tables"] as? [[String: Any]])
        }
    }

    @Test("a report is a folder with a page and tables, and nothing else stays") func report() throws {
        let outcome = try compare("--methods", "exp,gsa", "--methods", "mtf-glp-hpm", "--latex")
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.output.contains("Reduced resolution\nmethod") && outcome.output.contains("MTF-GLP-HPM"))
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.file("report")).sorted()
        #expect(names == ["index.html", "results.csv", "results.json", "table.tex"])
        #expect(directory.names == ["ms.tif", "pan.tif", "report"])
        let page = try directory.text("report/index.html")
        #expect(page.contains("fusionkit compare --pan pan.tif --ms ms.tif -o report --methods exp,gsa"))
        #expect(page.contains("fusionkit pansharpen --pan pan.tif --ms ms.tif --method GSA --sensor none -o fused.tif"))
        let again = try compare("--methods", "exp")
        #expect(again.status == 73 && again.error.contains("--overwrite"))
        #expect(try compare("--methods", "exp", "--overwrite").status == 0)
        #expect(try results.first?["rows"].map { ($0 as? [Any])?.count } == 1)
    }

    @Test("without --methods a choice of methods is compared") func defaults() throws {
        #expect(try compare().status == 0)
        let rows = try #require(try results.first?["rows"] as? [[String: Any]])
        let names = rows.compactMap { $0["method"] as? String }
        #expect(names.count >= 5 && names.first == "EXP" && names.contains("GSA"))
    }

    @Test("weights that fail are a row, and a failure when nothing else is there") func failures() throws {
        try directory.write("no weights", to: "net.safetensors")
        let some = try compare("--methods", "net.safetensors,exp")
        #expect(some.status == 0 && some.error.contains("warning: net: "), "\(some.error)")
        #expect(some.error.components(separatedBy: "warning: net: ").count == 2, "said once: \(some.error)")
        let none = try compare("--methods", "net.safetensors", "--overwrite")
        #expect(none.status == 65 && none.error.contains("No method has a result"))
    }

    @Test(
        "wrong words are told before any work",
        arguments: [
            (["--methods", "gsaa"], "Did you mean 'GSA'?"), (["--methods", "gsa,GSA"], "twice"),
            (["--methods", ","], "names no method"), (["--region", "1,2,3"], "x,y,width,height"),
            (["--first", "a"], "--second"), (["--first", "a", "--second", "b"], "one pair"),
            (["--sensor", "WV9"], "Did you mean 'WV"), (["--peak", "0"], "above 0"),
            (["--peak", "-5"], "--peak is -5"), (["--peak", "100"], "--peak goes with weights"),
            (["--mri", "a"], "--ct, --pet or --spect"), (["--region", "-1,2,30,40"], "--region -1,2,30,40 is no part"),
        ])
    func words(arguments: [String], text: String) throws {
        let outcome = try Program.start(
            ["compare", "--pan", "pan.tif", "--ms", "ms.tif", "-o", "report"] + arguments, in: directory
        ).outcome()
        #expect(outcome.status == 64 && outcome.error.contains(text), "\(outcome.error)")
        #expect(directory.names == ["ms.tif", "pan.tif"])
    }

    @Test("a region outside the scene and images that don't fit are refused") func badInput() throws {
        let region = try compare("--methods", "exp", "--region", "200,0,100,100")
        #expect(region.status == 64 && region.error.contains("not within"))
        let swapped = try Program.run("compare", "--pan", "ms.tif", "--ms", "pan.tif", "-o", "r", in: directory)
        #expect(swapped.status == 65 && swapped.error.contains("swapped"))
        #expect(directory.names == ["ms.tif", "pan.tif"])
    }

    @Test("a scene too small to be degraded is judged at full resolution, and that is said in a line") func tooSmall()
        throws
    {
        try TestImage.write(directory.file("p.tif"), bands: 1, width: 12, height: 12, pixelSize: 0.5)
        try TestImage.write(directory.file("m.tif"), bands: 4, width: 3, height: 3, pixelSize: 2)
        let outcome = try Program.run(
            "compare", "--pan", "p.tif", "--ms", "m.tif", "--methods", "exp", "-o", "report", in: directory)
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.error.contains("warning: There is no assessment at reduced resolution. p.tif and m.tif"))
        #expect(outcome.output.hasPrefix("Full resolution\n"))
        #expect(try directory.text("report/index.html").contains("There is no assessment at reduced resolution"))
    }

    @Test("pictures are fused and compared, beside one that was fused before") func pictures() throws {
        for name in ["visible.png", "infrared.png", "before.png"] {
            try TestImage.write(directory.file(name), bands: 1, width: 96, height: 64, type: .uint8) { values in
                for index in values.indices { values[index] = (values[index] / 8 + Float(name.count * index % 17)) }
            }
        }
        let outcome = try Program.run(
            "compare", "--visible", "visible.png", "--infrared", "infrared.png", "--methods", "lp,mine=before.png",
            "-o",
            "report", in: directory)
        #expect(outcome.status == 0, "\(outcome.error)")
        let rows = try #require(try results.first?["rows"] as? [[String: Any]])
        #expect(rows.compactMap { $0["method"] as? String } == ["LP", "mine"])
        let page = try directory.text("report/index.html")
        #expect(page.contains("fusionkit fuse visible.png infrared.png -o fused.png --method LP</pre>"))
        let medical = try Program.run(
            "compare", "--mri", "visible.png", "--pet", "infrared.png", "--methods", "lp", "-o", "medical",
            in: directory)
        #expect(medical.status == 0, "\(medical.error)")
        #expect(try directory.text("medical/index.html").contains("what it keeps of MRI and PET"))
        let sharpening = try Program.run(
            "compare", "--visible", "visible.png", "--infrared", "infrared.png", "--sensor", "WV3", "-o", "r",
            in: directory)
        #expect(sharpening.status == 64 && sharpening.error.contains("--sensor goes with"))
    }

    @Test("Ctrl-C keeps the results so far, in a report that says so") func interrupted() throws {
        for name in directory.names { try FileManager.default.removeItem(atPath: directory.file(name)) }
        try TestImage.writePair(in: directory, side: 2048)
        let program = try Program.start(
            [
                "compare", "--pan", "pan.tif", "--ms", "ms.tif", "-o", "report", "--threads", "1", "--methods",
                "exp,mtf-glp,mtf-glp-hpm,mtf-glp-hpm-r,gs2-glp",
            ], in: directory)
        // At full resolution PAN's size of fused image appears; by then the first table is complete.
        let deadline = Date(timeIntervalSinceNow: 60)
        while program.process.isRunning, Date() < deadline, !hasFullResolution() { usleep(5000) }
        program.process.interrupt()
        let outcome = try program.outcome()
        #expect(outcome.status == 130, "\(outcome.error)")
        #expect(directory.names == ["ms.tif", "pan.tif", "report"])
        #expect(try directory.text("report/index.html").contains("Incomplete"))
        let rows = try #require(try results.first?["rows"] as? [[String: Any]])
        #expect(rows.count == 5 && outcome.error.contains("stopped"))
        #expect(outcome.error.contains("Not reached: full resolution: "), "\(outcome.error)")
        #expect(outcome.error.contains("gs2-glp") || outcome.error.contains("GS2-GLP"), "\(outcome.error)")
    }

    /// Whether a fused image of many bytes grows in the hidden folder.
    private func hasFullResolution() -> Bool {
        guard let hidden = directory.names.first(where: { $0.hasPrefix(".fusionkit") }) else { return false }
        let walker = FileManager.default.enumerator(atPath: directory.file(hidden))
        while let name = walker?.nextObject() as? String {
            let attributes = try? FileManager.default.attributesOfItem(atPath: directory.file("\(hidden)/\(name)"))
            if let size = attributes?[.size] as? Int, name.hasSuffix("fused.tif"), size > 20_000_000 { return true }
        }
        return false
    }
}
