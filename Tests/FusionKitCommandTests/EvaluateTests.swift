import Foundation
import FusionKit
import Testing

@Suite("Evaluating") struct EvaluateTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try TestImage.writePair(in: directory, side: 128)
        try TestImage.write(directory.file("truth.tif"), bands: 4, width: 128, height: 128, pixelSize: 0.5)
        try TestImage.write(directory.file("fused.tif"), bands: 4, width: 128, height: 128, pixelSize: 0.5) { values in
            for index in stride(from: 0, to: values.count, by: 3) { values[index] += 40 }
        }
    }

    @Test("an image with holes is judged by the rest, and says how much that is") func holes() throws {
        try TestImage.write(
            directory.file("holes.tif"), bands: 4, width: 128, height: 128, nodata: 0, pixelSize: 0.5, unknown: 0..<4096
        )
        let table = try Program.run("evaluate", "holes.tif", "fused.tif", "--reference", "truth.tif", in: directory)
        #expect(table.status == 0 && table.output.contains("inf"), "\(table.error)")
        #expect(table.error.contains("holes.tif: 12288 of 16384 pixels (75 %)"), "\(table.error)")
        #expect(!table.error.contains("fused.tif:"), "\(table.error)")
    }

    @Test("without reference prints the indices of the scene") func withoutReference() throws {
        let table = try Program.run(
            "evaluate", "fused.tif", "--pan", "pan.tif", "--ms", "ms.tif", "--sensor", "IKONOS", in: directory)
        #expect(table.status == 0, "\(table.error)")
        let lines = table.output.split(separator: "\n")
        #expect(lines.count == 2 && lines[0].contains("HQNR") && lines[0].contains("R-SAM"), "\(table.output)")
        let csv = try Program.run(
            "evaluate", "fused.tif", "--pan", "pan.tif", "--ms", "ms.tif", "--csv", "--metrics", "d_s,QNR,d_lambda",
            in: directory)
        let values = csv.output.split(separator: "\n").last?.split(separator: ",").dropFirst().compactMap { Double($0) }
        let numbers = try #require(values)
        #expect(abs(numbers[1] - (1 - numbers[0]) * (1 - numbers[2])) < 1e-8, "\(csv.output)")
    }

    @Test("with the truth and the sources prints two tables, and one of all columns for programs") func both() throws {
        let arguments = ["evaluate", "fused.tif", "--reference", "truth.tif", "--pan", "pan.tif", "--ms", "ms.tif"]
        let table = try Program.start(arguments, in: directory).outcome()
        #expect(table.output.contains("by the truth\nfile") && table.output.contains("without reference\nfile"))
        let csv = try Program.start(arguments + ["--csv"], in: directory).outcome()
        #expect(csv.output.split(separator: "\n").count == 2 && csv.output.contains("RMSE,HQNR"), "\(csv.output)")
        let json = try Program.start(arguments + ["--json", "--sensor", "WV4"], in: directory).outcome()
        #expect(json.output.contains(#""sensor" : "WV4""#) && json.output.contains(#""R-ERGAS""#), "\(json.output)")
    }

    @Test("gives the values of each band where it is asked to") func perBand() throws {
        let csv = try Program.run(
            "evaluate", "fused.tif", "--reference", "truth.tif", "--csv", "--per-band", "--metrics", "RMSE,SAM,Q",
            in: directory)
        let lines = csv.output.split(separator: "\n")
        #expect(lines.count == 6 && lines[0] == "file,band,RMSE,SAM,Q", "\(csv.output)")
        #expect(lines[1].hasPrefix("fused.tif,all,") && lines[5].hasPrefix("fused.tif,4,"))
        // Bands are judged jointly by SAM.
        #expect(lines[2].contains(",,"))
        let json = try Program.run(
            "evaluate", "fused.tif", "--reference", "truth.tif", "--json", "--per-band", "--metrics", "RMSE",
            in: directory)
        #expect(json.output.contains(#""bands" : {"#))
    }

    @Test("writes maps that lie where the truth lies") func maps() throws {
        for (kind, side) in [("error", 128), ("sam", 128), ("q2n", 4)] {
            let outcome = try Program.run(
                "evaluate", "fused.tif", "--reference", "truth.tif", "--metrics", "RMSE", "--map", "\(kind).tif",
                "--map-of", kind, in: directory)
            #expect(outcome.status == 0, "\(outcome.error)")
            let map = try TestImage.read(directory.file("\(kind).tif"))
            #expect(map.profile.width == side && map.profile.bands.count == 1)
            #expect(map.profile.geoTransform?.originX == 500_000)
            #expect(map.profile.geoTransform?.columnStepX == 0.5 * Double(128 / side))
        }
        let errors = try TestImage.read(directory.file("error.tif")).values
        #expect(errors[0] > 0 && errors.allSatisfy { $0 < 41 })
        let again = try Program.run(
            "evaluate", "fused.tif", "--reference", "truth.tif", "--map", "error.tif", in: directory)
        #expect(again.status == 73 && again.output.isEmpty)
        let noTruth = try Program.run(
            "evaluate", "fused.tif", "--pan", "pan.tif", "--ms", "ms.tif", "--map", "m.tif", in: directory)
        #expect(noTruth.status == 64 && noTruth.error.contains("--reference"))
    }

    @Test("refuses names of maps in formats that can't hold one, before any work", arguments: ["m.png", "m.xyz", "m"])
    func mapNames(name: String) throws {
        let outcome = try Program.run(
            "evaluate", "absent.tif", "--reference", "absent.tif", "--map", name, in: directory)
        #expect(outcome.status == 64 && outcome.error.contains(".tif, .tiff, .img or .nc"), "\(outcome.error)")
    }

    @Test("writes maps in every format that it names", arguments: ["tif", "tiff", "img", "nc"])
    func mapFormats(format: String) throws {
        let file = "map.\(format)"
        let outcome = try Program.run(
            "evaluate", "fused.tif", "--reference", "truth.tif", "--metrics", "RMSE", "--map", file, in: directory)
        #expect(outcome.status == 0, "\(outcome.error)")
        let map = try TestImage.read(directory.file(file))
        #expect(map.profile.sampleType == .float32 && map.profile.geoTransform?.originX == 500_000)
    }

    @Test("ERGAS takes the ratio of --pan and --ms where they are given") func ratioOfPair() throws {
        try TestImage.write(directory.file("half.tif"), bands: 4, width: 64, height: 64, pixelSize: 1)
        let arguments = ["evaluate", "fused.tif", "--reference", "truth.tif", "--csv", "--metrics", "ERGAS"]
        func value(_ more: [String]) throws -> Double {
            let outcome = try Program.start(arguments + more, in: directory).outcome()
            return try #require(
                outcome.output.split(whereSeparator: { ",\n".contains($0) }).last.flatMap { Double($0) })
        }
        let byPair = try value(["--pan", "pan.tif", "--ms", "half.tif"])
        let (two, four) = (try value(["--ratio", "2"]), try value([]))
        #expect(byPair == two && abs(two - 2 * four) < 1e-7 * two, "\(byPair), \(two), \(four)")
        let assumed = try Program.start(arguments, in: directory).outcome()
        #expect(assumed.error.contains("computed for a ratio of 4"), "\(assumed.error)")
    }

    @Test("says the same thing once, however many images it is about") func repetition() throws {
        let many = try Program.run(
            "evaluate", "fused.tif", "fused.tif", "fused.tif", "--reference", "truth.tif", "--peak", "60000",
            in: directory)
        #expect(many.error.components(separatedBy: "Give --peak").count == 2, "\(many.error)")
        try TestImage.write(directory.file("p.tif"), bands: 1, width: 32, height: 32, pixelSize: 0.5)
        try TestImage.write(directory.file("m.tif"), bands: 4, width: 8, height: 8, pixelSize: 2)
        try TestImage.write(directory.file("f.tif"), bands: 4, width: 32, height: 32, pixelSize: 0.5)
        let small = try Program.run("evaluate", "f.tif", "f.tif", "--pan", "p.tif", "--ms", "m.tif", in: directory)
        let lines = small.error.split(separator: "\n")
        #expect(Set(lines).count == lines.count && !small.error.contains("border cut"), "\(small.error)")
    }

    @Test("a value that is no number is NaN, whoever reads it") func notANumber() throws {
        try TestImage.write(directory.file("flat.tif"), bands: 1, width: 64, height: 64, constant: 7)
        let arguments = ["evaluate", "flat.tif", "--reference", "flat.tif", "--metrics", "CC,RMSE"]
        for (format, text) in [([], "  NaN  0.0000"), (["--csv"], ",NaN,0"), (["--json"], #""CC" : "NaN""#)] {
            let outcome = try Program.start(arguments + format, in: directory).outcome()
            #expect(outcome.output.contains(text), "\(outcome.output)\(outcome.error)")
        }
    }

    @Test("folds its table to a terminal, and to nothing else") func folding() throws {
        let arguments = ["evaluate", "fused.tif", "--pan", "pan.tif", "--ms", "ms.tif"]
        let terminal = try Program.onTerminal(arguments, columns: 60, in: directory)
        let lines = terminal.split(whereSeparator: \.isNewline).map(String.init)
        let heads = lines.filter { $0.hasPrefix("file") }
        #expect(lines.allSatisfy { $0.count <= 60 } && heads.count == 3 && heads[0].contains("HQNR"), "\(terminal)")
        #expect(lines.count { $0.hasPrefix("fused.tif") } == 3 && heads.last?.hasSuffix("D_rho") == true)
        let file = try Program.start(arguments, in: directory).outcome()
        #expect(file.output.split(separator: "\n").count == 2)
        let methods = try Program.onTerminal(["methods"], columns: 70, in: directory)
        let rows = methods.split(whereSeparator: \.isNewline).map(String.init)
        #expect(rows.allSatisfy { $0.count <= 70 } && rows.contains { $0.hasPrefix("MTF-GLP-HPM ") }, "\(methods)")
    }

    @Test("measures folders picture by picture, with their mean, and goes on past one that fails") func folders() throws
    {
        for folder in ["results", "truths"] {
            try FileManager.default.createDirectory(atPath: directory.file(folder), withIntermediateDirectories: true)
        }
        for (name, offset) in [("a", Float(2)), ("b", 4), ("c", 6)] {
            try TestImage.write(directory.file("truths/\(name).tif"), bands: 1, width: 40, height: 40)
            try TestImage.write(
                directory.file("results/\(name).png"), bands: 1, width: name == "c" ? 39 : 40, height: 40
            ) { values in for index in values.indices { values[index] += offset } }
        }
        let outcome = try Program.run(
            "evaluate", "results", "--reference", "truths", "--csv", "--metrics", "RMSE", in: directory)
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 5 && lines[0] == "file,RMSE,failure", "\(outcome.output)\(outcome.error)")
        #expect(lines[1] == "a,2," && lines[2] == "b,4," && lines.last == "mean,3,", "\(outcome.output)")
        #expect(lines[3].hasPrefix("c,,") && lines[3].contains("39 × 40"), "\(outcome.output)")
        let json = try Program.run(
            "evaluate", "results", "--reference", "truths", "--json", "--metrics", "RMSE", in: directory)
        #expect(json.output.contains(#""failure" : "results/c.png has"#), "\(json.output)")
        let several = try Program.run("evaluate", "results", "truths", "--reference", "truths", in: directory)
        #expect(several.status == 64 && several.error.contains("2 folders of fused images"), "\(several.error)")
        // Pictures have no ratio.
        let grey = try Program.run("evaluate", "results", "--reference", "truths", in: directory)
        #expect(!grey.error.contains("ERGAS"), "\(grey.error)")
        #expect(outcome.status == 65 && outcome.error.contains("1 of 3 images could not be measured: c."))
        let mixed = try Program.run("evaluate", "results", "--reference", "truth.tif", in: directory)
        #expect(mixed.status == 64 && mixed.error.contains("results is a folder"))
        let absent = try Program.run("evaluate", "results", "--reference", "absent", in: directory)
        #expect(absent.status == 66 && absent.error.contains("absent: there is no such file"), "\(absent.error)")
    }

    @Test("names the indices of what is measured when one is not known") func names() throws {
        let unknown = try Program.run(
            "evaluate", "fused.tif", "--pan", "pan.tif", "--ms", "ms.tif", "--metrics", "HQNX", in: directory)
        #expect(
            unknown.status == 64 && unknown.error.contains("Did you mean 'HQNR'?") && !unknown.error.contains("SSIM"))
        let other = try Program.run(
            "evaluate", "fused.tif", "--reference", "truth.tif", "--metrics", "QNR", in: directory)
        #expect(other.status == 64 && other.error.contains("needs --pan and --ms"), "\(other.error)")
        let variants = try Program.run(
            "evaluate", "fused.tif", "--reference", "truth.tif", "--metrics", "psnr-global,SSIM_wang", "--csv",
            in: directory)
        #expect(variants.output.hasPrefix("file,PSNR-global,SSIM_wang\n"), "\(variants.error)")
    }

    @Test("says what does not fit together") func refusals() throws {
        try TestImage.write(directory.file("three.tif"), bands: 3, width: 32, height: 32, pixelSize: 2)
        try TestImage.write(directory.file("small.tif"), bands: 4, width: 64, height: 64, pixelSize: 0.5)
        try TestImage.write(directory.file("far.tif"), bands: 4, width: 128, height: 128, pixelSize: 0.6)
        try TestImage.write(
            directory.file("none.tif"), bands: 4, width: 128, height: 128, type: .float32, pixelSize: 0.5
        ) { values in for index in values.indices { values[index] = .nan } }
        for (arguments, status, text) in [
            (["fused.tif"], 64, "Nothing to compare with"),
            (["fused.tif", "--pan", "pan.tif"], 64, "--pan and --ms go together"),
            (["fused.tif", "--pan", "pan.tif", "--ms", "three.tif"], 65, "fused.tif has 4 bands and three.tif 3"),
            (["small.tif", "--pan", "pan.tif", "--ms", "ms.tif"], 65, "small.tif has 64 × 64 pixels and pan.tif"),
            (["far.tif", "--pan", "pan.tif", "--ms", "ms.tif"], 65, "do not lie on"),
            (["fused.tif", "--pan", "pan.tif", "--ms", "ms.tif", "--ratio", "2"], 64, "--ratio is 2"),
            (["fused.tif", "--pan", "ms.tif", "--ms", "pan.tif"], 65, "swapped"),
            (["fused.tif", "--reference", "none.tif"], 65, "none.tif has no pixel with a measurement"),
            (["none.tif", "--reference", "truth.tif"], 65, "none.tif has no pixel with a measurement"),
            (["none.tif", "--pan", "pan.tif", "--ms", "ms.tif"], 65, "none.tif has no pixel with a measurement"),
            (["fused.tif", "--reference", "absent.tif"], 66, "absent.tif"),
            (["fused.tif", "--pan", "pan.tif", "--ms", "ms.tif", "--memory", "64MB"], 64, "Allow more with --memory"),
            (["fused.tif", "--reference", "truth.tif", "--map-of", "sam"], 64, "--map-of says what --map FILE shows"),
            (["fused.tif", "--reference", "truth.tif", "--overwrite"], 64, "--overwrite goes with --map"),
            (["fused.tif", "--reference", "truth.tif", "--peak", "-5"], 64, "--peak is -5; give a number above 0"),
            (["fused.tif", "--reference", "truth.tif", "--ratio", "-2"], 64, "--ratio is -2; give 1 or more"),
            (["fused.tif", "--pan", "pan.tif", "--ms", "ms.tif", "--bits", "8"], 64, "--bits goes with --reference"),
            (["fused.tif", "--pan", "pan.tif", "--ms", "ms.tif", "--cut", "dlpan"], 64, "--cut goes with --reference"),
        ] as [([String], Int32, String)] {
            let outcome = try Program.start(["evaluate"] + arguments, in: directory).outcome()
            #expect(
                outcome.status == status && outcome.error.contains(text) && outcome.output.isEmpty,
                "\(arguments): \(outcome.status) \(outcome.error)")
            #expect(!outcome.error.contains("ERGAS is computed"), "\(arguments): \(outcome.error)")
        }
    }

    @Test("checks all that it measures by before it measures by any") func checksFirst() throws {
        let both = try Program.run(
            "evaluate", "fused.tif", "--reference", "truth.tif", "--pan", "pan.tif", "--ms", "ms.tif", "--memory",
            "64MB", in: directory)
        #expect(both.status == 64 && both.error.contains("Allow more with --memory"), "\(both.error)")
        #expect(both.output.isEmpty && !both.error.contains("PSNR"), "\(both.error)")
    }

    @Test("the bits of a sensor count by the truth too") func sensorBits() throws {
        func psnr(_ more: String...) throws -> Double {
            let outcome = try Program.start(
                ["evaluate", "fused.tif", "--reference", "truth.tif", "--csv", "--metrics", "PSNR"] + more,
                in: directory
            ).outcome()
            return try #require(outcome.output.split(separator: ",").last.flatMap { Double($0.dropLast()) })
        }
        let (wide, narrow) = (try psnr("--sensor", "L8"), try psnr("--bits", "16"))
        #expect(wide == narrow)
        #expect(try psnr("--sensor", "WV3") == psnr())
    }

    @Test("says whose gains are used when the sensor has more bands than the image") func fewerBands() throws {
        try TestImage.write(directory.file("ms3.tif"), bands: 3, width: 32, height: 32, pixelSize: 2)
        try TestImage.write(directory.file("fused3.tif"), bands: 3, width: 128, height: 128, pixelSize: 0.5)
        let outcome = try Program.run(
            "evaluate", "fused3.tif", "--pan", "pan.tif", "--ms", "ms3.tif", "--sensor", "QB", in: directory)
        #expect(
            outcome.status == 0 && outcome.error.contains("its first, Blue, Green, Red, are used"), "\(outcome.error)")
    }

    @Test("keeps the rows so far when it is stopped") func stops() throws {
        try TestImage.write(directory.file("large.tif"), bands: 8, width: 3000, height: 3000)
        let program = try Program.start(
            [
                "evaluate", "large.tif", "large.tif", "large.tif", "large.tif", "large.tif", "large.tif", "large.tif",
                "large.tif", "--reference", "large.tif", "--threads", "1", "--metrics", "RMSE,SSIM,Q",
            ], in: directory)
        usleep(2_000_000)
        kill(program.process.processIdentifier, SIGINT)
        let outcome = try program.outcome()
        #expect(outcome.status == 130, "\(outcome.error)")
        #expect(outcome.error.contains("of 8 images were measured"), "\(outcome.error)")
    }

    @Test("has the same numbers with one thread and with several") func threads() throws {
        var outputs: Set<String> = []
        for threads in ["1", "4"] {
            let outcome = try Program.run(
                "evaluate", "fused.tif", "--reference", "truth.tif", "--pan", "pan.tif", "--ms", "ms.tif", "--json",
                "--threads", threads, in: directory)
            outputs.insert(outcome.output)
        }
        #expect(outputs.count == 1)
    }
}

