import Networks
import StateSpace
import Testing
import Torch

@Suite("LE-Mamba fuses")
struct LEMambaForwardTests {
    static let sizes = [(8, 8), (16, 24), (9, 13), (1, 1), (3, 40), (17, 8)]

    @Test("images of any size, by copies of the last pixels where strides and windows need more", arguments: sizes)
    func anySize(height: Int, width: Int) throws {
        try withTorchErrors {
            let network = try leMamba(.little)
            let (upsampled, guide) = inputs(of: network, height: height, width: width)
            try withInference {
                let fused = try network(upsampled: upsampled, guide: guide)
                #expect(fused.shape == [1, 3, height, width])
                #expect(isFinite(fused))
                let (down, right) = ((8 - height % 8) % 8, (8 - width % 8) % 8)
                func grown(_ image: Tensor) -> Tensor { image.padded([0, right, 0, down], mode: .replicate) }
                let whole = try network(upsampled: grown(upsampled), guide: grown(guide))
                let expected = whole.narrowed(axis: 2, start: 0, length: height)
                    .narrowed(axis: 3, start: 0, length: width)
                #expect(difference(fused, expected) < 1e-6)
            }
        }
    }

    @Test("by adding to the enlarged image, and leaves its inputs alone")
    func residual() throws {
        try withTorchErrors {
            let network = try leMamba(.little)
            let (upsampled, guide) = inputs(of: network, height: 11, width: 16)
            let before = (upsampled.copy(), guide.copy())
            try withInference {
                let residual = try network.residual(upsampled: upsampled, guide: guide)
                let fused = try network(upsampled: upsampled, guide: guide)
                #expect(difference(fused, residual + upsampled) < 1e-6)
                #expect(residual.abs().max().item > 1e-3)
            }
            #expect(difference(upsampled, before.0) == 0 && difference(guide, before.1) == 0)
        }
    }

    @Test("each image of a batch as if it were alone")
    func batches() throws {
        try withTorchErrors {
            let network = try leMamba(.little)
            let (upsampled, guide) = inputs(of: network, height: 16, width: 12, batches: 3)
            try withInference {
                let together = try network(upsampled: upsampled, guide: guide)
                for index in 0..<3 {
                    func one(_ tensor: Tensor) -> Tensor { tensor.narrowed(axis: 0, start: index, length: 1) }
                    let alone = try network(upsampled: one(upsampled), guide: one(guide))
                    #expect(difference(one(together), alone) < 1e-5)
                }
            }
        }
    }

    @Test("the same with and without recording gradients, and in any memory layout")
    func inference() throws {
        try withTorchErrors {
            var configuration = LEMambaConfiguration.little
            configuration.guideBands = 3
            let network = try leMamba(configuration)
            let (upsampled, guide) = inputs(of: network, height: 16, width: 24)
            let recorded = try network(upsampled: upsampled, guide: guide)
            #expect(recorded.requiresGradient)
            try withInference {
                let fused = try network(upsampled: upsampled, guide: guide)
                #expect(difference(fused, recorded.detached()) < 1e-5)
                let other = try network(upsampled: upsampled.channelsLast(), guide: guide.channelsLast())
                #expect(difference(other, fused) < 1e-5)
            }
        }
    }

    @Test("in bfloat16 nearly as in float32")
    func bfloat16() throws {
        try withTorchErrors {
            let network = try leMamba(.little)
            let (upsampled, guide) = inputs(of: network, height: 13, width: 16)
            try withInference {
                let expected = try network.residual(upsampled: upsampled, guide: guide)
                network.to(.bfloat16)
                let found = try network.residual(upsampled: upsampled.to(.bfloat16), guide: guide.to(.bfloat16))
                #expect(found.dtype == .bfloat16)
                #expect(difference(found.to(.float32), expected) < 0.05 * expected.abs().max().item)
            }
        }
    }

    @Test("with gradients for both inputs and every parameter")
    func gradients() throws {
        try withTorchErrors {
            let network = try leMamba(.little)
            let (upsampled, guide) = inputs(of: network, height: 8, width: 12)
            upsampled.setRequiresGradient()
            guide.setRequiresGradient()
            let reference = Tensor.zeros(upsampled.shape)
            LEMambaLoss()(fused: try network(upsampled: upsampled, guide: guide), reference: reference)
                .total.backward()
            for (name, tensor) in network.namedParameters() + [("upsampled", upsampled), ("guide", guide)] {
                let gradient = try #require(tensor.gradient, "\(name) has none")
                #expect(isFinite(gradient) && gradient.abs().max().item > 0, "\(name)")
            }
        }
    }

    @Test("from a coarse image that it enlarges itself, for sizes and ratios of all kinds", arguments: [2, 3, 4, 8])
    func sharpening(ratio: Int) throws {
        try withTorchErrors {
            var configuration = LEMambaConfiguration.little
            configuration.ratio = ratio
            let network = try leMamba(configuration)
            #expect(network.sizeMultiple % ratio == 0)
            let generator = RandomGenerator(seed: 2)
            let ms = Tensor.uniform([1, 3, 5, 4], low: 0, high: 1, generator: generator)
            let pan = Tensor.uniform([1, 1, 5 * ratio, 4 * ratio], low: 0, high: 1, generator: generator)
            try withInference {
                let enlarged = PolynomialUpsampling(ratio: ratio)(ms)
                let expected = try network(upsampled: enlarged, guide: pan)
                #expect(difference(try network.sharpen(ms: ms, pan: pan), expected) == 0)
            }
            #expect(throws: BlockInputError.self) {
                try network.sharpen(ms: .zeros([1, 3, 5, 5]), pan: pan)
            }
        }
    }

    @Test("only images of its own bands, and says which it was given")
    func refusals() throws {
        let network = try leMamba(.little)
        let error = #expect(throws: BlockInputError.self) {
            try network(upsampled: .zeros([1, 4, 8, 8]), guide: .zeros([1, 1, 8, 8]))
        }
        #expect(try #require(error).description.contains("(B, 3, H, W)"))
        #expect(throws: BlockInputError.self) {
            try network(upsampled: .zeros([1, 3, 8, 8]), guide: .zeros([1, 1, 8, 9]))
        }
    }
}
