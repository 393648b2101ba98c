import Foundation
import Inference
import Networks
import Raster
import Testing
import Torch

/// Repeats each multispectral sample over its pixels: shows what a network is given, and where.
private final class Repetition: Module, SharpeningNetwork {
    let panBands = 1
    let msBands: Int
    let ratio = 4
    let sizeMultiple = 4
    let bytesPerPixel = 100

    init(msBands: Int) {
        self.msBands = msBands
        super.init()
    }

    func sharpen(ms: Tensor, pan: Tensor) throws -> Tensor {
        ms.interpolated(to: [pan.size(2), pan.size(3)], mode: .nearest)
    }
}

@Suite struct NetworkTests {
    static let description = CheckpointDescription(system: "fusionmamba-rs", configuration: "{}")

    static func options(_ tileSide: Int?, type: SampleType = .float32) -> Pansharpening.Options {
        var options = Pansharpening.Options()
        options.tileSide = tileSide
        options.threads = 2
        options.sampleType = type
        options.writing = .init(creationOptions: ["COMPRESS=NONE"], overwrites: true)
        return options
    }

    /// FusionMamba with random weights, through a file as users have it.
    private static func fusionMamba(_ directory: TemporaryDirectory, ratio: Int = 4) throws -> NetworkSharpener {
        let configuration = #"{"dim": 8, "ms_dim": 4, "scale": \#(ratio)}"#
        let network = try #require(NetworkSystem.named("fusionmamba-rs")).network(configuration)
        network.initialize(using: RandomGenerator(seed: 7))
        let file = directory.file("weights.safetensors")
        let description = CheckpointDescription(system: "fusionmamba-rs", configuration: configuration)
        try SafetensorsFile.write(network.state(), metadata: description.metadata, to: file)
        return try NetworkSharpener(NetworkCheckpoint(file: file))
    }

    private func fused(
        _ scene: TestScene, _ network: NetworkSharpener, tileSide: Int?, type: SampleType = .float32
    ) throws -> (pixels: [Float], valid: [UInt8], profile: RasterProfile) {
        let output = scene.directory.file("out.tif")
        _ = try Pansharpening(
            pair: scene.pair(), method: .network(network), options: Self.options(tileSide, type: type)
        ).run(output: output)
        let reader = try RasterReader(output)
        return (
            try reader.read(reader.profile.window), try reader.readMask(reader.profile.window), reader.profile
        )
    }

    @Test("without a shift a network gets the multispectral samples themselves", arguments: [64, 512])
    func samples(_ tileSide: Int) throws {
        var scene = try TestScene(panWidth: 212, panHeight: 188)
        scene.pan.isGeoreferenced = false
        scene.ms.isGeoreferenced = false
        try scene.writeLand()
        let network = try NetworkSharpener(Repetition(msBands: 4), description: Self.description, peak: 2048)
        let result = try fused(scene, network, tileSide: tileSide)
        let ms: [Float] = try RasterReader(scene.msFile).read(Window(width: 53, height: 47))
        var worst: Float = 0
        for band in 0..<4 {
            for row in 0..<188 {
                for column in 0..<212 {
                    let given = ms[(band * 47 + row / 4) * 53 + column / 4]
                    worst = max(worst, abs(result.pixels[(band * 188 + row) * 212 + column] - given))
                }
            }
        }
        // Where tiles are blended their weights add up to 1 but for rounding.
        #expect(tileSide == 512 ? worst == 0 : worst < 1e-3)
    }

