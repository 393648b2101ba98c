import Networks
import StateSpace
import Testing
import Torch

@Suite("FusionMamba (Xie) fuses")
struct FusionMambaMMForwardTests {
    @Test(
        "any size from one pixel up, as the mirrored image of an allowed size",
        arguments: [(1, 1), (3, 7), (8, 8), (13, 21), (16, 9), (40, 24)])
    func sizes(height: Int, width: Int) throws {
        try withTorchErrors {
            let network = try fusionMambaMM()
            #expect(network.sizeMultiple == 8)
            let (first, second) = pair(height, width)
            try withInference {
                let fused = try network.fuse(first, second)
                #expect(fused.shape == [1, 1, height, width])
                #expect(isFinite(fused))
                func grown(_ image: Tensor) -> Tensor {
                    image.grown(
                        toHeight: height.roundedUp(toMultipleOf: 8), width: width.roundedUp(toMultipleOf: 8),
                        by: .reflect)
                }
                let whole = try network.fuse(grown(first), grown(second))
                #expect(difference(fused, whole.cropped(toHeight: height, width: width)) < 1e-5)
            }
        }
    }

    @Test("with any number of levels", arguments: 1...5)
    func levels(count: Int) throws {
        try withTorchErrors {
            let depths = [Int](repeating: 1, count: count)
            let network = try fusionMambaMM(.init(depths: depths, decoderDepths: depths, width: 8))
            #expect(network.sizeMultiple == 4 << (count - 1))
            let (first, second) = pair(20, 70)
            let fused = try withInference { try network(first, second) }
            #expect(fused.shape == [1, 1, 20, 70])
            #expect(isFinite(fused))
        }
    }

    @Test("each image of a batch as if it were alone, with and without recording gradients")
    func batches() throws {
        try withTorchErrors {
            let network = try fusionMambaMM()
            let (first, second) = pair(16, 24, batches: 3)
            let (firstBefore, secondBefore) = (first.copy(), second.copy())
            let recorded = try network(first, second)
            #expect(recorded.requiresGradient)
            try withInference {
                let together = try network(first, second)
                #expect(difference(together, recorded.detached()) < 1e-5)
                for index in 0..<3 {
                    func image(_ batch: Tensor) -> Tensor { batch.narrowed(axis: 0, start: index, length: 1) }
                    #expect(difference(image(together), try network(image(first), image(second))) < 1e-5)
                }
            }
            #expect(difference(first, firstBefore) == 0 && difference(second, secondBefore) == 0)
        }
    }

    @Test("in bfloat16 nearly as in float32")
    func bfloat16() throws {
        try withTorchErrors {
            let network = try fusionMambaMM()
            let (first, second) = pair(24, 16)
            let expected = try withInference { try network(first, second) }
            network.to(.bfloat16)
            let found = try withInference { try network(first.to(.bfloat16), second.to(.bfloat16)) }
            #expect(found.dtype == .bfloat16)
            let error = (found.to(.float32) - expected).squared().mean().squareRoot().item
            #expect(error < 0.03 * expected.standardDeviation().item)
        }
    }

    @Test("with gradients for both images and every parameter that takes part")
    func gradients() throws {
        try withTorchErrors {
            let network = try fusionMambaMM()
            // Paths of one token have no decay: the smallest map must be larger than 2 × 2.
            let (first, second) = pair(16, 24)
            first.setRequiresGradient()
            second.setRequiresGradient()
            try network(first, second).squared().sum().backward()
            for (name, tensor) in network.namedParameters() + [("first", first), ("second", second)] {
                if name.hasPrefix("Cross_block.0.") || name.contains("lastconv") {
                    #expect(tensor.gradient == nil, "\(name)")
                    continue
                }
                let gradient = try #require(tensor.gradient, "\(name) has none")
                #expect(isFinite(gradient) && gradient.abs().max().item > 0, "\(name)")
                if name.hasSuffix("in_proj2.weight") {
                    // Quirk: the gate of the second modality.
                    #expect(gradient.chunked(2, axis: 0)[1].abs().max().item == 0)
                }
            }
        }
    }

    @Test("with a gate for each modality where that is asked for")
    func correctedGate() throws {
        try withTorchErrors {
            var configuration = FusionMambaMMConfiguration(depths: [1, 1], decoderDepths: [1, 1], width: 16)
            let released = try fusionMambaMM(configuration)
            configuration.hasCorrectedGate = true
            let corrected = try fusionMambaMM(configuration)
            let (first, second) = pair(8, 16)
            let fused = try corrected(first, second)
            let other = try withInference { try released(first, second) }
            #expect(difference(fused.detached(), other) > 1e-6)
            fused.sum().backward()
            let name = "Cross_block.1.self_attention_cross.in_proj2.weight"
            let gradient = try #require(corrected.namedParameters().first { $0.name == name }?.tensor.gradient)
            #expect(gradient.chunked(2, axis: 0)[1].abs().max().item > 0)
        }
    }

    @Test("and leaves branches out by chance in training only, more of them in the middle")
    func stochasticDepth() throws {
        try withTorchErrors {
            var configuration = FusionMambaMMConfiguration(depths: [1, 2], decoderDepths: [2, 1], width: 8)
            configuration.pathDropRate = 0.5
            let network = try fusionMambaMM(configuration)
            let details = network.namedModules().filter { $0.name.hasSuffix("drop_path") }
                .map { "\($0.name) \($0.module.details)" }
            #expect(
                details == [
                    "layers.0.blocks.0.drop_path 0.0", "layers.1.blocks.0.drop_path 0.25",
                    "layers.1.blocks.1.drop_path 0.5", "layers_up.0.blocks.0.drop_path 0.5",
                    "layers_up.0.blocks.1.drop_path 0.25", "layers_up.1.blocks.0.drop_path 0.0",
                ])
            let (first, second) = pair(8, 16)
            func run() throws -> Tensor { try withInference { try network(first, second) } }
            let (one, again) = (try run(), try run())
            #expect(difference(one, again) == 0)
            network.train(using: RandomGenerator(seed: 3))
            let outputs = try (0..<4).map { _ in try run() }
            #expect(outputs.dropFirst().contains { difference($0, outputs[0]) > 1e-6 })
        }
    }

    @Test("only images of one band and of one size")
    func refused() throws {
        let network = try fusionMambaMM()
        for (first, second) in [
            ([1, 3, 8, 8], [1, 3, 8, 8]), ([1, 1, 8, 8], [1, 1, 8, 16]), ([1, 8, 8], [1, 8, 8]),
        ] {
            #expect(throws: BlockInputError.self) { try network(.zeros(first), .zeros(second)) }
        }
    }
}
