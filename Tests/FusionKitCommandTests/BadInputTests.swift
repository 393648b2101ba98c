import Foundation
import FusionKit
import Testing

@Suite("Bad input") struct BadInputTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try TestImage.writePair(in: directory)
    }

    /// Runs a pansharpening that must fail, and checks that it leaves nothing.
    private func fail(
        pan: String = "pan.tif", ms: String = "ms.tif", output: String = "fused.tif", _ more: String...,
        status: Int32, says: [String], location: SourceLocation = #_sourceLocation
    ) throws {
        let before = directory.names
        let arguments = ["pansharpen", "--pan", pan, "--ms", ms, "-o", output] + more
        let outcome = try Program.start(arguments, in: directory).outcome()
        #expect(outcome.status == status, "\(outcome.error)", sourceLocation: location)
        #expect(outcome.output.isEmpty, sourceLocation: location)
        #expect(outcome.error.hasPrefix("fusionkit: error: "), "\(outcome.error)", sourceLocation: location)
        for text in says { #expect(outcome.error.contains(text), "\(outcome.error)", sourceLocation: location) }
        if status != 64 { #expect(outcome.message.split(separator: "\n").count == 1, sourceLocation: location) }
        #expect(directory.names == before, sourceLocation: location)
    }

    @Test("a file that is not there") func absent() throws {
        try fail(pan: "absent.tif", status: 66, says: ["absent.tif"])
        try fail(ms: "absent.tif", status: 66, says: ["absent.tif"])
        try fail("--weights", "absent.safetensors", status: 66, says: ["absent.safetensors"])
    }

    @Test("a file that is no image") func letter() throws {
        try directory.write("Dear reader,", to: "letter.tif")
        try fail(pan: "letter.tif", status: 65, says: ["letter.tif"])
    }

    @Test("a directory") func folder() throws {
        try FileManager.default.createDirectory(atPath: directory.file("folder"), withIntermediateDirectories: true)
        try fail(ms: "folder", status: 65, says: ["folder", "directory"])
    }

    @Test("a truncated TIFF") func truncated() throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: directory.file("pan.tif")))
        for length in [whole.count / 2, whole.count - 40] {
            try whole.prefix(length).write(to: URL(fileURLWithPath: directory.file("cut.tif")))
            try fail(pan: "cut.tif", status: 65, says: ["cut.tif"])
        }
    }

    @Test("PAN with several bands") func severalBands() throws {
        try TestImage.write(directory.file("rgb.tif"), bands: 3, width: 64, height: 64, pixelSize: 0.5)
        try fail(pan: "rgb.tif", status: 65, says: ["rgb.tif has 3 bands"])
    }

    @Test("PAN and MS exchanged") func swapped() throws {
        try fail(pan: "ms.tif", ms: "pan.tif", status: 65, says: ["swapped", "Exchange --pan and --ms"])
    }

    @Test("images of two places, and in two projections") func places() throws {
        try TestImage.write(directory.file("plain.tif"), bands: 4, width: 17, height: 16)
        try fail(ms: "plain.tif", status: 65, says: ["no whole ratio"])
        try TestImage.write(directory.file("odd.tif"), bands: 4, width: 16, height: 16, pixelSize: 1.7)
        try fail(ms: "odd.tif", status: 65, says: ["ratio is no whole number", "odd.tif"])
    }

    @Test("images without any known pixel") func unknown() throws {
        try TestImage.write(
            directory.file("empty.tif"), bands: 4, width: 16, height: 16, nodata: 0, pixelSize: 2, unknown: 0..<256)
        try fail(ms: "empty.tif", status: 65, says: ["empty.tif", "No pixel has a measurement"])
        try TestImage.write(
            directory.file("nan.tif"), bands: 1, width: 64, height: 64, type: .float32, pixelSize: 0.5, constant: .nan)
        try fail(pan: "nan.tif", status: 65, says: ["nan.tif"])
    }

    @Test("MS smaller than a network needs") func small() throws {
        try TestImage.writeWeights(directory.file("weights.safetensors"))
        try TestImage.write(directory.file("p.tif"), bands: 1, width: 12, height: 12)
        try TestImage.write(directory.file("m.tif"), bands: 8, width: 3, height: 3)
        try fail(pan: "p.tif", ms: "m.tif", "--weights", "weights.safetensors", status: 65, says: ["16 × 16"])
    }

    @Test("weights for other bands, and weights that are none") func weights() throws {
        try TestImage.writeWeights(directory.file("weights.safetensors"))
        try fail("--weights", "weights.safetensors", status: 65, says: ["ms.tif has 4 bands", "8 (WV3)"])
        try fail("--weights", "pan.tif", status: 65, says: ["pan.tif"])
    }

    @Test("a sensor with fewer bands than the image") func sensor() throws {
        try TestImage.write(directory.file("five.tif"), bands: 5, width: 16, height: 16, pixelSize: 2)
        try fail(ms: "five.tif", "--sensor", "QB", status: 65, says: ["five.tif has 5 bands", "QB 4"])
    }

    @Test("names that nobody has, with the one that may be meant") func names() throws {
        try fail("--method", "MTF-GLP-FSS", status: 64, says: ["Did you mean 'MTF-GLP-FS'?"])
        try fail("--sensor", "WV9", status: 64, says: ["There is no sensor 'WV9'. Did you mean 'WV"])
        try fail("--method", "fusionmamba-rs", status: 64, says: ["--weights"])
    }

    @Test("options that can't be") func options() throws {
        try fail("--memory", "lots", status: 64, says: ["--memory lots"])
        try fail("--memory", "10", status: 64, says: ["64MB or more"])
        try fail("--threads", "0", status: 64, says: ["--threads is 0"])
        try fail("--tile", "3", status: 64, says: ["--tile is 3"])
        try fail("--peak", "100", status: 64, says: ["--peak goes with --weights"])
        try fail("--method", "GSA", "--weights", "w.safetensors", status: 64, says: ["give one"])
        try fail("-ot", "Int7", status: 64, says: ["-ot Int7"])
        try fail("-co", "TILED", status: 64, says: ["-co TILED"])
        try fail("-co", "COMPRESS=MAGIC", status: 64, says: ["COMPRESS=MAGIC"])
        try fail("-of", "Magic", status: 64, says: ["Magic"])
        try fail(output: "fused.magic", status: 64, says: [".magic"])
        try fail(output: "fused.jpg", status: 73, says: ["JPEG"])
        try fail("--quiet", "-v", status: 64, says: ["opposites"])
    }
}
