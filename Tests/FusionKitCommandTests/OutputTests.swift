import Foundation
import FusionKit
import Testing

@Suite("Outputs") struct OutputTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try TestImage.writePair(in: directory)
    }

    private func sharpen(_ output: String, _ more: String...) throws -> Outcome {
        try Program.start(
            ["pansharpen", "--pan", "pan.tif", "--ms", "ms.tif", "-o", output] + more, in: directory
        ).outcome()
    }

    @Test("an existing output is kept without --overwrite, and replaced with it") func existing() throws {
        try directory.write("older", to: "fused.tif")
        let refused = try sharpen("fused.tif")
        #expect(refused.status == 73 && refused.error.contains("--overwrite"))
        #expect(try directory.text("fused.tif") == "older")
        let replaced = try sharpen("fused.tif", "--overwrite")
        #expect(replaced.status == 0, "\(replaced.error)")
        #expect(try TestImage.read(directory.file("fused.tif")).profile.width == 64)
        #expect(directory.names == ["fused.tif", "ms.tif", "pan.tif"])
    }

    @Test("an output that is an input is refused, through links too", arguments: ["pan.tif", "./ms.tif", "link.tif"])
    func input(name: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: directory.file("link.tif"), withDestinationPath: directory.file("ms.tif"))
        let before = try Data(contentsOf: URL(fileURLWithPath: directory.file(name)))
        let outcome = try sharpen(name, "--overwrite")
        #expect(outcome.status == 73 && outcome.error.contains("the output is the input"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory.file(name))) == before)
    }

    @Test("a directory that does not exist, or is in the way") func directories() throws {
        let missing = try sharpen("absent/fused.tif")
        #expect(missing.status == 73 && missing.error.contains("the directory absent does not exist"))
        let folder = try sharpen(directory.path)
        #expect(folder.status == 73 && folder.error.contains("is a directory"))
        #expect(directory.names == ["ms.tif", "pan.tif"])
    }

    @Test("a read-only directory", .enabled(if: MountedDirectory.isPossible, "mounting needs root"))
    func readOnly() throws {
        let disk = try MountedDirectory(options: "ro,size=1m")
        let outcome = try sharpen(disk.path + "/fused.tif")
        #expect(outcome.status == 73, "\(outcome.error)")
        #expect(outcome.error.contains("fused.tif") && outcome.error.contains("may not be written"))
    }

    @Test("a full disk", .enabled(if: MountedDirectory.isPossible, "mounting needs root"))
    func full() throws {
        let disk = try MountedDirectory(options: "size=256k")
        try TestImage.write(directory.file("p.tif"), bands: 1, width: 512, height: 512, pixelSize: 0.5)
        try TestImage.write(directory.file("m.tif"), bands: 4, width: 128, height: 128, pixelSize: 2)
        let filled = try Program.run(
            "pansharpen", "--pan", "p.tif", "--ms", "m.tif", "-o", disk.path + "/fused.tif", "-ot", "Float64",
            in: directory)
        #expect(filled.status == 74, "\(filled.error)")
        #expect(filled.error.contains("no space left"), "\(filled.error)")
        #expect(disk.names.isEmpty)
    }

    @Test("GDAL's -of, -ot and -co decide format, type and compression") func creation() throws {
        let outcome = try sharpen(
            "fused.img", "-of", "GTiff", "-ot", "Float32", "-co", "COMPRESS=LZW", "-co", "TILED=YES")
        #expect(outcome.status == 0, "\(outcome.error)")
        let profile = try TestImage.read(directory.file("fused.img")).profile
        #expect(profile.driver == "GTiff" && profile.compression == "LZW" && profile.sampleType == .float32)
    }

    @Test("a name of one letter is a name like others") func oneLetter() throws {
        let outcome = try sharpen("f", "-of", "GTiff")
        #expect(outcome.status == 0 && directory.names.contains("f"), "\(outcome.error)")
    }

    @Test("--quiet says nothing, and a pipe sees neither bars nor colours") func quiet() throws {
        let quiet = try sharpen("a.tif", "--quiet")
        #expect(quiet.status == 0 && quiet.output.isEmpty && quiet.error.isEmpty)
        let plain = try sharpen("b.tif")
        #expect(plain.status == 0 && plain.output.isEmpty)
        #expect(plain.error.hasPrefix("b.tif: 64 × 64 pixels, 4 bands, UInt16, consistent-detail, "))
        #expect(!plain.error.contains("\u{1B}") && !plain.error.contains("\r"))
    }
}

/// A small file system in memory, for tests that run as root.
final class MountedDirectory {
    let path: String

    init(options: String) throws {
        path = NSTemporaryDirectory() + "/fusionkit-mount-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard Self.run("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path]) == 0 else {
            rmdir(path)
            throw CocoaError(.fileWriteNoPermission)
        }
    }

    deinit {
        _ = Self.run("umount", ["-l", path])
        rmdir(path)
    }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    private static func run(_ tool: String, _ arguments: [String]) -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [tool] + arguments
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return -1 }
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Whether this process may mount.
    static let isPossible: Bool = geteuid() == 0 && (try? MountedDirectory(options: "size=64k")) != nil
}
