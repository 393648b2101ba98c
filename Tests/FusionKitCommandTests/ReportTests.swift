import Foundation
import FusionKit
import Testing

@Suite("Reports") struct ReportTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test(
        "every command explains itself",
        arguments: ["pansharpen", "evaluate", "simulate", "view", "convert", "info", "methods", "verify"])
    func help(command: String) throws {
        let outcome = try Program.run(command, "--help", in: directory)
        #expect(outcome.status == 0 && outcome.error.isEmpty)
        #expect(outcome.output.contains("USAGE: fusionkit \(command)") && outcome.output.contains("OVERVIEW: "))
        let root = try Program.run(in: directory)
        #expect(root.status == 0 && root.output.contains("  \(command) "))
    }

    @Test("the version is one line, a wrong word is a usage error") func words() throws {
        let version = try Program.run("--version", in: directory)
        #expect(version.status == 0 && version.output == "\(FusionKitVersion.current)\n" && version.error.isEmpty)
        let wrong = try Program.run("methods", "--jsn", in: directory)
        #expect(wrong.status == 64 && wrong.output.isEmpty && wrong.error.hasPrefix("fusionkit: error: "))
        #expect(wrong.error.contains("--json"))
    }

    @Test("methods lists every method and network") func methods() throws {
        let text = try Program.run("methods", in: directory)
        let json = try Program.run("methods", "--json", in: directory)
        #expect(text.status == 0 && json.status == 0)
        let list = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
        let names = ClassicalMethods.all.map(\.name) + PairMethods.all.map(\.name) + NetworkSystem.all.map(\.name)
        #expect(list.compactMap { $0["name"] as? String } == names)
        let table = text.output.split(separator: "\n", omittingEmptySubsequences: false).prefix { !$0.isEmpty }
        #expect(table.dropFirst().map { String($0.prefix { $0 != " " }) } == names)
    }

    @Test("info tells of an image, and of the machine") func info() throws {
        try TestImage.write(directory.file("a.tif"), bands: 2, width: 20, height: 10, nodata: 7, pixelSize: 2)
        let image = try Program.run("info", "a.tif", in: directory)
        for text in ["20 × 10 pixels, 2 bands", "EPSG:32633", "500000, 5300000", "2, -2", "UInt16       7"] {
            #expect(image.output.contains(text), "\(text) is not in \(image.output)")
        }
        let machine = try Program.run("info", "--system", "--json", in: directory)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(machine.output.utf8)) as? [String: Any])
        #expect(
            object["version"] as? String == FusionKitVersion.current
                && object["gdal"] as? String == RasterLibrary.version)
        #expect(try Program.run("info", in: directory).status == 64)
        #expect(try Program.run("info", "absent", in: directory).status == 66)
    }

    @Test("a scene is three files or none, the same for the same seed") func simulate() throws {
        // One letter: Foundation's path functions trap on such names.
        for folder in ["a", "b"] {
            let outcome = try Program.run(
                "simulate", "--sensor", "IKONOS", "--size", "64", "--seed", "5", "-o", folder, in: directory)
            #expect(outcome.status == 0, "\(outcome.error)")
        }
        for name in ["pan.tif", "ms.tif", "truth.tif"] {
            let (one, other) = (
                try TestImage.read(directory.file("a/\(name)")), try TestImage.read(directory.file("b/\(name)"))
            )
            #expect(one.values == other.values && one.profile.projection != nil && one.profile.nodata == nil)
        }
        let (pan, ms) = (
            try TestImage.read(directory.file("a/pan.tif")), try TestImage.read(directory.file("a/ms.tif"))
        )
        #expect(ms.profile.width == 16 && ms.profile.bands.map(\.name) == ["Blue", "Green", "Red", "NIR"])
        let half = (ms.profile.geoTransform?.originX ?? 0) - (pan.profile.geoTransform?.originX ?? 0)
        #expect(abs(half - 0.5 * (pan.profile.geoTransform?.columnStepX ?? 0)) < 1e-9)

        try FileManager.default.createDirectory(atPath: directory.file("c"), withIntermediateDirectories: true)
        try directory.write("older", to: "c/truth.tif")
        let refused = try Program.run("simulate", "--size", "64", "-o", "c", in: directory)
        #expect(refused.status == 73 && refused.error.contains("c/truth.tif"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.file("c")) == ["truth.tif"])
        #expect(try Program.run("simulate", "--size", "63", "-o", "d", in: directory).status == 64)
        #expect(try Program.run("simulate", "--size", "64", "-o", "absent/d", in: directory).status == 73)
        #expect(directory.names == ["a", "b", "c"])
    }

    @Test("evaluate prints a table, respects nodata and refuses other grids") func evaluate() throws {
        try TestImage.write(
            directory.file("truth.tif"), bands: 4, width: 64, height: 64, nodata: 0, pixelSize: 1, unknown: 0..<1)
        try TestImage.write(directory.file("same.tif"), bands: 4, width: 64, height: 64, pixelSize: 1)
        try TestImage.write(directory.file("other.tif"), bands: 4, width: 64, height: 64, pixelSize: 1.1)
        try TestImage.write(directory.file("small.tif"), bands: 4, width: 32, height: 32, pixelSize: 1)
        let csv = try Program.run(
            "evaluate", "same.tif", "--reference", "truth.tif", "--csv", "--metrics", "RMSE,psnr", in: directory)
        #expect(csv.output == "file,RMSE,PSNR\nsame.tif,0,inf\n", "\(csv.output)\(csv.error)")
        let json = try Program.run("evaluate", "same.tif", "--reference", "truth.tif", "--json", in: directory)
        #expect(
            json.output.contains(#""PSNR" : "Infinity""#) && json.output.contains(#""pixels" : 4095"#), "\(json.output)"
        )
        let table = try Program.run("evaluate", "same.tif", "same.tif", "--reference", "truth.tif", in: directory)
        #expect(table.output.split(separator: "\n").count == 3)
        for (name, text) in [("other.tif", "do not lie on"), ("small.tif", "32 × 32")] {
            let outcome = try Program.run("evaluate", name, "--reference", "truth.tif", in: directory)
            #expect(outcome.status == 65 && outcome.error.contains(text) && outcome.output.isEmpty, "\(outcome.error)")
        }
        let index = try Program.run("evaluate", "a", "--reference", "b", "--metrics", "SSM", in: directory)
        #expect(index.status == 64 && index.error.contains("Did you mean 'S"))
    }

    @Test("view puts images of any size side by side at one height") func view() throws {
        try TestImage.writePair(in: directory)
        let outcome = try Program.run("view", "pan.tif", "ms.tif", "-o", "out.png", "--same-stretch", in: directory)
        #expect(outcome.status == 0, "\(outcome.error)")
        let picture = try TestImage.read(directory.file("out.png")).profile
        #expect(picture.width == 2 * 64 + 8 && picture.height == 64 && picture.bands.count == 3)
        let band = try Program.run("view", "ms.tif", "-o", "b.png", "--bands", "9,1,2", in: directory)
        #expect(band.status == 64 && band.error.contains("there is no band 9"))
        #expect(try Program.run("view", "ms.tif", "-o", "out.png", in: directory).status == 73)
    }

    @Test("verify ends with 2 where nothing can be run, and with 66 where nothing is") func verifiesNothing() throws {
        #expect(try Program.run("verify", "absent", in: directory).status == 66)
        let empty = try Program.run("verify", ".", in: directory)
        #expect(empty.status == 2 && empty.output == "0 passed, 0 failed, 0 unknown\n")
        try SafetensorsFile.write(
            [("input.x", Tensor.zeros([1]))],
            metadata: ["system": "nobody", "component": "nothing", "config": "{}", "atol": "1e-5", "rtol": "1e-5"],
            to: directory.file("case.safetensors"))
        let unknown = try Program.run("verify", ".", "--json", in: directory)
        #expect(unknown.status == 2 && unknown.output.contains(#""unknown" : 1"#), "\(unknown.output)")
    }

    @Test("verify runs golden files", .enabled(if: Repository.goldenFilters != nil, "the golden files are not there"))
    func verifies() throws {
        let folder = Repository.goldenFilters ?? ""
        let outcome = try Program.run("verify", folder, in: directory)
        #expect(outcome.status == 0, "\(outcome.output)")
        #expect(outcome.output.hasPrefix("system ") && outcome.output.contains(" passed, 0 failed, "))
    }
}