@Suite("Evaluating pictures by their sources") struct EvaluatePicturesTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        for (name, bands, offset) in [("visible", 3, Float(0)), ("infrared", 1, 30), ("fused", 3, 15)] {
            try TestImage.write(
                directory.file("\(name).png"), bands: bands, width: 64, height: 60, type: .uint8
            ) { values in for index in values.indices { values[index] = (values[index] / 10 + offset).rounded() } }
        }
    }

    @Test("prints the indices of both, whatever the sources are called") func names() throws {
        let visible = try Program.run(
            "evaluate", "fused.png", "--visible", "visible.png", "--infrared", "infrared.png", "--csv", in: directory)
        #expect(visible.status == 0 && visible.output.hasPrefix("file,EN,SD,SF,"), "\(visible.output)\(visible.error)")
        let generic = try Program.run(
            "evaluate", "fused.png", "--first", "visible.png", "--second", "infrared.png", "--csv", in: directory)
        #expect(generic.output == visible.output)
        let medical = try Program.run(
            "evaluate", "fused.png", "--pet", "infrared.png", "--mri", "visible.png", "--csv", in: directory)
        #expect(medical.output == visible.output)
        let profile = try Program.run(
            "evaluate", "fused.png", "--first", "visible.png", "--second", "infrared.png", "--csv", "--profile", "mfif",
            in: directory)
        #expect(profile.output.hasPrefix("file,VIFF,AG,"), "\(profile.output)\(profile.error)")
        let chosen = try Program.run(
            "evaluate", "fused.png", "--first", "visible.png", "--second", "infrared.png", "--csv", "--metrics",
            "scd,qab_f", in: directory)
        #expect(chosen.output.hasPrefix("file,SCD,Q"), "\(chosen.output)\(chosen.error)")
    }

    @Test("lists each index once, and says whose RMSE it is") func listed() throws {
        let pictures = ["evaluate", "fused.png", "--visible", "visible.png", "--infrared", "infrared.png"]
        let unknown = try Program.start(pictures + ["--metrics", "NMX"], in: directory).outcome()
        let list = unknown.error.components(separatedBy: "Known are ").last?.prefix { $0 != "." } ?? ""
        let names = list.components(separatedBy: ", ")
        #expect(
            Set(names).count == names.count && names.contains("NMI") && names.contains("N^AB/F"), "\(unknown.error)")
        let verbose = try Program.start(pictures + ["-v", "--metrics", "RMSE"], in: directory).outcome()
        #expect(verbose.error.contains("RMSE: VIFB’s √(Σd²)/n"), "\(verbose.error)")
    }

    @Test("says what is missing or does not go together") func refusals() throws {
        try TestImage.write(directory.file("small.png"), bands: 1, width: 32, height: 60, type: .uint8)
        for (arguments, status, text) in [
            (["--visible", "visible.png"], 64, "--visible is one of two pictures; give --infrared too"),
            (["--pet", "visible.png"], 64, "--pet is one of two pictures; give --mri too"),
            (
                ["--visible", "visible.png", "--mri", "visible.png", "--infrared", "infrared.png"], 64,
                "--visible and --mri both name the first of two pictures"
            ),
            (["--visible", "visible.png", "--infrared", "infrared.png", "--per-band"], 64, "--per-band is for bands"),
            (
                ["--visible", "visible.png", "--ct", "infrared.png"], 64,
                "--visible and --ct are of two kinds of pairs: --visible goes with --infrared"
            ),
            (
                ["--visible", "visible.png", "--infrared", "infrared.png", "--map", "m.tif"], 64,
                "and pictures have none"
            ),
            (["--visible", "visible.png", "--infrared", "infrared.png", "--ratio", "2"], 64, "--ratio goes with"),
            (
                ["--visible", "visible.png", "--infrared", "small.png"], 65,
                "The sources are visible.png of 64 × 60 pixels and small.png of 32 × 60, the fused picture fused.png of 64 × 60"
            ),
            (
                ["--visible", "visible.png", "--infrared", "infrared.png", "--reference", "fused.png"], 64,
                "by their sources alone"
            ),
            (["--reference", "visible.png", "--profile", "vifb"], 64, "--profile goes with"),
            (["--visible", "visible.png", "--infrared", "infrared.png", "--metrics", "SAM"], 64, "needs --reference"),
            (["--visible", "visible.png", "--infrared", "absent.png"], 66, "absent.png"),
        ] as [([String], Int32, String)] {
            let outcome = try Program.start(["evaluate", "fused.png"] + arguments, in: directory).outcome()
            #expect(outcome.status == status && outcome.error.contains(text), "\(arguments): \(outcome.error)")
        }
    }
}
