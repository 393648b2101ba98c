import Networks
import Sensors
import Testing
import Torch

@Suite("Enlargement by tensor operations")
struct PolynomialUpsamplingTests {
    private func image(_ height: Int, _ width: Int) -> Tensor {
        .uniform([1, 2, height, width], low: 0, high: 1, generator: RandomGenerator(seed: 6)).to(.float64)
    }

    @Test(
        "gives what the upsampler of scenes gives, also of images smaller than its reach",
        arguments: [2, 3, 4, 5, 8, 16],
        [(PolynomialUpsampling.Border.symmetric, Border.symmetric), (.circular, .circular)])
    func upsampler(ratio: Int, borders: (PolynomialUpsampling.Border, Border)) throws {
        try withTorchErrors {
            for (height, width) in [(9, 14), (1, 3)] {
                let coarse = image(height, width)
                let found = PolynomialUpsampling(ratio: ratio, border: borders.0)(coarse)
                let scene = SceneWindow(
                    whole: Image(bands: 2, height: height, width: width, values: coarse.array(of: Double.self)))
                let region = PixelRegion(rows: 0..<height * ratio, columns: 0..<width * ratio)
                let expected = Upsampler(ratio: ratio, border: borders.1).apply(to: scene, region: region)
                #expect(found.shape == [1, 2, height * ratio, width * ratio])
                let largest = zip(found.array(of: Double.self), expected.values).map { abs($0 - $1) }.max() ?? .infinity
                #expect(largest < 1e-12, "\(height) × \(width)")
            }
        }
    }

    @Test("keeps each sample at pixel ratio · k + ratio / 2", arguments: PolynomialUpsampling.Kernel.allCases)
    func samples(kernel: PolynomialUpsampling.Kernel) throws {
        try withTorchErrors {
            let coarse = image(6, 5)
            let fine = PolynomialUpsampling(ratio: 4, kernel: kernel)(coarse)
            let kept = fine[.all, .all, .slice(from: 2, by: 4), .slice(from: 2, by: 4)]
            #expect((kept - coarse).abs().max().item < 1e-15)
        }
    }

    @Test("works in float32, bfloat16 and for gradients")
    func types() throws {
        try withTorchErrors {
            let coarse = image(6, 5)
            let upsampling = PolynomialUpsampling(ratio: 4)
            let expected = upsampling(coarse)
            #expect((upsampling(coarse.to(.float32)).to(.float64) - expected).abs().max().item < 1e-6)
            let half = upsampling(coarse.to(.bfloat16))
            #expect(half.dtype == .bfloat16)
            #expect((half.to(.float64) - expected).abs().max().item < 0.03)
            coarse.setRequiresGradient()
            upsampling(coarse).sum().backward()
            // The weights that make a pixel add up to 1.
            let gradient = try #require(coarse.gradient)
            #expect(abs(gradient.sum().item - 2 * 6 * 5 * 16) < 1e-5)
        }
    }
}
