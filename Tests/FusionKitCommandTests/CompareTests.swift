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
        #expect(page.contains("fusionkit pansharpen --pan pan.tif --ms ms.tif --method GSA -o fused.tif"))
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
        let uses = rows.compactMap { $0["use"] as? [String: Any] }
        #expect(uses.count == rows.count)
        let memory = uses.compactMap { $0["memoryBytes"] as? Int }
        #expect(memory.isEmpty || memory.contains { $0 > 0 }, "\(memory)")
    }

    @Test("files that are missing or damaged are told before any work") func missing() throws {
        try directory.write("no weights", to: "net.safetensors")
        try TestImage.writeWeights(directory.file("eight.safetensors"))
        let before = directory.names
        for (methods, status, text) in [
            ("exp,net.safetensors", 65, "net.safetensors"), ("exp,absent.safetensors", 66, "absent.safetensors"),
            ("exp,a=absent.tif", 66, "absent.tif"), ("exp,eight.safetensors", 65, "ms.tif has 4 bands"),
            ("exp,ms.tif", 64, "write name=ms.tif"),
        ] as [(String, Int32, String)] {
            let outcome = try compare("--methods", methods)
            #expect(outcome.status == status && outcome.error.contains(text), "\(methods): \(outcome.error)")
            #expect(outcome.output.isEmpty && directory.names == before, "\(methods)")
        }
        let memory = try compare("--methods", "exp", "--memory", "64MB")
        #expect(memory.status == 64 && memory.error.contains("Allow more with --memory"), "\(memory.error)")
        #expect(memory.output.isEmpty && directory.names == before)
    }

    @Test("a method that fails on the way is a row, the others stay, and the exit code tells") func failures() throws {
        try TestImage.write(directory.file("half.tif"), bands: 4, width: 128, height: 128, pixelSize: 1)
        // TV is for a ratio of 4.
        func compare(_ methods: String) throws -> Outcome {
            try Program.run(
                "compare", "--pan", "pan.tif", "--ms", "half.tif", "-o", "report", "--overwrite", "--methods", methods,
                in: directory)
        }
        let some = try compare("tv,exp")
        #expect(some.status == 65 && some.error.contains("warning: TV: "), "\(some.error)")
        #expect(some.error.components(separatedBy: "warning: TV: ").count == 2, "said once: \(some.error)")
        #expect(some.error.contains("report/index.html: 1 of 2 methods, "), "\(some.error)")
        #expect(
            some.error.contains("1 of 2 methods failed: TV (reduced resolution, full resolution)."), "\(some.error)")
        let rows = try #require(try results.first?["rows"] as? [[String: Any]])
        #expect(rows.map { $0["failure"] == nil } == [false, true])
        let none = try compare("tv")
        #expect(none.status == 65 && none.error.contains("No method has a result"))
    }

    @Test("an image without a measurement is named") func unknown() throws {
        try TestImage.write(
            directory.file("none.tif"), bands: 4, width: 64, height: 64, type: .float32, pixelSize: 2
        ) { values in for index in values.indices { values[index] = .nan } }
        let outcome = try Program.run(
            "compare", "--pan", "pan.tif", "--ms", "none.tif", "-o", "report", "--methods", "exp", in: directory)
        #expect(outcome.status == 65 && outcome.error.contains("none.tif has no pixel with a measurement"))
    }

    @Test("says which largest number PSNR takes where that is a guess") func peak() throws {
        let guessed = try compare("--methods", "exp")
        #expect(guessed.error.contains("note: PSNR and SSIM take 2047 as the largest number, a guess"))
        #expect(try results.first?["peakOrigin"] as? String == "guess")
        let given = try compare("--methods", "exp", "--peak", "4095", "--overwrite")
        #expect(given.status == 0 && !given.error.contains("PSNR"), "\(given.error)")
        #expect(try results.first?["peak"] as? Double == 4095)
        #expect(try directory.text("report/index.html").contains("PSNR and SSIM take 4095 as the largest number"))
        let sensor = try compare("--methods", "exp", "--sensor", "L8", "--overwrite")
        #expect(sensor.status == 0 && !sensor.error.contains("a guess"), "\(sensor.error)")
        #expect(try results.first?["peak"] as? Double == 65535)
        // One rule: both commands have one number for one image.
        try TestImage.write(directory.file("truth.tif"), bands: 4, width: 256, height: 256, pixelSize: 0.5)
        let evaluated = try Program.run(
            "evaluate", "truth.tif", "--reference", "truth.tif", "--json", in: directory)
        #expect(evaluated.output.contains(#""peak" : 2047"#) && evaluated.output.contains(#""peakOrigin" : "guess""#))
        #expect(evaluated.error.contains("PSNR and SSIM take 2047 as the largest number, a guess"))
    }

    @Test("images of an unusual ratio that nothing places are told to be perhaps two scenes") func unusualRatio() throws
    {
        try TestImage.write(directory.file("p.tif"), bands: 1, width: 200, height: 200)
        try TestImage.write(directory.file("m.tif"), bands: 4, width: 20, height: 20)
        let outcome = try Program.run(
            "compare", "--pan", "p.tif", "--ms", "m.tif", "-o", "report", "--methods", "exp", in: directory)
        let text = "warning: nothing tells where p.tif (200 × 200 pixels) and m.tif (20 × 20) lie"
        #expect(outcome.status == 0 && outcome.error.contains(text), "\(outcome.error)")
        #expect(outcome.error.contains("the ratio of 10 that follows is rare"), "\(outcome.error)")
        let sharpened = try Program.run(
            "pansharpen", "--pan", "p.tif", "--ms", "m.tif", "-o", "f.tif", in: directory)
        #expect(sharpened.status == 0 && sharpened.error.contains(text), "\(sharpened.error)")
        let evaluated = try Program.run("evaluate", "f.tif", "--pan", "p.tif", "--ms", "m.tif", in: directory)
        #expect(evaluated.error.contains(text), "\(evaluated.error)")
    }

    @Test(
        "wrong words are told before any work",
        arguments: [
            (["--methods", "gsaa"], "Did you mean 'GSA'?"), (["--methods", "gsa,GSA"], "twice"),
            (["--methods", ","], "names no method"), (["--region", "1,2,3"], "x,y,width,height"),
            (["--first", "a"], "--second"), (["--first", "a", "--second", "b"], "one pair"),
            (["--sensor", "WV9"], "Did you mean 'WV"), (["--peak", "0"], "above 0"),
            (["--peak", "-5"], "--peak is -5"),
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
            "compare", "--visible", "visible.png", "--infrared", "infrared.png", "--methods",
            "lp,salient-detail,mine=before.png",
            "-o",
            "report", in: directory)
        #expect(outcome.status == 0, "\(outcome.error)")
        let rows = try #require(try results.first?["rows"] as? [[String: Any]])
        #expect(rows.compactMap { $0["method"] as? String } == ["LP", "salient-detail", "mine"])
        let page = try directory.text("report/index.html")
        for method in ["LP", "salient-detail"] {
            #expect(page.contains("fusionkit fuse visible.png infrared.png -o fused.png --method \(method)"))
        }
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
