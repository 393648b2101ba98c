import Foundation
import FusionKit
import Testing

@Suite("Fusing two pictures from the command line") struct FuseTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func picture(_ name: String, bands: Int = 1, side: Int = 48, type: SampleType = .uint8) throws {
        try TestImage.write(directory.file(name), bands: bands, width: side, height: side, type: type) { values in
            for index in values.indices { values[index] /= type == .uint8 ? 10 : 1 }
        }
    }

    private func folder(_ name: String, _ pictures: String...) throws {
        try FileManager.default.createDirectory(atPath: directory.file(name), withIntermediateDirectories: true)
        for file in pictures { try picture("\(name)/\(file)") }
    }

    private let tiny = #"{"depths": [1, 1], "depths_decoder": [1, 1], "dims": [16, 32], "dims_decoder": [32, 16]}"#

    @Test("two pictures become one, with a network or without") func pictures() throws {
        try picture("vis.png", bands: 3)
        try picture("ir.png")
        let plain = try Program.run("fuse", "vis.png", "ir.png", "-o", "plain.png", in: directory)
        #expect(plain.status == 0 && plain.output.isEmpty, "\(plain.error)")
        #expect(plain.error.contains("48 × 48 pixels, colour, Byte, salient-detail"))
        let named = try Program.run("fuse", "vis.png", "ir.png", "-o", "lp.png", "--method", "lp", in: directory)
        #expect(named.status == 0 && named.error.contains("48 × 48 pixels, colour, Byte, LP"), "\(named.error)")
        let wrong = try Program.run(
            "fuse", "vis.png", "ir.png", "-o", "no.png", "--method", "consistent-detail", in: directory)
        #expect(wrong.status == 64 && wrong.error.contains("fuses no pictures"), "\(wrong.error)")
        let created = try Program.run(
            "create", "fusionmamba-mm", "--settings", tiny, "-o", "w.safetensors", "--seed", "5", in: directory)
        #expect(created.status == 0, "\(created.error)")
        let network = try Program.run(
            "fuse", "vis.png", "ir.png", "-o", "net.png", "--weights", "w.safetensors", in: directory)
        #expect(network.status == 0 && network.error.contains("w.safetensors holds random weights"), "\(network.error)")
        let (profile, values, _) = try TestImage.read(directory.file("net.png"))
        #expect(profile.bands.count == 3 && profile.width == 48 && Set(values).count > 10)
        let again = try Program.run("fuse", "vis.png", "ir.png", "-o", "net.png", in: directory)
        #expect(again.status == 73 && again.error.contains("--overwrite"))
    }

    @Test("samples beyond white or below black are told, with what to do") func beyond() throws {
        for name in ["a.tif", "b.tif"] {
            try TestImage.write(directory.file(name), bands: 1, width: 40, height: 40, type: .float32) { values in
                for index in values.indices { values[index] = Float(index % 40) * 10 - 120 }
            }
        }
        let outcome = try Program.run("fuse", "a.tif", "b.tif", "-o", "out.tif", in: directory)
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.error.contains("b.tif: the brightest sample is 270.0, and 1 counts as white"))
        #expect(outcome.error.contains("--second-peak 270.0") && outcome.error.contains("down to -120.0, count as 0"))
        let told = try Program.run(
            "fuse", "a.tif", "b.tif", "-o", "out.tif", "--overwrite", "--first-peak", "270", "--second-peak", "270",
            in: directory)
        #expect(told.status == 0 && !told.error.contains("brightest"), "\(told.error)")
    }

    @Test("pictures of two folders are paired by name; what fails is told in the end") func folders() throws {
        try folder("vi", "01.png", "02.png", "03.png", "lonely.png")
        try folder("ir", "01.png", "03.png")
        try TestImage.write(
            directory.file("ir/02.png"), bands: 1, width: 20, height: 48, type: .uint8, constant: 100)
        try directory.write("not a picture", to: "vi/README.md")
        let outcome = try Program.run("fuse", "vi", "ir", "-o", "out", in: directory)
        #expect(outcome.status == 65, "\(outcome.error)")
        #expect(outcome.error.contains("1 of 4 pictures in vi have no partner in ir: lonely"))
        #expect(outcome.error.contains("02: ") && outcome.error.contains("20 × 48"))
        #expect(outcome.error.contains("out: 2 of 3 pictures"))
        #expect(outcome.message.hasSuffix("1 of 3 pictures could not be fused: 02."))
        let written = try FileManager.default.contentsOfDirectory(atPath: directory.file("out")).sorted()
        #expect(written == ["01.png", "03.png"])
        let none = try Program.run("fuse", "vi", "vi/README.md", "-o", "no", in: directory)
        #expect(none.status == 64 && none.error.contains("one is a folder"))
    }

    @Test("weights of another task, sizes that differ and folders without pairs are refused") func refusals() throws {
        try picture("a.png")
        try picture("b.png", side: 40)
        let size = try Program.run("fuse", "a.png", "b.png", "-o", "c.png", in: directory)
        #expect(size.status == 65 && size.error.contains("48 × 48") && size.error.contains("40 × 40"))
        try TestImage.writeWeights(directory.file("sharpen.safetensors"))
        let task = try Program.run(
            "fuse", "a.png", "a.png", "-o", "c.png", "--weights", "sharpen.safetensors", in: directory)
        #expect(
            task.status == 65 && task.error.contains("fusionkit pansharpen") && task.error.contains("fusionmamba-mm"))
        try folder("left", "1.png")
        try folder("right", "2.png")
        let pairs = try Program.run("fuse", "left", "right", "-o", "out", in: directory)
        #expect(pairs.status == 65 && pairs.error.contains("no pictures of the same name"))
        #expect(!directory.names.contains("c.png") && !directory.names.contains("out"))
    }

    @Test("a picture that ends early is refused, whatever its format") func truncated() throws {
        try picture("a.png", side: 128)
        let made = try Program.run("fuse", "a.png", "a.png", "-o", "whole.jpg", in: directory)
        #expect(made.status == 0, "\(made.error)")
        for name in ["whole.jpg", "a.png"] {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: directory.file(name)))
            try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: directory.file("cut-\(name)")))
            let outcome = try Program.run("fuse", "cut-\(name)", "a.png", "-o", "o.png", in: directory)
            #expect(outcome.status == 65 && outcome.error.contains("cut-\(name)"), "\(outcome.error)")
        }
        #expect(!directory.names.contains("o.png"))
    }

    @Test("what is white is told for each picture") func peaks() throws {
        try TestImage.write(directory.file("a.png"), bands: 1, width: 32, height: 32, type: .uint8, constant: 100)
        try TestImage.write(directory.file("b.png"), bands: 1, width: 32, height: 32, type: .uint16, constant: 1606)
        let outcome = try Program.run(
            "fuse", "a.png", "b.png", "-o", "o.png", "--second-peak", "4095", "-ot", "Byte", in: directory)
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(try TestImage.read(directory.file("o.png")).values.allSatisfy { $0 == 100 })
    }

    @Test("a network that sharpens refuses weights that fuse") func sharpening() throws {
        _ = try Program.run("create", "fusionmamba-mm", "--settings", tiny, "-o", "w.safetensors", in: directory)
        try TestImage.writePair(in: directory)
        let outcome = try Program.run(
            "pansharpen", "--pan", "pan.tif", "--ms", "ms.tif", "-o", "f.tif", "--weights", "w.safetensors",
            in: directory)
        #expect(outcome.status == 65 && outcome.error.contains("fusionkit fuse"), "\(outcome.error)")
    }
}

