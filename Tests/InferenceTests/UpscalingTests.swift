import Foundation
import Inference
import Networks
import Raster
import Testing
import Torch

/// Repeats every pixel.
private final class Repeating: Module, UpscalingNetwork {
    let msBands = 3
    let ratio = 4
    let bytesPerPixel = 1000

    func upscale(_ ms: Tensor) throws -> Tensor {
        ms.interpolated(to: [ms.size(2) * ratio, ms.size(3) * ratio], mode: .nearest)
    }
}

@Suite("Enlarging an image alone") struct UpscalingTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func enlarged(
        _ image: TestImage, method: Upscaling.Method, tile: Int? = nil, isValid: ((Int, Int) -> Bool)? = nil
    ) throws -> RasterReader {
        let file = try image.write(directory.file("in.tif"), isValid: isValid) { band, row, column in
            let place = image.place(row, column)
            return Land.band(band, place.x, place.y)
        }
        var options = Upscaling.Options()
        options.tileSide = tile
        options.writing.overwrites = true
        _ = try Upscaling(file, method: method, options: options).run(output: directory.file("out.tif"))
        return try RasterReader(directory.file("out.tif"))
    }

    private let network = Upscaling.Method.network(Repeating(), name: "repeating", peak: 2047, device: .cpu)

    @Test("a network's pixels lie where the input's do, whatever the tiles")
    func places() throws {
        let image = TestImage(width: 70, height: 45, bands: 3, pixel: 4)
        for tile in [64, 100, nil] {
            let result = try enlarged(image, method: network, tile: tile)
            let profile = result.profile
            #expect(profile.width == 280 && profile.height == 180 && profile.bands.count == 3)
            #expect(profile.geoTransform?.columnStepX == 1 && profile.geoTransform?.originX == image.transform.originX)
            let values: [Float] = try result.read(profile.window)
            for (row, column) in [(0, 0), (7, 9), (100, 133), (179, 279)] {
                let place = image.place(row / 4, column / 4)
                let expected = Land.band(1, place.x, place.y).rounded()
                #expect(abs(Double(values[180 * 280 + row * 280 + column]) - expected) <= 1)
            }
        }
    }

    @Test("interpolation keeps the centres of pixels, and tiles do not show")
    func interpolation() throws {
        let image = TestImage(width: 60, height: 52, bands: 2, type: .float32, pixel: 3)
        for factor in [2, 3, 4] {
            let whole = try enlarged(image, method: .interpolation(factor: factor))
            let values: [Float] = try whole.read(whole.profile.window)
            let tiled = try enlarged(image, method: .interpolation(factor: factor), tile: 64)
            let others: [Float] = try tiled.read(tiled.profile.window)
            #expect(zip(values, others).allSatisfy { abs($0 - $1) <= 2e-3 * 1000 })
            // The mean of the pixels in one of the input is close to it.
            let (width, row, column) = (60 * factor, 20, 31)
            let block = (0..<factor * factor).map { index in
                values[(row * factor + index / factor) * width + column * factor + index % factor]
            }
            let place = image.place(row, column)
            let expected = Land.band(0, place.x, place.y)
            #expect(abs(Double(block.reduce(0, +)) / Double(block.count) - expected) < 120, "factor \(factor)")
        }
    }

    @Test("unknown pixels stay unknown and do not bleed")
    func nodata() throws {
        var image = TestImage(width: 40, height: 40, bands: 1, pixel: 4)
        image.nodata = 0
        let result = try enlarged(image, method: .interpolation(factor: 4), isValid: { row, _ in row >= 10 })
        let mask = try result.readMask(result.profile.window)
        #expect(mask.prefix(40 * 160).allSatisfy { $0 == 0 } && mask.dropFirst(40 * 160).allSatisfy { $0 == 1 })
        let values: [Float] = try result.read(result.profile.window)
        #expect(values.dropFirst(40 * 160).allSatisfy { $0 > 300 })
    }

    @Test("weights of other bands are refused")
    func otherBands() throws {
        let error = sceneError { _ = try enlarged(TestImage(width: 20, height: 20, bands: 4), method: network) }
        #expect(error?.code == .weightsMismatch)
    }
}
