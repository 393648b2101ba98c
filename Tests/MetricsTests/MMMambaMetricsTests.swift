import Foundation
import Metrics
import Sensors
import Testing

@Suite("MMMamba's metrics")
struct MMMambaMetricsTests {
    /// Bytes with structure.
    private func bytes(bands: Int, side: Int, seed: Double = 0) -> Image {
        var image = Image(bands: bands, height: side, width: side)
        for index in image.values.indices {
            let noise = sin(Double(index) * 12.9898 + seed) * 43758.5453
            image.values[index] = (noise - noise.rounded(.down)) * 200
        }
        image.values = image.values.map { ($0 + 20).rounded(.down) }
        return image
    }

    @Test("give identical images their best values")
    func identical() throws {
        let image = bytes(bands: 3, side: 40)
        #expect(try MMMambaMetrics.psnr(fused: image, reference: image) == .infinity)
        #expect(abs(try MMMambaMetrics.ssim(fused: image, reference: image) - 1) < 1e-12)
        #expect(try MMMambaMetrics.spectralAngle(fused: image, reference: image) < 1e-7)
        #expect(try MMMambaMetrics.ergas(fused: image, reference: image) == 0)
        #expect(abs(try MMMambaMetrics.correlation(fused: image, reference: image) - 1) < 1e-12)
        #expect(abs(try MMMambaMetrics.quality(fused: image, reference: image) - 1) < 1e-12)
        #expect(try MMMambaMetrics.spectralDistortion(fused: image, coarse: image) == 0)
    }

    @Test("take one error over all bands, not the mean of the bands' values")
    func joint() throws {
        let truth = Image(bands: 2, height: 8, width: 8, repeating: 100)
        var fused = truth
        for pixel in 0..<64 { fused.values[pixel] += 4 }
        let found = try MMMambaMetrics.psnr(fused: fused, reference: truth)
        #expect(abs(found - 20 * log10(255 / 8.0.squareRoot())) < 1e-9)
        #expect(abs(try MMMambaMetrics.ergas(fused: fused, reference: truth) - 25 * (0.0008).squareRoot()) < 1e-9)
    }

    @Test("measure angles in radians and count a zero spectrum as a right angle")
    func angles() throws {
        let truth = Image(bands: 2, height: 1, width: 2, values: [1, 0, 0, 0])
        let fused = Image(bands: 2, height: 1, width: 2, values: [1, 5, 1, 5])
        let found = try MMMambaMetrics.spectralAngle(fused: fused, reference: truth)
        #expect(abs(found - (Double.pi / 4 + Double.pi / 2) / 2) < 1e-9)
    }

    @Test("judge windows without contrast by their level, and without both as equal")
    func flatWindows() throws {
        let dark = Image(bands: 1, height: 8, width: 8)
        let level = Image(bands: 1, height: 8, width: 8, repeating: 30)
        #expect(try MMMambaMetrics.quality(fused: dark, reference: dark) == 1)
        #expect(try MMMambaMetrics.quality(fused: dark, reference: level) == 0)
        let brighter = Image(bands: 1, height: 8, width: 8, repeating: 60)
        #expect(abs(try MMMambaMetrics.quality(fused: brighter, reference: level) - 0.8) < 1e-12)
    }

    @Test("reduce PAN to every fourth pixel of a low pass that keeps a constant")
    func coarsePAN() {
        let flat = MMMambaMetrics.coarsePAN(Image(bands: 1, height: 21, width: 32, repeating: 77))
        #expect(flat.height == 6 && flat.width == 8)
        #expect(flat.values.allSatisfy { abs($0 - 77) < 1e-9 })
        #expect(abs(MMMambaMetrics.panKernel.reduce(0, +) - 1) < 1e-12)
    }

    @Test("need 32 × 32 coarse pixels for distortions")
    func tooSmall() {
        let small = bytes(bands: 2, side: 31)
        #expect(throws: MetricError.tooSmall(metric: "Q", height: 31, width: 31, minimum: 32)) {
            try MMMambaMetrics.spectralDistortion(fused: small, coarse: small)
        }
    }
}
