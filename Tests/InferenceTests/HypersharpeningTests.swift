import Classical
import Foundation
import Inference
import Networks
import Raster
import Testing
import Torch

/// Gives back the sharp image's bands in turn: shows what a network is given of them, and where.
private final class SharpBands: Module, SharpeningNetwork {
    let panBands: Int
    let msBands: Int
    let ratio = 4
    let sizeMultiple = 4
    let bytesPerPixel = 100

    init(panBands: Int, msBands: Int) {
        (self.panBands, self.msBands) = (panBands, msBands)
        super.init()
    }

    func sharpen(ms: Tensor, pan: Tensor) throws -> Tensor {
        let bands = (0..<msBands).map { Int64($0 % panBands) }
        return pan.selected(axis: 1, indices: Tensor(bands, shape: [msBands]))
    }
}

@Suite struct HypersharpeningTests {
    /// A pair whose sharp image has several bands.
    private static func scene(
        sharpBands: Int = 3, bands: Int = 8, side: Int = 64, isGeoreferenced: Bool = true
    ) throws -> TestScene {
        var scene = try TestScene(panWidth: side, panHeight: side, bands: bands)
        scene.pan.bands = sharpBands
        scene.pan.isGeoreferenced = isGeoreferenced
        scene.ms.isGeoreferenced = isGeoreferenced
        return scene
    }

    private static func write(_ scene: TestScene, isPANValid: ((Int, Int) -> Bool)? = nil) throws {
        try scene.pan.write(scene.panFile, isValid: isPANValid) { band, row, column in
            Double((band * 50 + row * 3 + column) % 250 + 1)
        }
        try scene.ms.write(scene.msFile) { band, row, column in
            let place = scene.ms.place(row, column)
            return Land.band(band, place.x, place.y)
        }
    }

    private static func pair(_ scene: TestScene) throws -> ScenePair {
        try ScenePair(pan: scene.panFile, ms: scene.msFile, task: .hypersharpen)
    }

    @Test("a network gets every band of the sharp image, over its own peak", arguments: [64, 512])
    func sharpBands(tileSide: Int) throws {
        let scene = try Self.scene(side: 148)
        try Self.write(scene)
        let network = try NetworkSharpener(
            SharpBands(panBands: 3, msBands: 8), description: NetworkTests.description, peak: 2550, highPeak: 255)
        let output = scene.directory.file("out.tif")
        _ = try Pansharpening(
            pair: Self.pair(scene), method: .network(network), options: NetworkTests.options(tileSide)
        ).run(output: output)
        let fused: [Float] = try RasterReader(output).read(Window(width: 148, height: 148))
        let sharp: [Float] = try RasterReader(scene.panFile).read(Window(width: 148, height: 148))
        let plane = 148 * 148
        var worst: Float = 0
        for index in fused.indices {
            let wanted = 10 * sharp[(index / plane % 3) * plane + index % plane]
            worst = max(worst, abs(fused[index] - wanted))
        }
        #expect(worst < 0.01, "\(worst)")
    }

    @Test("FusionMamba sharpens 31 bands with 3") func fusionMamba() throws {
        let scene = try Self.scene(bands: 31)
        try Self.write(scene)
        let network = try FusionMambaRS(FusionMambaRSConfiguration(width: 8, panBands: 3, msBands: 31))
        network.initialize(using: RandomGenerator(seed: 3))
        let sharpener = try NetworkSharpener(network, description: NetworkTests.description)
        let output = scene.directory.file("out.tif")
        let summary = try Pansharpening(
            pair: Self.pair(scene), method: .network(sharpener), options: NetworkTests.options(nil)
        ).run(output: output)
        #expect(summary.profile.bands.count == 31 && summary.validPixels == 64 * 64)
        let fused: [Float] = try RasterReader(output).read(Window(width: 64, height: 64))
        #expect(fused.allSatisfy { $0.isFinite })
    }

    @Test("a pixel that is unknown in one band of the sharp image is unknown in the output") func nodata() throws {
        var scene = try Self.scene()
        scene.pan.nodata = 0
        try Self.write(scene) { row, column in row != 10 || column != 20 }
        let network = try NetworkSharpener(
            SharpBands(panBands: 3, msBands: 8), description: NetworkTests.description)
        let output = scene.directory.file("out.tif")
        _ = try Pansharpening(
            pair: Self.pair(scene), method: .network(network), options: NetworkTests.options(nil)
        ).run(output: output)
        let mask = try RasterReader(output).readMask(Window(width: 64, height: 64))
        #expect(mask.indices.filter { mask[$0] == 0 } == [10 * 64 + 20])
    }

