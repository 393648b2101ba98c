import CGDAL
import Foundation
import Raster
import Testing

@Suite("Output that appears complete or not at all") struct AtomicityTests {
    private let profile = RasterProfile(width: 300, height: 200, bands: [.init(sampleType: .uint8)])
    private let values = [Float](repeating: 5, count: 60000)

    private func old(_ directory: TemporaryDirectory, _ name: String = "a.tif") throws -> Data {
        let data = Data("an older file".utf8)
        try data.write(to: URL(fileURLWithPath: directory.file(name)))
        return data
    }

    @Test("an existing output is refused without overwriting, and untouched")
    func existing() throws {
        let directory = try TemporaryDirectory()
        let data = try old(directory)
        let error = rasterError { _ = try RasterWriter(directory.file("a.tif"), profile: profile) }
        #expect(error?.code == .outputExists && error?.remedy.contains("--overwrite") == true)
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory.file("a.tif"))) == data)
        #expect(directory.names == ["a.tif"])
    }

    @Test(
        "a writer that is dropped, given up, or swept away keeps the existing file and leaves nothing",
        arguments: ["drop", "abort", "lost"], ["a.tif", "a.png"])
    func interrupted(how: String, name: String) throws {
        let directory = try TemporaryDirectory()
        let data = try old(directory, name)
        do {
            let writer = try RasterWriter(directory.file(name), profile: profile, options: .init(overwrites: true))
            try writer.write(values, to: profile.window)
            #expect(directory.names.count == 2)
            switch how {
            case "abort":
                writer.abort()
                #expect(rasterError { try writer.finish() }?.code == .closed)
            case "lost":
                // Its directory is gone, as after `removeAllTemporaries()`.
                let hidden = directory.names.first { $0.hasPrefix(".") } ?? ""
                try FileManager.default.removeItem(atPath: directory.file(hidden))
                #expect(rasterError { try writer.finish() } != nil)
            default: break
            }
        }
        #expect(directory.names == [name])
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory.file(name))) == data)
    }

    @Test("overwriting replaces the file and what lay beside it")
    func overwriting() throws {
        let directory = try TemporaryDirectory()
        _ = try old(directory)
        for stale in ["a.tif.aux.xml", "a.tif.ovr", "a.tif.msk"] { _ = try old(directory, stale) }
        let writer = try RasterWriter(directory.file("a.tif"), profile: profile, options: .init(overwrites: true))
        try writer.write(values, to: profile.window)
        try writer.finish()
        #expect(directory.names == ["a.tif"])
        #expect(try RasterReader(directory.file("a.tif")).read(profile.window) == values)
        #expect(rasterError { try writer.write(values, to: profile.window) }?.code == .closed)
        #expect(rasterError { try writer.finish() }?.code == .closed)
    }

    @Test(
        "a file that appears meanwhile, or an old one that would be taken for a part, is not replaced",
        arguments: ["a.tif", "a.tif.aux.xml"])
    func appearing(name: String) throws {
        let directory = try TemporaryDirectory()
        let writer = try RasterWriter(directory.file("a.tif"), profile: profile)
        try writer.write(values, to: profile.window)
        let data = try old(directory, name)  // as another program would
        #expect(rasterError { try writer.finish() }?.code == .outputExists)
        #expect(directory.names == [name])
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory.file(name))) == data)
    }

    @Test("a link to the output stays a link, and what it leads to is replaced")
    func link() throws {
        let directory = try TemporaryDirectory()
        _ = try old(directory, "real.tif")
        try FileManager.default.createSymbolicLink(
            atPath: directory.file("link.tif"), withDestinationPath: directory.file("real.tif"))
        let writer = try RasterWriter(directory.file("link.tif"), profile: profile, options: .init(overwrites: true))
        try writer.write(values, to: profile.window)
        try writer.finish()
        #expect(directory.names == ["link.tif", "real.tif"])
        #expect(try RasterReader(directory.file("real.tif")).profile.width == 300)
        #expect(sameFile(directory.file("link.tif"), directory.file("real.tif")))
    }

    @Test("the output must not be an input, under whatever name")
    func outputIsInput() throws {
        let directory = try TemporaryDirectory()
        _ = try old(directory, "in.tif")
        try FileManager.default.linkItem(atPath: directory.file("in.tif"), toPath: directory.file("out.tif"))
        let error = rasterError {
            _ = try RasterWriter(
                directory.file("out.tif"), profile: profile,
                options: .init(overwrites: true, inputs: [directory.file("./in.tif")]))
        }
        #expect(error?.code == .outputIsInput)
        #expect(!sameFile(directory.file("in.tif"), directory.file("absent.tif")))
    }

    @Test("places where nothing can be written are named")
    func places() throws {
        let directory = try TemporaryDirectory()
        _ = try old(directory)
        let cases: [(String, RasterError.Code)] = [
            (directory.file("no/such/a.tif"), .directoryMissing), (directory.file("a.tif/b.tif"), .directoryMissing),
            ("/proc/a.tif", .directoryMissing), ("/vsimem/a.tif", .notWritable),
            ("/dev/null.d/a.tif", .directoryMissing),
        ]
        for (file, code) in cases {
            let error = rasterError { _ = try RasterWriter(file, profile: profile) }
            #expect(error?.code == code, "\(file): \(String(describing: error))")
        }
        try FileManager.default.createDirectory(atPath: directory.file("d.tif"), withIntermediateDirectories: false)
        #expect(rasterError { _ = try RasterWriter(directory.file("d.tif"), profile: profile) }?.code == .isDirectory)
    }

    @Test("several files of one image appear together")
    func group() throws {
        let directory = try TemporaryDirectory()
        let writer = try RasterWriter(directory.file("a.dat"), profile: profile, options: .init(format: "ENVI"))
        try writer.write(values, to: profile.window)
        #expect(directory.names.count == 1)
        try writer.finish()
        #expect(directory.names.starts(with: ["a.dat"]) && directory.names.contains("a.hdr"))
        #expect(try RasterReader(directory.file("a.dat")).read(profile.window) == values)
    }

    @Test("a link that leads nowhere, and an old companion, are refused at once")
    func early() throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.createSymbolicLink(
            atPath: directory.file("link.tif"), withDestinationPath: directory.file("absent.tif"))
        #expect(
            rasterError { _ = try RasterWriter(directory.file("link.tif"), profile: profile) }?.code == .outputExists)
        _ = try old(directory, "b.tif.aux.xml")
        let error = rasterError { _ = try RasterWriter(directory.file("b.tif"), profile: profile) }
        #expect(error?.code == .outputExists && error?.file.hasSuffix("b.tif.aux.xml") == true)
    }
}
