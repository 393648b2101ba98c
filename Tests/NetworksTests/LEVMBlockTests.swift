import Networks
import StateSpace
import Testing
import Torch

@Suite("LE-Mamba's blocks")
struct LEVMBlockTests {
    private func level(window: Int? = 4, width: Int = 8) -> LEMamba.Level {
        LEMamba.Level(
            guideBands: 1, width: width, blocks: 2, window: window, states: [2, 4], kernels: [3, 5], scanRatio: 2)
    }

    private func map(_ shape: [Int], seed: UInt64 = 3) -> Tensor {
        .normal(shape, generator: RandomGenerator(seed: seed))
    }

    @Test("enlarge and reduce the guide so that its corners stay")
    func guides() throws {
        try withTorchErrors {
            let block = try LEVMBlock(level())
            block.initialize(using: RandomGenerator(seed: 1))
            block.eval()
            let (map, guide) = (map([1, 4, 8, 8]), map([1, 1, 8, 16], seed: 4))
            try withInference {
                let resized = guide.interpolated(to: [4, 8], mode: .bilinear, alignCorners: true)
                let found = try block(map, guide: guide).map
                #expect(difference(found, try block(map, guide: resized).map) == 0)
                let other = guide.interpolated(to: [4, 8], mode: .bilinear)
                #expect(difference(found, try block(map, guide: other).map) > 1e-3)
            }
        }
    }

    @Test("leave states that no gradient flows into")
    func statesAreConstants() throws {
        try withTorchErrors {
            let block = try LEVMBlock(level())
            block.initialize(using: RandomGenerator(seed: 1))
            let result = try block(map([1, 4, 4, 8]), guide: map([1, 1, 4, 4]))
            #expect(result.map.requiresGradient)
            #expect(!result.globalState.requiresGradient)
            #expect(result.localState?.requiresGradient == false)
            #expect(result.globalState.shape == [1, 64, 4])
            #expect(result.localState?.shape == [1, 64, 2])
        }
    }

    @Test("of one encoder level take the state of the block before")
    func sharing() throws {
        try withTorchErrors {
            let stage = try LEMamba.EncoderLevel(level(), dropRates: [0, 0])
            stage.initialize(using: RandomGenerator(seed: 1))
            stage.eval()
            let (map, guide) = (map([1, 4, 4, 8]), map([1, 1, 4, 4]))
            try withInference {
                let before = try stage(map, guide: guide).map
                for (name, tensor) in stage.namedParameters() where name.hasSuffix("ssm_gate_ratio") { tensor.fill(0) }
                #expect(difference(try stage(map, guide: guide).map, before) > 1e-4)
            }
        }
    }

    @Test("of one decoder level all take the state from below")
    func decoder() throws {
        try withTorchErrors {
            let stage = try LEMamba.DecoderLevel(level(), previousWidth: 6, dropRates: [0, 0])
            stage.initialize(using: RandomGenerator(seed: 1))
            stage.eval()
            let (map, guide) = (map([1, 4, 4, 16]), map([1, 1, 4, 4]))
            let (previous, skip) = (self.map([1, 24, 4], seed: 7), self.map([1, 64, 4], seed: 8))
            try withInference {
                let result = try stage(map, guide: guide, previous: previous, skip: skip)
                #expect(result.map.shape == [1, 4, 4, 8] && result.globalState.shape == [1, 64, 4])
                let other = try stage(map, guide: guide, previous: previous, skip: skip * 2)
                #expect(difference(result.map, other.map) > 1e-4)
            }
            let names = stage.state().map(\.name)
            #expect(names.prefix(2) == ["mods.0.weight", "mods.0.bias"])
            #expect(names.contains("mods.1.mamba.op.ssm_state_weight2"))
            #expect(!names.contains("mods.2.mamba.op.ssm_state_weight2"))
        }
    }

    @Test("drop the branches of single windows in training, and of whole maps outside of windows")
    func dropping() throws {
        try withTorchErrors {
            let block = try LEVMBlock(level(), dropRate: 1)
            block.initialize(using: RandomGenerator(seed: 1))
            let (map, guide) = (map([1, 8, 8, 8]), map([1, 1, 8, 8]))
            let half = try LEVMBlock(level(), dropRate: 0.5)
            half.initialize(using: RandomGenerator(seed: 1))
            try withoutGradients {
                // With all branches dropped, what is left of both scans is their input.
                block.train(using: RandomGenerator(seed: 2))
                let dropped = try block(map, guide: guide).map
                block.eval()
                #expect(difference(dropped, try block(map, guide: guide).map) > 1e-3)
                let scale = try #require(block.namedParameters().first { $0.name == "enhanced_factor" }).tensor
                let entry = block.guided(map, guide: guide)
                #expect(difference(dropped, entry * (scale + 1)) < 1e-5)

                // With half of them, windows differ in whether theirs are.
                half.train(using: RandomGenerator(seed: 2))
                for (name, tensor) in half.namedParameters() where name.hasPrefix("mamba.") { tensor.fill(0) }
                let fused = try half(map, guide: guide).map
                let factor = try #require(half.namedParameters().first { $0.name == "enhanced_factor" }).tensor
                let kept = try WindowPartition(window: 4, height: 8, width: 8)
                    .windows(of: fused - half.guided(map, guide: guide) * (factor + 1)).abs().max(1, 2, 3)
                    .array(of: Double.self).filter { $0 > 1e-6 }
                #expect(kept.count > 0 && kept.count < 4)
            }
        }
    }
}
