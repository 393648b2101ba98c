import Classical
import Foundation
import Inference
import Raster
import Sensors
import Testing

@Suite struct AtomicityTests {
    private static func options(overwrites: Bool, threads: Int = 1) -> Pansharpening.Options {
        var options = Pansharpening.Options()
        options.tileSide = 64
        options.threads = threads
        options.writing = .init(overwrites: overwrites)
        return options
    }

    @Test(
        "a run that is stopped at its third tile leaves nothing, and an existing output as it was", arguments: [1, 2])
    func cancellation(_ threads: Int) throws {
        let scene = try TestScene(panWidth: 256, panHeight: 256)
        try scene.writeLand()
        let output = scene.directory.file("out.tif")
        let old = Data("an older file".utf8)
        for exists in [false, true] {
            if exists { try old.write(to: URL(fileURLWithPath: output)) }
            let cancellation = Cancellation()
            let job = try Pansharpening(
                pair: scene.pair(), method: .classical(MTFGLPFS()),
                options: Self.options(overwrites: exists, threads: threads))
            let error = sceneError {
                _ = try job.run(output: output, cancellation: cancellation) { progress in
                    if progress.stage == "fusing", progress.done >= 3 * 64 * 64 { cancellation.cancel() }
                }
            }
            #expect(error?.code == .cancelled)
            #expect(scene.directory.names == (exists ? ["ms.tif", "out.tif", "pan.tif"] : ["ms.tif", "pan.tif"]))
            if exists { #expect(try Data(contentsOf: URL(fileURLWithPath: output)) == old) }
        }
    }

    @Test("an input that ends too early fails late, and leaves nothing", arguments: ["EXP", "MTF-GLP-FS"])
    func truncation(_ name: String) throws {
        var scene = try TestScene(panWidth: 256, panHeight: 256)
        // The directory of the file comes first, so that it opens; its last rows are missing.
        scene.pan.creationOptions = ["COMPRESS=NONE", "TILED=NO", "BLOCKYSIZE=16"]
        try scene.writeLand()
        let output = scene.directory.file("out.tif")
        let old = Data("an older file".utf8)
        try old.write(to: URL(fileURLWithPath: output))
        let pair = try scene.pair()
        let size = try #require(
            try FileManager.default.attributesOfItem(atPath: scene.panFile)[.size] as? Int)
        truncate(scene.panFile, off_t(size - 256 * 2 * 20))
        let method = Pansharpening.Method.classical(try #require(ClassicalMethods.named(name)))
        let job = try Pansharpening(pair: pair, method: method, options: Self.options(overwrites: true))
        do {
            _ = try job.run(output: output)
            Issue.record("nothing was thrown")
        } catch {
            let error = try #require(error as? RasterError)
            #expect(error.code == .damaged && error.file == scene.panFile)
        }
        #expect(scene.directory.names == ["ms.tif", "out.tif", "pan.tif"])
        #expect(try Data(contentsOf: URL(fileURLWithPath: output)) == old)
    }

    @Test("an existing output, and one that is an input, are refused before any work")
    func refusals() throws {
        let scene = try TestScene(panWidth: 64, panHeight: 64)
        try scene.writeLand()
        for (overwrites, file, code) in [
            (false, scene.msFile, RasterError.Code.outputIsInput), (true, scene.panFile, .outputIsInput),
            (false, scene.directory.file("none/out.tif"), .directoryMissing),
        ] {
            let job = try Pansharpening(
                pair: scene.pair(), method: .classical(EXP()), options: Self.options(overwrites: overwrites))
            do {
                _ = try job.run(output: file) { _ in Issue.record("work has begun") }
                Issue.record("nothing was thrown")
            } catch {
                #expect((error as? RasterError)?.code == code)
            }
        }
    }

    @Test("options that make no sense are refused")
    func invalidOptions() throws {
        let scene = try TestScene(panWidth: 64, panHeight: 64)
        try scene.writeLand()
        for side in [0, -5, 63] {
            var options = Pansharpening.Options()
            options.tileSide = side
            let error = sceneError {
                _ = try Pansharpening(pair: scene.pair(), method: .classical(EXP()), options: options)
            }
            #expect(error?.code == .invalidOption)
        }
        var options = Pansharpening.Options()
        (options.threads, options.tileSide) = (-3, Int.max)
        let summary = try Pansharpening(pair: scene.pair(), method: .classical(GSA()), options: options)
            .run(output: scene.directory.file("out.tif"))
        #expect(summary.validPixels == 64 * 64)
    }

    @Test("less memory gives smaller tiles, too little is an error that says how much is needed")
    func memory() throws {
        let scene = try TestScene(panWidth: 600, panHeight: 600)
        try scene.writeLand()
        let output = scene.directory.file("out.tif")
        func run(_ megabytes: Int) throws -> Pansharpening.Summary {
            var options = Pansharpening.Options()
            options.memoryBytes = megabytes << 20
            options.threads = 1
            options.writing = .init(overwrites: true)
            return try Pansharpening(pair: scene.pair(), method: .classical(MTFGLPFS()), options: options)
                .run(output: output)
        }
        #expect(try run(512).tileSide > run(32).tileSide)
        let error = sceneError { _ = try run(2) }
        #expect(error?.code == .memory)
        #expect(error?.problem.contains("2 MB are allowed") == true)
    }
}