    @Test("tiles of a network have no seam and stay near to the whole scene at once")
    func tiles() throws {
        let scene = try TestScene(panWidth: 203, panHeight: 187, msWidth: 52, msHeight: 48, offset: (0.25, -0.5))
        try scene.writeLand()
        let network = try Self.fusionMamba(scene.directory)
        let whole = try fused(scene, network, tileSide: 512)
        let tiled = try fused(scene, network, tileSide: 64)
        #expect(whole.profile.width == 203 && whole.profile.height == 187)
        let difference = zip(whole.pixels, tiled.pixels).map { Double($1 - $0) }
        #expect(difference.allSatisfy { $0.isFinite })
        let rms = (difference.reduce(0) { $0 + $1 * $1 } / Double(difference.count)).squareRoot()
        let spread = deviation(whole.pixels)
        // Random weights: the scan's reach over the tile shows, but is small beside the image.
        #expect(rms < 0.02 * spread, "rms \(rms), deviation of the image \(spread)")
        #expect(rms > 0)
        // Four tiles of about 51 columns: what is added from one column to the next, at their borders and elsewhere.
        var (atBorders, elsewhere) = ((sum: 0.0, count: 0.0), (sum: 0.0, count: 0.0))
        let borders = Set((1..<4).flatMap { part in [-16, 0, 16].map { part * 203 / 4 + $0 } })
        for line in 0..<4 * 187 {
            for column in 1..<203 {
                let jump = abs(difference[line * 203 + column] - difference[line * 203 + column - 1])
                if borders.contains(column) {
                    atBorders = (atBorders.sum + jump, atBorders.count + 1)
                } else {
                    elsewhere = (elsewhere.sum + jump, elsewhere.count + 1)
                }
            }
        }
        let ratio = (atBorders.sum / atBorders.count) / (elsewhere.sum / elsewhere.count)
        #expect(ratio < 1.5, "\(ratio)")
    }

    private func deviation(_ values: [Float]) -> Double {
        let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
        return (values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(values.count)).squareRoot()
    }

    @Test("unknown pixels stay unknown, and their surroundings are as if they were not")
    func nodata() throws {
        var scene = try TestScene(panWidth: 160, panHeight: 144)
        try scene.writeLand()
        let network = try Self.fusionMamba(scene.directory)
        let complete = try fused(scene, network, tileSide: 64)
        scene.ms.nodata = 0
        // A corner that holds a whole tile, and a hole.
        func isKnown(_ row: Int, _ column: Int) -> Bool {
            (row > 24 || column > 26) && hypot(Double(row - 28), Double(column - 32)) > 3
        }
        try scene.writeLand(isMSValid: isKnown)
        let result = try fused(scene, network, tileSide: 64)
        var worst: Float = 0
        for row in 0..<144 {
            for column in 0..<160 {
                let pixel = row * 160 + column
                if (result.valid[pixel] == 1) != isKnown(row / 4, column / 4) {
                    Issue.record("pixel (\(row), \(column))")
                    return
                }
                guard result.valid[pixel] == 1 else { continue }
                for band in 0..<4 {
                    worst = max(
                        worst, abs(result.pixels[band * 23_040 + pixel] - complete.pixels[band * 23_040 + pixel]))
                }
            }
        }
        #expect(worst < 300, "\(worst)")
    }

    @Test("pairs that the weights are not for are refused before any work")
    func mismatches() throws {
        let scene = try TestScene(panWidth: 160, panHeight: 144, bands: 3)
        try scene.writeLand()
        let network = try Self.fusionMamba(scene.directory)
        func code(_ scene: TestScene) throws -> SceneError? {
            let pair = try scene.pair()
            return sceneError { _ = try Pansharpening(pair: pair, method: .network(network)) }
        }
        let bands = try code(scene)
        #expect(bands?.code == .weightsMismatch && bands?.problem.contains("3 bands") == true)
        let half = try TestScene(panWidth: 80, panHeight: 80, ratio: 2)
        try half.writeLand()
        #expect(try code(half)?.code == .weightsMismatch)
        let small = try TestScene(panWidth: 12, panHeight: 80)
        try small.writeLand()
        let error = try code(small)
        #expect(error?.code == .tooSmall && error?.problem.contains(small.panFile) == true)
        #expect(
            sceneError { _ = try NetworkSharpener(Repetition(msBands: 4), description: Self.description, peak: 0) }?
                .code
                == .invalidOption)
    }

    @Test("a network that is stopped leaves nothing")
    func cancellation() throws {
        let scene = try TestScene(panWidth: 256, panHeight: 256)
        try scene.writeLand()
        let network = try NetworkSharpener(Repetition(msBands: 4), description: Self.description)
        let cancellation = Cancellation()
        let error = sceneError {
            _ = try Pansharpening(pair: scene.pair(), method: .network(network), options: Self.options(64))
                .run(output: scene.directory.file("out.tif"), cancellation: cancellation) { progress in
                    if progress.done > 2 * 48 * 48 { cancellation.cancel() }
                }
        }
        #expect(error?.code == .cancelled)
        #expect(scene.directory.names == ["ms.tif", "pan.tif"])
    }
}
