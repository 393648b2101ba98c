import Foundation
import FusionKit
import Testing

@Suite("Pictures that are not what their type promises") struct FuseInputTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func picture(_ name: String, type: SampleType = .uint8, white: Float = 250, options: [String] = []) throws {
        var profile = RasterProfile(width: 32, height: 32, bands: [.init(sampleType: type, color: .gray)])
        if name.hasSuffix("alpha.png") { profile.bands.append(.init(sampleType: type, color: .alpha)) }
        let writer = try RasterWriter(directory.file(name), profile: profile, options: .init(creationOptions: options))
        try writer.write((0..<1024).map { $0 % 3 == 0 ? white : 0 }, to: profile.window)
        try writer.finish()
    }

    @Test("one bit is black and white, not black and nearly black") func oneBit() throws {
        try picture("bits.png", white: 1, options: ["NBITS=1"])
        let outcome = try Program.run("fuse", "bits.png", "bits.png", "-o", "fused.png", in: directory)
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(try TestImage.read(directory.file("fused.png")).values.max() == 1)
        let bytes = try Program.run("fuse", "bits.png", "bits.png", "-o", "fused.tif", "-ot", "Float32", in: directory)
        #expect(bytes.status == 0, "\(bytes.error)")
        let brightest = try TestImage.read(directory.file("fused.tif")).values.max() ?? 0
        #expect(abs(brightest - 1) < 1e-5)
    }

    @Test("twelve bits in sixteen are noticed, and not where the user has said what is white") func twelveBits() throws {
        try picture("a.png", type: .uint16, white: 4000)
        let outcome = try Program.run("fuse", "a.png", "a.png", "-o", "dark.png", in: directory)
        #expect(outcome.status == 0 && outcome.error.contains("--first-peak 4095"), "\(outcome.error)")
        let told = try Program.run(
            "fuse", "a.png", "a.png", "-o", "b.png", "--first-peak", "4095", "--second-peak", "4095", in: directory)
        #expect(told.status == 0 && !told.error.contains("-peak"), "\(told.error)")
    }

    @Test("JPEG is refused before the work where there is opacity") func opacityInJPEG() throws {
        try picture("alpha.png")
        let outcome = try Program.run("fuse", "alpha.png", "alpha.png", "-o", "fused.jpg", in: directory)
        #expect(outcome.status == 73 && outcome.error.contains("opacity"), "\(outcome.error)")
        #expect(directory.names.sorted() == ["alpha.png"])
    }

    @Test("pictures of folders end as their format's names do") func extensionOfFormat() throws {
        for name in ["vi", "ir"] {
            try FileManager.default.createDirectory(atPath: directory.file(name), withIntermediateDirectories: true)
            try picture("\(name)/1.png")
        }
        let outcome = try Program.run("fuse", "vi", "ir", "-o", "out", "-of", "GTiff", in: directory)
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.file("out")) == ["1.tif"])
    }

    @Test("a folder's place that can't be is told with what is missing") func folders() throws {
        for name in ["vi", "empty"] {
            try FileManager.default.createDirectory(atPath: directory.file(name), withIntermediateDirectories: true)
        }
        try picture("vi/1.png")
        let deep = try Program.run("fuse", "vi", "vi", "-o", "none/deeper", in: directory)
        #expect(deep.status == 73 && deep.error.contains("the directory none does not exist"), "\(deep.error)")
        let named = try Program.run("fuse", "vi", "vi", "-o", "out.png", in: directory)
        #expect(named.status == 73 && named.error.contains("go into a folder"), "\(named.error)")
        let empty = try Program.run("fuse", "vi", "empty", "-o", "out", in: directory)
        #expect(empty.status == 65 && empty.error.contains("empty: there are no pictures in it"), "\(empty.error)")
    }

    @Test("a type that is too small for the numbers is not taken silently") func narrowing() throws {
        try TestImage.writePair(in: directory)
        let outcome = try Program.run("upscale", "ms.tif", "-o", "up.tif", "-ot", "Byte", in: directory)
        #expect(outcome.status == 0 && outcome.error.contains("-ot Byte holds 0 to 255"), "\(outcome.error)")
        let sharpened = try Program.run(
            "pansharpen", "--pan", "pan.tif", "--ms", "ms.tif", "-o", "sharp.tif", "-ot", "Byte", in: directory)
        #expect(sharpened.status == 0 && sharpened.error.contains("-ot Byte holds 0 to 255"), "\(sharpened.error)")
        let wider = try Program.run("upscale", "ms.tif", "-o", "wide.tif", "-ot", "Int32", in: directory)
        #expect(wider.status == 0 && !wider.error.contains("holds"), "\(wider.error)")
    }
}
