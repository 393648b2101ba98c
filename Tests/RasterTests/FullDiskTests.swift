import CGDAL
import Foundation
import Raster
import Testing

/// A small file system in memory, for tests that run as root.
final class MountedDirectory {
    let path: String

    init(options: String) throws {
        path = NSTemporaryDirectory() + "/raster-mount-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try #require(Self.run("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path]) == 0)
    }

    deinit {
        _ = Self.run("umount", ["-l", path])
        rmdir(path)
    }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    static func run(_ tool: String, _ arguments: [String]) -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [tool] + arguments
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return -1 }
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Whether this process may mount.
    static let isPossible: Bool = {
        guard geteuid() == 0 else { return false }
        let probe = try? MountedDirectory(options: "size=64k")
        return probe != nil
    }()
}

@Suite("Full and read-only disks", .enabled(if: MountedDirectory.isPossible, "mounting needs root"))
struct FullDiskTests {
    /// 1 and 3 MiB are too little for the pixels, 6 MiB too little for them and their copy.
    static let cases: [(String, Int)] =
        ["a.tif", "raw.tif", "a.dat"].flatMap { [($0, 1), ($0, 3)] }
        + ["a.png", "a.jp2", "cog.tif", "a.img"].flatMap { [($0, 1), ($0, 3), ($0, 6)] }

    @Test("a full disk is an error that says so, whatever the format, and nothing is left", arguments: cases)
    func full(name: String, megabytes: Int) throws {
        let disk = try MountedDirectory(options: "size=\(megabytes)m")
        try Data("older".utf8).write(to: URL(fileURLWithPath: disk.path + "/" + name))
        var options = RasterWriter.Options(overwrites: true)
        if name == "cog.tif" { options.format = "COG" }
        if name == "a.dat" { options.format = "ENVI" }
        if name == "raw.tif" { options.creationOptions = ["COMPRESS=NONE"] }
        let profile = RasterProfile(width: 1500, height: 1500, bands: [.init(sampleType: .uint16)])
        var random = SplitMix64(seed: 17)
        let error = rasterError {
            let writer = try RasterWriter(disk.path + "/" + name, profile: profile, options: options)
            for window in profile.window.tiles(width: 256, height: 256) {
                let values = (0..<window.pixelCount).map { _ in Float(UInt16.random(in: 0...65535, using: &random)) }
                try writer.write(values, to: window)
            }
            try writer.finish()
        }
        #expect(error?.code == .noSpace, "\(String(describing: error))")
        #expect(error?.description.contains(disk.path) == true)
        #expect(disk.names == [name])
        #expect(try Data(contentsOf: URL(fileURLWithPath: disk.path + "/" + name)) == Data("older".utf8))
    }

    @Test(
        "a disk that fills up with the very last bytes is noticed: success means that the pixels are there",
        arguments: [0, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128])
    func justFull(spareKilobytes: Int) throws {
        let disk = try MountedDirectory(options: "size=\(360 + spareKilobytes)k")
        let profile = RasterProfile(width: 400, height: 400, bands: [.init(sampleType: .uint16)])
        var random = SplitMix64(seed: 18)
        let values = (0..<160_000).map { _ in Float(UInt16.random(in: 0...65535, using: &random)) }
        let file = disk.path + "/a.tif"
        let error = rasterError {
            let writer = try RasterWriter(file, profile: profile)
            try writer.write(values, to: profile.window)
            try writer.finish()
        }
        if let error {
            #expect(error.code == .noSpace, "\(error)")
            #expect(disk.names.isEmpty)
        } else {
            #expect(try RasterReader(file).read(profile.window) == values)
        }
    }

    @Test("a disk without a byte is refused before any work")
    func none() throws {
        let disk = try MountedDirectory(options: "size=64k")
        let filler = open(disk.path + "/filler", O_CREAT | O_WRONLY, 0o600)
        let block = [UInt8](repeating: 1, count: 4096)
        while Foundation.write(filler, block, block.count) > 0 {}
        close(filler)
        let profile = RasterProfile(width: 8, height: 8, bands: [.init(sampleType: .uint8)])
        let error = rasterError { _ = try RasterWriter(disk.path + "/a.tif", profile: profile) }
        #expect(error?.code == .noSpace)
        #expect(disk.names == ["filler"])
    }

    @Test("a read-only disk is an error that names the directory")
    func readOnly() throws {
        let disk = try MountedDirectory(options: "size=64k,ro")
        let profile = RasterProfile(width: 8, height: 8, bands: [.init(sampleType: .uint8)])
        let error = rasterError { _ = try RasterWriter(disk.path + "/a.tif", profile: profile) }
        #expect(error?.code == .notWritable)
        #expect(error?.description.contains(disk.path) == true)
    }
}
