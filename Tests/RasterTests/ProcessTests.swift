import Foundation
import Raster
import Testing

/// What has to be seen from outside of a process.
@Suite("Processes") struct ProcessTests {
    /// A directory that parent and child know by the parent's number.
    private static func directory(of process: pid_t) -> String { NSTemporaryDirectory() + "/raster-killed-\(process)" }

    @Test("a killed process leaves the existing file, and nothing else under a name that is not hidden")
    func killed() async throws {
        let directory = Self.directory(of: getpid())
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try Data("older".utf8).write(to: URL(fileURLWithPath: directory + "/a.tif"))
        await #expect(processExitsWith: .signal(SIGKILL)) {
            let file = Self.directory(of: getppid()) + "/a.tif"
            let profile = RasterProfile(width: 2000, height: 2000, bands: [.init(sampleType: .float32)])
            let writer = try RasterWriter(file, profile: profile, options: .init(overwrites: true))
            try writer.write([Float](repeating: 1, count: 4_000_000), to: profile.window)
            kill(getpid(), SIGKILL)
            try writer.finish()
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: directory)
        #expect(names.filter { !$0.hasPrefix(".") } == ["a.tif"] && names.count == 2)
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory + "/a.tif")) == Data("older".utf8))
    }

    @Test("removing all temporaries leaves nothing of any writer")
    func sweep() async throws {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let profile = RasterProfile(width: 20, height: 20, bands: [.init(sampleType: .uint8)])
            let writers = try ["a.tif", "b.png"].map { try RasterWriter(directory.file($0), profile: profile) }
            let before = directory.names.count
            RasterWriter.removeAllTemporaries()
            let after = directory.names.count
            let failures = writers.filter { writer in rasterError { try writer.finish() } != nil }.count
            let isRight = before == 2 && after == 0 && failures == 2 && directory.names.isEmpty
            // Leaving the process so does not run the directory's end.
            try FileManager.default.removeItem(atPath: directory.path)
            exit(isRight ? 0 : 1)
        }
    }

    @Test("nothing of what the libraries for HDF5 and MAT say reaches standard error")
    func silenceOfArrays() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            let directory = try TemporaryDirectory()
            try writeHDF5(directory.file("a.h5"), [.cube("cube", bands: 3, height: 20, width: 20)])
            try writeMAT(directory.file("b.mat"), [.cube("cube", bands: 3, height: 20, width: 20)], compression: true)
            for name in ["a.h5", "b.mat"] {
                let whole = try Data(contentsOf: URL(fileURLWithPath: directory.file(name)))
                for length in [20, 600, 2000, whole.count / 2, whole.count - 9] {
                    try whole.prefix(length).write(to: URL(fileURLWithPath: directory.file(name)))
                    _ = rasterError {
                        let reader = try RasterReader(directory.file(name))
                        _ = try reader.read(reader.profile.window, as: Float.self)
                    }
                }
                var bytes = whole
                for place in stride(from: 200, to: bytes.count, by: 300) { bytes[place] ^= 0x55 }
                try bytes.write(to: URL(fileURLWithPath: directory.file(name)))
                _ = rasterError { _ = try RasterReader(directory.file(name)) }
            }
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(!text.contains("HDF5") && !text.lowercased().contains("inflate") && !text.contains("ERROR"), "\(text)")
    }

    @Test("nothing of what GDAL says reaches standard error")
    func silence() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            let directory = try TemporaryDirectory()
            let file = directory.file("a.tif")
            let profile = RasterProfile(width: 64, height: 64, bands: [.init(sampleType: .uint8)])
            let writer = try RasterWriter(file, profile: profile, options: .init(creationOptions: ["NUM_THREADS=2"]))
            try writer.write([Float](repeating: 1, count: 4096), to: profile.window)
            try writer.finish()
            _ = rasterError { _ = try RasterReader(directory.file("absent.tif")) }
            _ = Projection.areSame("nonsense", "more nonsense")
            let whole = try Data(contentsOf: URL(fileURLWithPath: file))
            for length in [9, 100, whole.count - 20] {
                try whole.prefix(length).write(to: URL(fileURLWithPath: file))
                _ = rasterError {
                    let reader = try RasterReader(file)
                    _ = try reader.read(reader.profile.window, as: Float.self)
                }
            }
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(!text.contains("ERROR") && !text.contains("Warning"), "\(text)")
    }
}
