import Foundation
import Raster
import Sensors
import Testing
import Torch
import Training

@Suite("Training without a truth", .serialized) struct FullResolutionTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// A simulated WorldView-3 scene as two files; gives "pan.tif + ms.tif".
    private func writeScene() throws -> String {
        let scene = try SceneSimulator(sensor: .worldView3, panSize: 96, seed: 3).render()
        for (name, image) in [("pan", scene.pan), ("ms", scene.ms)] {
            let band = RasterProfile.Band(sampleType: .uint16)
            var profile = RasterProfile(
                width: image.width, height: image.height,
                bands: [RasterProfile.Band](repeating: band, count: image.bands))
            let step = name == "pan" ? 0.5 : 2.0
            profile.geoTransform = GeoTransform(originX: 0, originY: 0, columnStepX: step, rowStepY: -step)
            profile.projection = Projection.wkt(named: "EPSG:32616")
            let writer = try RasterWriter(scratch.file("\(name).tif"), profile: profile)
            try writer.write(image.values, to: profile.window)
            try writer.finish()
        }
        return "\(scratch.file("pan.tif")) + \(scratch.file("ms.tif"))"
    }

    private func configuration(_ changes: String...) throws -> TrainingConfiguration {
        let fixed = [
            "network.settings={dim: 8}", "data.side=32", "data.validation-count=2",
            "average.kind=none", "optimizer.rate=5e-4",
        ]
        return try TrainingConfiguration(
            yaml: try littleTraining(scratch.file("run")).yaml, changes: fixed + changes)
    }

    @Test("takes samples at full resolution beside others, in batches of their own, by losses without reference")
    func mixed() throws {
        let scene = try writeScene()
        let run = try TrainingRun(
            try configuration(
                "data.full-resolution=['\(scene)']", "data.validation-full-resolution=['\(scene)']", "epochs=2",
                "loss={l1: 1, spectral: 0.5, spatial: 0.5}", "validation.metrics=[SAM, HQNR]"))
        // Eight made-up samples, and nine patches of 96 × 96 pixels, of which one fills no batch of two.
        #expect(run.stepsPerEpoch == 8)
        #expect(try run.run() == .finished)
        let rows = try scratch.text("run/steps.csv").split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        #expect(rows[0].joined(separator: ",").hasPrefix("step,epoch,loss,l1,spectral,spatial,"))
        let withoutTruth = rows.dropFirst().filter { $0[3].isEmpty }
        #expect(rows.count == 17)
        #expect(withoutTruth.count == 8)
        #expect(withoutTruth.allSatisfy { !$0[4].isEmpty && !$0[5].isEmpty })
        let validations = try scratch.text("run/validation.csv").split(separator: "\n")
        #expect(validations[0] == "step,epoch,loss,l1,spectral,spatial,SAM,HQNR")
        for row in validations.dropFirst() {
            let values = row.split(separator: ",", omittingEmptySubsequences: false).compactMap { Double($0) }
            #expect(values.count == 8)
            #expect(values[7] > 0 && values[7] < 1)
        }
    }

    @Test("learns from scenes alone")
    func alone() throws {
        let scene = try writeScene()
        let run = try TrainingRun(
            try configuration(
                "data.training=[]", "data.full-resolution=['\(scene)']", "data.validation=[]",
                "data.validation-full-resolution=['\(scene)']", "epochs=6", "loss={spectral: 1, spatial: 1}",
                "validation.metrics=[]"))
        _ = try run.run()
        let losses = try scratch.text("run/validation.csv").split(separator: "\n").dropFirst().compactMap {
            Double($0.split(separator: ",")[2])
        }
        #expect(losses.count == 6)
        #expect(losses[5] < losses[0] * 0.9, "\(losses)")
    }

    @Test("says before it starts that a loss has nothing to compare with")
    func refuses() throws {
        let scene = try writeScene()
        let error = #expect(throws: TrainingError.self) {
            try TrainingRun(try configuration("data.full-resolution=['\(scene)']"))
        }
        #expect(error?.description.contains("spectral") ?? false)
        #expect(scratch.names("run").isEmpty)
        #expect(throws: (any Error).self) { try configuration("data.training=[]") }
    }
}
