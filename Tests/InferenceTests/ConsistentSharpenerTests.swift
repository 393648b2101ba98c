import Foundation
import Inference
import Networks
import Raster
import Testing
import Torch

@Suite("The network for any sensor on scenes") struct ConsistentSharpenerTests {
    private func shipped(_ task: FusionTask = .pansharpen) throws -> ConsistentSharpener {
        let checkpoint = try #require(try NetworkCheckpoint(shippedWith: .consistentDetail, for: task))
        let method = try Pansharpening.Method(checkpoint)
        guard case .consistent(let sharpener) = method else {
            Issue.record("another method")
            throw CancellationError()
        }
        return sharpener
    }

    private func fused(
        _ scene: TestScene, tileSide: Int?, task: FusionTask = .pansharpen
    ) throws -> (pixels: [Float], valid: [UInt8], profile: RasterProfile) {
        let output = scene.directory.file("out.tif")
        _ = try Pansharpening(
            pair: scene.pair(), method: .consistent(shipped(task)), options: NetworkTests.options(tileSide)
        ).run(output: output)
        let reader = try RasterReader(output)
        return (
            try reader.read(reader.profile.window), try reader.readMask(reader.profile.window), reader.profile
        )
    }

    private func deviation(_ values: [Double]) -> Double {
        let mean = values.reduce(0, +) / Double(values.count)
        return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
    }

    @Test(
        "tiles change the result by less than a thousandth of its contrast, wherever the samples lie",
        arguments: [
            (2, 0.0, FusionTask.pansharpen), (3, 0.3, .pansharpen), (4, -0.5, .pansharpen), (2, 0.0, .hypersharpen),
            (4, 0.5, .hypersharpen), (6, -0.5, .hypersharpen),
        ])
    func tiles(ratio: Int, offset: Double, task: FusionTask) throws {
        let scene = try TestScene(
            panWidth: 52 * ratio, panHeight: 48 * ratio, msWidth: 54, msHeight: 50, ratio: ratio,
            offset: (offset, -offset))
        try scene.writeLand()
        let whole = try fused(scene, tileSide: 512, task: task)
        let tiled = try fused(scene, tileSide: 64, task: task)
        #expect(whole.profile.width == 52 * ratio && whole.profile.height == 48 * ratio)
        let difference = zip(whole.pixels, tiled.pixels).map { Double($1 - $0) }
        let spread = deviation(whole.pixels.map(Double.init))
        let rms = (difference.reduce(0) { $0 + $1 * $1 } / Double(difference.count)).squareRoot()
        #expect(rms < 1e-3 * spread, "rms \(rms), deviation of the image \(spread)")
        #expect((difference.map(abs).max() ?? 0) < 2e-2 * spread)
    }

    @Test("unknown pixels stay unknown and change nothing far from them")
    func unknown() throws {
        var scene = try TestScene(panWidth: 256, panHeight: 128)
        scene.ms.nodata = 0
        try scene.writeLand()
        let whole = try fused(scene, tileSide: 64)
        let areKnown = whole.valid.allSatisfy { $0 != 0 }
        #expect(areKnown)
        // Without the left quarter of the multispectral image.
        try scene.writeLand(isMSValid: { _, column in column >= 16 })
        let holed = try fused(scene, tileSide: 64)
        for row in 0..<128 {
            for column in 0..<256 { #expect((holed.valid[row * 256 + column] != 0) == (column >= 64)) }
        }
        let areFinite = holed.pixels.allSatisfy { $0.isFinite }
        #expect(areFinite)
    }

    @Test("a hot pixel changes nothing far from it, and numbers below 0 are numbers")
    func robust() throws {
        let scene = try TestScene(panWidth: 256, panHeight: 128, type: .float32)
        try scene.writeLand()
        let plain = try fused(scene, tileSide: nil).pixels
        let spread = deviation(plain.map(Double.init))
        /// Root mean square of what differs in the right half.
        func far(_ pixels: [Float], less offset: Float = 0) -> Double {
            let squares = plain.indices.filter { $0 % 256 >= 128 }.map { index in
                let difference = Double(pixels[index] - offset - plain[index])
                return difference * difference
            }
            return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
        }
        try scene.ms.write(scene.msFile) { band, row, column in
            let place = scene.ms.place(row, column)
            return row == 2 && column == 3 ? 65535 : Land.band(band, place.x, place.y)
        }
        let hot = far(try fused(scene, tileSide: nil).pixels)
        #expect(hot < 0.02 * spread, "\(hot) of \(spread)")
        try scene.pan.write(scene.panFile) { _, row, column in
            let place = scene.pan.place(row, column)
            return Land.pan(place.x, place.y) - 5000
        }
        try scene.ms.write(scene.msFile) { band, row, column in
            let place = scene.ms.place(row, column)
            return Land.band(band, place.x, place.y) - 5000
        }
        let below = far(try fused(scene, tileSide: nil).pixels, less: -5000)
        #expect(below < 0.2 * spread, "\(below) of \(spread)")
    }

    @Test("numbers too large to compute with are an error, and no file")
    func tooLarge() throws {
        let scene = try TestScene(panWidth: 64, panHeight: 64, type: .float32)
        try scene.writeLand()
        try scene.ms.write(scene.msFile) { band, row, column in (band + row + column) % 2 == 0 ? 3e38 : -3e38 }
        let sharpener = try shipped()
        let pair = try scene.pair()
        let error = sceneError {
            _ = try Pansharpening(pair: pair, method: .consistent(sharpener)).run(
                output: scene.directory.file("out.tif"))
        }
        #expect(error?.code == .notFinite && error?.description.contains("ms.tif") == true)
        #expect(!scene.directory.names.contains("out.tif"))
    }

    @Test("moments of parts are those of the whole")
    func moments() throws {
        try withTorchErrors {
            let generator = RandomGenerator(seed: 4)
            let samples = Tensor.normal([3, 1000], generator: generator) * 30 + 500
            var (whole, parts) = (BandMoments(channels: 3), BandMoments(channels: 3))
            whole.add(samples)
            for range in [0..<1, 1..<300, 300..<1000] {
                parts.add(samples[.all, range.lowerBound..<range.upperBound])
            }
            let (a, b) = (try #require(whole.statistics(device: .cpu)), try #require(parts.statistics(device: .cpu)))
            let image = Tensor.normal([1, 2, 8, 8], generator: generator) * 30 + 500
            let pan = Tensor.normal([1, 1, 32, 32], generator: generator) * 30 + 500
            let axis = CoarseGrid.Axis(pixels: 32, samples: 8, phase: 1.5)
            let grid = CoarseGrid(rows: axis, columns: axis, ratio: 4, gains: [0.3, 0.3])
            let network = try shipped().network
            let results = try withInference {
                try [a, b].map { try network(ms: image, pan: pan, grid: grid, statistics: $0) }
            }
            #expect((results[0] - results[1]).abs().max().item < 1e-2)
        }
        #expect(BandMoments(channels: 2).statistics(device: .cpu) == nil)
    }

    @Test("pairs that it can't sharpen are refused with what is wrong")
    func refuses() throws {
        let scene = try TestScene(panWidth: 90, panHeight: 90, msWidth: 10, msHeight: 10, ratio: 9)
        try scene.writeLand()
        let sharpener = try shipped()
        let pair = try scene.pair()
        let error = sceneError { _ = try Pansharpening(pair: pair, method: .consistent(sharpener)) }
        #expect(error?.code == .weightsMismatch && error?.description.contains("2 to 8 times") == true)
    }
}
