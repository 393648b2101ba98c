import Networks
import Testing
import Torch

@Suite("LE-Mamba's loss")
struct LEMambaLossTests {
    private let image = Tensor.uniform([2, 3, 14, 9], low: 0, high: 1, generator: RandomGenerator(seed: 1))

    @Test("is zero for equal images, also those smaller than its window")
    func equal() throws {
        try withTorchErrors {
            let parts = LEMambaLoss()(fused: image, reference: image)
            #expect(parts.error.item == 0)
            #expect(abs(parts.similarity.item - 1) < 1e-6)
            #expect(abs(parts.total.item) < 1e-6)
        }
    }

    @Test("grows with a constant difference by its mean, and by what SSIM loses")
    func offset() throws {
        try withTorchErrors {
            let parts = LEMambaLoss()(fused: image + 0.25, reference: image)
            #expect(abs(parts.error.item - 0.25) < 1e-6)
            #expect(parts.similarity.item < 0.999)
            #expect(abs(parts.dissimilarity.item - 0.1 * (1 - parts.similarity.item)) < 1e-6)
            #expect(abs(parts.total.item - parts.error.item - parts.dissimilarity.item) < 1e-6)
        }
    }

    @Test("of two flat images is what the formula of SSIM gives away from the border")
    func flat() throws {
        try withTorchErrors {
            let parts = LEMambaLoss()(fused: .full([1, 1, 401, 401], 0.5), reference: .full([1, 1, 401, 401], 0.2))
            let expected = (2 * 0.5 * 0.2 + 1e-4) / (0.25 + 0.04 + 1e-4)
            // Ten of 401 rows and columns see zeros.
            #expect(abs(parts.similarity.item - expected) < 0.05)
            #expect(abs(parts.error.item - 0.3) < 1e-5)
        }
    }
}