    @Test("several sharp bands are for networks that take as many, and never for pansharpening")
    func mismatches() throws {
        let scene = try Self.scene()
        try Self.write(scene)
        let pair = try Self.pair(scene)
        #expect(pair.panBands == [0, 1, 2])
        let classical = sceneError { _ = try Pansharpening(pair: pair, method: .classical(MTFGLPFS())) }
        #expect(classical?.code == .panchromaticBands && classical?.problem.contains("3 bands") == true)
        #expect(classical?.problem.contains("MTF-GLP-FS sharpens with one") == true)
        let other = sceneError {
            let network = try NetworkSharpener(
                SharpBands(panBands: 4, msBands: 8), description: NetworkTests.description)
            _ = try Pansharpening(pair: pair, method: .network(network))
        }
        #expect(other?.code == .weightsMismatch && other?.problem.contains("3 bands") == true)
        let pansharpening = sceneError { _ = try ScenePair(pan: scene.panFile, ms: scene.msFile) }
        #expect(pansharpening?.code == .panchromaticBands && pansharpening?.remedy.contains("hypersharpen") == true)
        let swapped = sceneError {
            _ = try ScenePair(pan: scene.msFile, ms: scene.panFile, task: .hypersharpen)
        }
        #expect(swapped?.code == .swapped && swapped?.remedy == "Exchange --high and --low.")
        #expect(
            sceneError {
                _ = try NetworkSharpener(
                    SharpBands(panBands: 4, msBands: 8), description: NetworkTests.description, highPeak: -1)
            }?.code == .invalidOption)
    }

    @Test("tiles get smaller with the number of bands, and the least that is needed is told") func memory() throws {
        func side(bands: Int, megabytes: Int) throws -> Int {
            let scene = try Self.scene(sharpBands: 1, bands: bands, side: 1024)
            try scene.pan.write(scene.panFile) { _, row, column in Double(row ^ column) }
            try scene.ms.write(scene.msFile) { _, row, column in Double(row + column) }
            let network = try NetworkSharpener(
                SharpBands(panBands: 1, msBands: bands), description: NetworkTests.description)
            var options = NetworkTests.options(nil)
            options.memoryBytes = megabytes << 20
            let output = scene.directory.file("out.tif")
            return try Pansharpening(pair: Self.pair(scene), method: .network(network), options: options)
                .run(output: output).tileSide
        }
        #expect(try side(bands: 1, megabytes: 64) == 512)
        #expect(try side(bands: 12, megabytes: 64) < 512)
        #expect(sceneError { _ = try side(bands: 100, megabytes: 64) }?.code == .memory)
    }

    @Test("224 bands are sharpened with one by every classical method, with their wavelengths")
    func manyBands() throws {
        let scene = try Self.scene(sharpBands: 1, bands: 224)
        try scene.writeLand()
        let reader = try RasterReader(scene.msFile)
        var profile = reader.profile
        for index in profile.bands.indices {
            profile.bands[index].wavelength = Wavelength(
                centre: 400 + 9.5 * Double(index), width: 10, unit: "Nanometers")
        }
        let low = scene.directory.file("hsi.tif")
        let writer = try RasterWriter(low, profile: profile)
        try writer.write(reader.read(profile.window, as: Double.self), to: profile.window)
        try writer.finish()
        let output = scene.directory.file("out.dat")
        var options = Pansharpening.Options()
        options.writing = .init(format: "ENVI", overwrites: true)
        options.threads = 2
        for method in ClassicalMethods.all {
            _ = try Pansharpening(
                pair: ScenePair(pan: scene.panFile, ms: low, task: .hypersharpen), method: .classical(method),
                options: options
            ).run(output: output)
            let fused = try RasterReader(output)
            #expect(fused.profile.bands.map(\.wavelength) == profile.bands.map(\.wavelength), "\(method.name)")
            let values = try fused.read(fused.profile.window, as: Float.self)
            #expect(values.allSatisfy { $0.isFinite }, "\(method.name)")
        }
    }
}
