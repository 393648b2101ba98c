import Analysis
import Classical
import Foundation
import Inference
import Metrics
import Raster
import Sensors
import Synchronization
import Testing

@Suite("Comparison of sharpening methods") struct SharpeningComparisonTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try Scene.simulate(in: directory)
    }

    private func comparison(
        _ candidates: [ComparisonCandidate], change: (inout SharpeningComparison.Options) -> Void = { _ in }
    ) throws -> SharpeningComparison {
        var options = SharpeningComparison.Options()
        options.sharpening.threads = 2
        change(&options)
        return try SharpeningComparison(
            pan: directory.file("pan.tif"), ms: directory.file("ms.tif"), candidates: candidates, sensor: .ikonos,
            options: options)
    }

    @Test("every method has a row of indices, time and memory by both protocols") func rows() throws {
        let result = try comparison(Scene.classical("EXP", "GSA")).run(in: directory.path)
        #expect(result.isComplete && result.tables.map(\.id) == ["reduced", "full"])
        let reduced = result.tables[0]
        #expect(reduced.rows.map(\.method) == ["EXP", "GSA"])
        for row in reduced.rows {
            #expect(row.values.count == Metrics.withReference.count && row.failure == nil)
            #expect(row.bandValues["RMSE"]?.count == 4)
            let use = try #require(row.use)
            // Memory is that of the whole process, in which other tests run: CompareTests look at it.
            #expect(use.seconds > 0 && use.cpuSeconds > 0)
        }
        let errors = reduced.rows.compactMap { $0.values["RMSE"] }
        #expect(errors[1] < errors[0], "sharpening beats enlarging: \(errors)")
        #expect(directory.names == ["ms.tif", "pan.tif", "reduced-ms.tif", "reduced-pan.tif", "truth.tif"])
    }

    @Test("the indices are those of the method run on Wald's pair by itself") func sameAsByHand() throws {
        let result = try comparison(Scene.classical("GSA")).run(in: directory.path)
        let (pan, ms) = (try image("pan.tif"), try image("ms.tif"))
        let scene = try WaldProtocol.reduce(ms: ms, pan: pan, sensor: .ikonos, ratio: 4)
        let fused = try GSA().sharpen(ms: scene.ms, pan: scene.pan, sensor: .ikonos, ratio: 4)
        let pair = try ImagePair(reference: ms, fused: fused, ratio: 4, peak: 2047)
        for metric in Metrics.withReference {
            let expected = try metric.value(pair)
            let value = try #require(result.tables[0].rows[0].values[metric.name])
            // The files between hold 32-bit numbers.
            #expect(abs(value - expected) < 1e-4 * max(1, abs(expected)), "\(metric.name): \(value), \(expected)")
        }
    }

    @Test("with a truth full resolution is judged too") func reference() throws {
        let file = directory.file("truth.tif")
        let result = try comparison(Scene.classical("EXP", "MTF-GLP")) { $0.reference = file }
            .run(in: directory.path)
        let full = result.tables[1]
        #expect(full.metrics.contains { $0.name == "SAM" } && full.rows.allSatisfy { $0.values["SAM"] != nil })
        #expect(full.view?.layers.first?.role == .truth)
    }

    @Test("a method that fails is a row with its reason, the others go on") func failure() throws {
        let result = try comparison([Scene.broken] + Scene.classical("EXP")).run(in: directory.path)
        for table in result.tables {
            #expect(table.rows.map { $0.failure == nil } == [false, true])
            #expect(table.rows[0].failure?.contains("defined for no ratio") == true)
        }
        #expect(result.isComplete && result.finishedMethods == 1)
        #expect(result.failures.map(\.method) == ["broken"])
        #expect(result.failures.map(\.tables) == [["reduced resolution", "full resolution"]])
    }

    @Test("what is known to fail is told before anything is computed") func checks() throws {
        func problem(
            _ candidates: [ComparisonCandidate], change: (inout SharpeningComparison.Options) -> Void = { _ in }
        ) -> String {
            do { return "\(try comparison(candidates, change: change))" } catch { return "\(error)" }
        }
        let methods = Scene.classical("EXP")
        let absent = ComparisonCandidate(name: "a", source: .weights(directory.file("absent.safetensors")))
        #expect(problem(methods + [absent]).contains("absent.safetensors"))
        let lost = ComparisonCandidate(name: "b", source: .image(directory.file("absent.tif")))
        #expect(problem(methods + [lost]).contains("absent.tif"))
        let other = ComparisonCandidate(name: "c", source: .image(directory.file("pan.tif")))
        #expect(problem(methods + [other]).contains("1 band of"))
        #expect(problem(methods) { $0.sharpening.memoryBytes = 30_000_000 }.contains("Allow more with --memory"))
        let truth = directory.file("ms.tif")
        #expect(problem(methods) { $0.reference = truth }.contains("fused images have 4 of 256 × 256"))
        #expect(directory.names == ["ms.tif", "pan.tif", "truth.tif"])
    }

    @Test("an image without a measurement is named, and so are those of which none has one where the other has")
    func unknown() throws {
        let (pan, ms) = (try image("pan.tif"), try image("ms.tif"))
        func replace(_ name: String, _ image: Image, unknown: (Int, Int) -> Bool) throws {
            var image = image
            for row in 0..<image.height {
                for column in 0..<image.width where unknown(row, column) {
                    for band in 0..<image.bands { image[band, row, column] = 0 }
                }
            }
            try FileManager.default.removeItem(atPath: directory.file(name))
            try Scene.write(image, to: directory.file(name), nodata: 0)
        }
        try replace("ms.tif", ms) { _, _ in true }
        let error = #expect(throws: SceneError.self) { try comparison(Scene.classical("EXP")) }
        #expect(error?.problem.contains("ms.tif has no pixel with a measurement") == true)
        // Known where PAN is not.
        try replace("ms.tif", ms) { row, _ in row < 32 }
        try replace("pan.tif", pan) { row, _ in row >= 128 }
        let result = try comparison(Scene.classical("GSA")).run(in: directory.path)
        for row in result.tables.flatMap(\.rows) {
            let failure = try #require(row.failure)
            #expect(failure.contains("ms.tif") && !failure.contains("reduced-"), "\(failure)")
        }
    }

    @Test("PSNR takes the peak of the sensor, and the table says which") func peak() throws {
        let known = try comparison(Scene.classical("EXP")).run(in: directory.path)
        #expect(known.tables[0].peak == 2047 && known.tables[0].peakOrigin == .sensor && known.advice.isEmpty)
        #expect(known.tables[0].explanation.contains("PSNR and SSIM take 2047"))
        let work = [try TemporaryDirectory(), try TemporaryDirectory()]
        let given = try comparison(Scene.classical("EXP")) { $0.peak = 4094 }.run(in: work[0].path)
        let before = try #require(known.tables[0].rows[0].values["PSNR"])
        let after = try #require(given.tables[0].rows[0].values["PSNR"])
        #expect(abs(after - before - 20 * log10(2)) < 1e-9)
        let guessed = try SharpeningComparison(
            pan: directory.file("pan.tif"), ms: directory.file("ms.tif"), candidates: Scene.classical("EXP")
        ).run(in: work[1].path)
        #expect(guessed.tables[0].peakOrigin == .guess && guessed.advice.count == 1)
        withExtendedLifetime(work) {}
    }

    @Test("an image that was fused before is judged where its size belongs") func existing() throws {
        let candidates = [
            ComparisonCandidate(name: "mine", source: .image(directory.file("truth.tif"))),
            ComparisonCandidate(name: "small", source: .image(directory.file("ms.tif"))),
        ]
        let result = try comparison(candidates).run(in: directory.path)
        #expect(result.tables[0].rows.map(\.method) == ["small"])
        #expect(result.tables[0].rows[0].values["RMSE"] == 0 && result.tables[0].rows[0].use == nil)
        #expect(result.tables[1].rows.map(\.method) == ["mine"])
        #expect(try FileManager.default.attributesOfItem(atPath: directory.file("ms.tif"))[.size] != nil)
    }

    @Test("who stops the work gets what is finished") func cancellation() throws {
        let cancellation = Cancellation()
        let result = try comparison(Scene.classical("EXP", "GSA", "MTF-GLP")).run(
            in: directory.path, cancellation: cancellation
        ) { if $0.stage.hasPrefix("GSA") { cancellation.cancel() } }
        #expect(!result.isComplete && result.tables.count == 1)
        #expect(result.tables[0].rows.map(\.method) == ["EXP"])
        #expect(result.unreached.map(\.table) == ["Reduced resolution", "Full resolution"])
        #expect(result.unreached.map(\.methods) == [["GSA", "MTF-GLP"], ["EXP", "GSA", "MTF-GLP"]])
        #expect(result.incompleteness?.contains("reduced resolution: GSA, MTF-GLP; full resolution: EXP,") == true)
    }

    @Test("a protocol that was only begun has no table") func cancelledAtOnce() throws {
        let cancellation = Cancellation()
        let result = try comparison(Scene.classical("EXP", "GSA")).run(
            in: directory.path, cancellation: cancellation
        ) { if $0.stage.hasPrefix("EXP, full") { cancellation.cancel() } }
        #expect(!result.isComplete && result.tables.map(\.id) == ["reduced"])
        #expect(result.unreached.map(\.methods) == [["EXP", "GSA"]])
    }

    @Test("a scene too small to be degraded is judged at full resolution only, and that is said") func tooSmall() throws
    {
        for (name, side) in [("pan.tif", 40), ("ms.tif", 10)] {
            let image = try image(name).cropped(rows: 0..<side, columns: 0..<side)
            try FileManager.default.removeItem(atPath: directory.file(name))
            try Scene.write(image, to: directory.file(name))
        }
        let small = try comparison(Scene.classical("EXP")).run(in: directory.path)
        #expect(small.tables.map(\.id) == ["reduced", "full"] && small.warnings.isEmpty)
        for (name, side) in [("pan.tif", 12), ("ms.tif", 3)] {
            let image = try image(name).cropped(rows: 0..<side, columns: 0..<side)
            try FileManager.default.removeItem(atPath: directory.file(name))
            try Scene.write(image, to: directory.file(name))
        }
        let tiny = try comparison(Scene.classical("EXP")).run(in: directory.path)
        #expect(tiny.tables.map(\.id) == ["full"] && tiny.isComplete)
        #expect(tiny.warnings.first?.contains("no assessment at reduced resolution") == true)
    }

    @Test("the degraded pair has the same bits in small tiles and in large ones, with nodata too") func tiles() throws {
        // Two holes, one at a corner.
        for (name, factor) in [("pan.tif", 4), ("ms.tif", 1)] {
            var image = try image(name)
            for (top, left) in [(0, 0), (29, 33)] {
                for row in top * factor..<(top + 6) * factor {
                    for column in left * factor..<(left + 5) * factor {
                        for band in 0..<image.bands { image[band, row, column] = 0 }
                    }
                }
            }
            try FileManager.default.removeItem(atPath: directory.file(name))
            try Scene.write(image, to: directory.file(name), nodata: 0)
        }
        var results: [[[Float]]] = []
        for memory in [1_000_000, 2 << 30] {
            _ = try comparison([]) { $0.sharpening.memoryBytes = memory }.run(in: directory.path)
            results.append(
                try ["reduced-ms.tif", "reduced-pan.tif"].map { name in
                    let reader = try RasterReader(directory.file(name))
                    let values = try reader.read(reader.profile.window, as: Float.self)
                    #expect(values.contains { $0.isNaN } && values.contains { !$0.isNaN })
                    return values.map { $0.isNaN ? -1 : $0 }
                })
            for name in ["reduced-ms.tif", "reduced-pan.tif"] {
                try FileManager.default.removeItem(atPath: directory.file(name))
            }
        }
        #expect(results[0] == results[1])
    }

    @Test("pictures show the region that was asked for, and else the one with most texture") func region() throws {
        let window = Window(column: 64, row: 32, width: 96, height: 80)
        let result = try comparison(Scene.classical("EXP")) { $0.region = window }.run(in: directory.path)
        let view = try #require(result.tables[1].view)
        let pan = try image("pan.tif")
        #expect(view.window == window && view.layers[0].image[0, 0, 0] == pan[0, 32, 64])
        #expect(throws: SceneError.self) {
            try comparison([]) { $0.region = Window(column: 200, row: 0, width: 96, height: 80) }
        }
    }

    @Test(
        "the degraded pair is that of the toolbox", .enabled(if: Shared.satellite != nil, "the scenes are not there"),
        arguments: ["wv2", "ikonos", "landsat8"])
    func degradedPair(name: String) throws {
        let folder = try #require(Shared.satellite)
        let sensor: Sensor = name == "wv2" ? .worldView2 : name == "ikonos" ? .ikonos : .landsat8
        _ = try SharpeningComparison(
            pan: "\(folder)/\(name)/pan.tif", ms: "\(folder)/\(name)/ms.tif", candidates: [], sensor: sensor
        ).run(in: directory.path)
        for (ours, theirs) in [("reduced-ms.tif", "ms.tif"), ("reduced-pan.tif", "pan.tif")] {
            let (one, other) = (try image(ours), try image(theirs, in: "\(folder)/\(name)_rr"))
            #expect(one.width == other.width && one.bands == other.bands)
            let largest = zip(one.values, other.values).map { abs($0 - $1) }.max() ?? .infinity
            // Theirs are rounded to whole numbers.
            #expect(largest <= 0.5 + 1e-3, "\(name), \(theirs): \(largest)")
        }
    }

    private func image(_ name: String, in folder: String? = nil) throws -> Image {
        let reader = try RasterReader("\(folder ?? directory.path)/\(name)")
        let profile = reader.profile
        let values = try reader.read(profile.window, as: Double.self)
        return Image(bands: profile.bands.count, height: profile.height, width: profile.width, values: values)
    }
}