@Suite("Enlarging from the command line") struct UpscaleTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test("an image is enlarged in its place, by interpolation") func interpolation() throws {
        try TestImage.write(
            directory.file("ms.tif"), bands: 4, width: 30, height: 22, nodata: 0, pixelSize: 2, unknown: 0..<30)
        let outcome = try Program.run("upscale", "ms.tif", "-o", "large.tif", "--factor", "3", in: directory)
        #expect(outcome.status == 0, "\(outcome.error)")
        let (profile, _, valid) = try TestImage.read(directory.file("large.tif"))
        #expect(profile.width == 90 && profile.height == 66 && profile.bands.map(\.name) == ["B1", "B2", "B3", "B4"])
        #expect(profile.geoTransform?.originX == 500_000)
        #expect(abs((profile.geoTransform?.columnStepX ?? 0) - 2.0 / 3) < 1e-9)
        #expect(valid.prefix(270).allSatisfy { $0 == 0 } && valid.dropFirst(270).allSatisfy { $0 == 1 })
    }

    @Test("a header is no output") func header() throws {
        try TestImage.write(directory.file("ms.tif"), bands: 4, width: 30, height: 22)
        let outcome = try Program.run("upscale", "ms.tif", "-o", "large.hdr", in: directory)
        #expect(outcome.status == 64 && outcome.error.contains("its header comes beside it"), "\(outcome.error)")
        #expect(directory.names == ["ms.tif"])
    }

    @Test("a network that needs a panchromatic image is refused") func refusals() throws {
        try TestImage.writeWeights(directory.file("w.safetensors"))
        try TestImage.writePair(in: directory)
        let outcome = try Program.run("upscale", "ms.tif", "-o", "l.tif", "--weights", "w.safetensors", in: directory)
        #expect(outcome.status == 65 && outcome.error.contains("does not upscale"), "\(outcome.error)")
        let factor = try Program.run("upscale", "ms.tif", "-o", "l.tif", "--factor", "1", in: directory)
        #expect(factor.status == 64)
    }
}

@Suite("Making networks from the command line") struct CreateTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test("the same seed gives the same file, which says what it is") func seeds() throws {
        for (name, seed) in [("a", "3"), ("b", "3"), ("c", "4")] {
            let outcome = try Program.run(
                "create", "fusionmamba-rs", "--settings", #"{"dim": 8, "ms_dim": 4}"#, "-o", "\(name).safetensors",
                "--sensor", "GF2", "--seed", seed, in: directory)
            #expect(outcome.status == 0, "\(outcome.error)")
        }
        let files = try ["a", "b", "c"].map {
            try Data(contentsOf: URL(fileURLWithPath: directory.file("\($0).safetensors")))
        }
        #expect(files[0] == files[1] && files[0] != files[2])
        let checkpoint = try NetworkCheckpoint(file: directory.file("a.safetensors"))
        #expect(checkpoint.description.sensor == "GF2" && checkpoint.description.peak == 1023)
        #expect(checkpoint.description.origin == "random weights, seed 3")
    }

    @Test("a preset named after a sensor is for it") func presetSensor() throws {
        let outcome = try Program.run(
            "create", "fusionmamba-rs", "--preset", "gf2", "-o", "a.safetensors", in: directory)
        #expect(outcome.status == 0, "\(outcome.error)")
        let description = try NetworkCheckpoint(file: directory.file("a.safetensors")).description
        #expect(description.sensor == "GF2" && description.peak == 1023)
    }

    @Test("unknown systems, presets and settings are refused with what is known") func refusals() throws {
        let system = try Program.run("create", "fusionmamba", "-o", "a.safetensors", in: directory)
        #expect(system.status == 64 && system.error.contains("fusionmamba-rs"))
        let preset = try Program.run(
            "create", "fusionmamba-rs", "--preset", "wv4", "-o", "a.safetensors", in: directory)
        #expect(preset.status == 64 && preset.error.contains("Did you mean 'wv3'?"))
        let settings = try Program.run(
            "create", "fusionmamba-rs", "--settings", #"{"dims": 8}"#, "-o", "a.safetensors", in: directory)
        #expect(settings.status == 64 && settings.error.contains("'dims' is not known"))
        let sensor = try Program.run(
            "create", "fusionmamba-rs", "--sensor", "QB", "-o", "a.safetensors", in: directory)
        #expect(sensor.status == 65 && sensor.error.contains("8 bands"))
        #expect(directory.names.isEmpty)
    }

    @Test("every preset of every system is listed and can be built") func presets() throws {
        let outcome = try Program.run("methods", in: directory)
        #expect(outcome.status == 0)
        for system in NetworkSystem.all {
            #expect(!system.presets.isEmpty, "\(system.name)")
            for preset in system.presets {
                #expect(outcome.output.contains(preset.name) && outcome.output.contains(preset.summary))
            }
        }
    }
}
