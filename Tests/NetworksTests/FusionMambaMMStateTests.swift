import Foundation
import Networks
import Testing
import Torch

/// A small network with repeatable values, in use.
func fusionMambaMM(
    _ configuration: FusionMambaMMConfiguration = .init(depths: [1, 1], decoderDepths: [1, 1], width: 16),
    seed: UInt64 = 1
) throws -> FusionMambaMM {
    let network = try FusionMambaMM(configuration)
    network.initialize(using: RandomGenerator(seed: seed))
    network.eval()
    return network
}

@Suite("Parameters of FusionMamba (Xie)")
struct FusionMambaMMStateTests {
    private static let tiny = FusionMambaMMConfiguration(depths: [2, 2, 1, 2], decoderDepths: [2, 1, 2, 2])

    @Test(
        "are as many as the authors', with the masks that are not trained and without",
        arguments: [(FusionMambaMMConfiguration(), 225_419_541, 164_538_645), (tiny, 141_934_037, nil)])
    func count(configuration: FusionMambaMMConfiguration, stored: Int, trained: Int?) throws {
        try withTorchErrors {
            let network = try FusionMambaMM(configuration)
            let state = network.state()
            #expect(state.reduce(0) { $0 + $1.tensor.count } == stored)
            if let trained {
                #expect(network.parameterCount == trained)
                #expect(state.count == 1039)
                #expect(
                    state.filter { $0.name.hasPrefix("Cross_block.0.") }.reduce(0) { $0 + $1.tensor.count } == 497_333)
            }
        }
    }

    @Test("have the authors' names and shapes")
    func names() throws {
        let state = try FusionMambaMM(.init(depths: [1, 2], decoderDepths: [1, 1], width: 32)).state()
        let shapes = Dictionary(uniqueKeysWithValues: state.map { ($0.name, $0.tensor.shape) })
        let expected = [
            "patch_embed2.proj.weight": [32, 1, 4, 4],
            "layers.0.blocks.0.op.x_proj_weight": [4, 34, 64],
            "layers.0.blocks.0.op.dt_projs_weight": [4, 64, 2],
            "layers.0.blocks.0.self_attention_cross_channel.conv.weight": [1, 1, 3],
            "layers.0.downsample.reduction.weight": [64, 128],
            "layers.1.blocks.1.conv_branch.base_mask": [64, 64, 3, 3],
            "layers.1.blocks.1.conv_branch.learnable_mask": [64, 64],
            "layers.1.blocks.1.conv_branch.learnable_theta": [1],
            "layers.1.blocks.0.se.global_reduce.weight": [8, 64],
            "layers.1.blocks.0.mlp.fc1.bias": [256],
            "layers_up.0.blocks.0.op.A_logs": [512, 16],
            "layers_up.1.upsample.expand.weight": [128, 64],
            "layers_up.1.upsample.norm.weight": [32],
            "final_up.expand.weight": [128, 32], "final_up.norm.bias": [8],
            "final_conv.weight": [1, 8, 1, 1], "final_conv.bias": [1],
            "Cross_block.1.Cross_layer.texture_enhance2.conv.weight": [64, 64, 3, 3],
            "Cross_block.1.Cross_layer.Diff_enhance.lastconv.weight": [32, 64, 1, 1],
            "Cross_block.1.self_attention_cross.in_proj2.weight": [256, 64],
            "Cross_block.1.self_attention_cross_spatial.conv.weight": [1, 1, 3],
            "Cross_block.0.ln_1.weight": [32],
        ]
        for (name, shape) in expected { #expect(shapes[name] == shape, "\(name)") }
        #expect(!shapes.keys.contains { $0.hasPrefix("layers.1.downsample") || $0.hasPrefix("layers_up.0.upsample") })
    }

    @Test("start as in the authors' program")
    func initialization() throws {
        let state = try fusionMambaMM(.init(depths: [1, 1], decoderDepths: [1, 1], width: 32)).state()
        for (name, tensor) in state {
            let values = tensor.array(of: Double.self)
            let last = name.split(separator: ".").last.map(String.init) ?? ""
            #expect(isFinite(tensor), "\(name)")
            switch last {
            case "learnable_theta": #expect(values == [0.5], "\(name)")
            case "learnable_mask", "base_mask", "Ds": #expect(values.allSatisfy { $0 == 1 }, "\(name)")
            case "A_logs":
                #expect(values.indices.allSatisfy { abs(values[$0] - log(Double($0 % 16 + 1))) < 1e-6 }, "\(name)")
            case "bias" where name.contains("mlp") || name.contains("norm") || name.contains("se."):
                #expect(values.allSatisfy { $0 == 0 }, "\(name)")
            case "weight" where name.contains("in_proj") || name.contains("mlp"):
                let deviation = (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
                #expect(abs(deviation - 0.02) < 0.001, "\(name)")
            case "x_proj_weight":
                let bound = 1 / Double(tensor.size(2)).squareRoot()
                #expect((0.95 * bound...bound + 1e-6).contains(values.map(abs).max() ?? 0), "\(name)")
            default: break
            }
        }
    }

    @Test("of masks need no memory as long as they are ones, in any type")
    func masks() throws {
        try withTorchErrors {
            let network = try fusionMambaMM()
            func masks() -> [Tensor] { network.state().filter { $0.name.hasSuffix("base_mask") }.map(\.tensor) }
            #expect(masks().count == 8 && masks().allSatisfy { $0.repeatsOneElement })
            network.to(.bfloat16)
            #expect(masks().allSatisfy { $0.repeatsOneElement && $0.dtype == .bfloat16 })
            network.to(.float32)
            // As a file has them.
            try network.load(
                Dictionary(uniqueKeysWithValues: network.state().map { ($0.name, $0.tensor.contiguous().copy()) }))
            #expect(masks().allSatisfy { $0.repeatsOneElement })
        }
    }

    @Test("of masks count where they are not ones")
    func otherMasks() throws {
        try withTorchErrors {
            let network = try fusionMambaMM()
            let inputs = pair(8, 8)
            let before = try withInference { try network(inputs.0, inputs.1) }
            var state = Dictionary(uniqueKeysWithValues: network.state().map { ($0.name, $0.tensor) })
            let name = "layers.0.blocks.0.conv_branch.base_mask"
            state[name] = Tensor.uniform([16, 16, 3, 3], low: 0, high: 2, generator: RandomGenerator(seed: 4))
            try network.load(state)
            let after = try withInference { try network(inputs.0, inputs.1) }
            #expect(difference(before, after) > 1e-6)
            state[name] = Tensor.ones([16, 16, 3, 3])
            try network.load(state)
            let restored = try withInference { try network(inputs.0, inputs.1) }
            #expect(difference(restored, before) < 1e-6)
        }
    }

    @Test("of the program before October 2024 load under their old names, with the residual that it had")
    func oldNames() throws {
        try withTorchErrors {
            let scratch = try Scratch()
            let network = try fusionMambaMM()
            var old = network.state().map { name, tensor in
                (
                    name: name.replacing("Cross_layer", with: "DFEM")
                        .replacing("self_attention_cross_spatial", with: "self_attention_cross_eca"),
                    tensor: tensor
                )
            }
            old.append(("Cross_block.1.norm2.weight", .ones([32])))
            old.append(("Cross_block.1.mlp.fc1.bias", .ones([128])))
            let path = scratch.path("old.safetensors")
            try SafetensorsFile.write(old, metadata: [:], to: path)
            let checkpoint = try NetworkCheckpoint(file: path)
            let loaded = try #require(checkpoint.network as? FusionMambaMM)
            var expected = network.configuration
            expected.residualGain = 1
            #expect(loaded.configuration == expected)
            #expect(checkpoint.notices.contains { $0.hasPrefix("2 tensors") })
            let inputs = pair(8, 16)
            try withInference {
                let once = try loaded(inputs.0, inputs.1)
                let twice = try network(inputs.0, inputs.1)
                #expect(difference(twice, once + inputs.0 + inputs.1) < 1e-5)
            }
        }
    }

    @Test("tell the configuration, and are written and read again")
    func roundTrip() throws {
        try withTorchErrors {
            let scratch = try Scratch()
            var configuration = FusionMambaMMConfiguration(depths: [1, 2, 1], decoderDepths: [2, 1, 1], width: 8)
            configuration.states = 4
            let network = try fusionMambaMM(configuration)
            let path = scratch.path("weights.safetensors")
            try SafetensorsFile.write(network.state(), metadata: [:], to: path)
            let checkpoint = try NetworkCheckpoint(file: path)
            #expect(checkpoint.description.system == "fusionmamba-mm")
            let loaded = try #require(checkpoint.network as? FusionMambaMM)
            #expect(loaded.configuration == configuration)
            let inputs = pair(16, 16)
            try withInference {
                let (found, expected) = (try loaded(inputs.0, inputs.1), try network(inputs.0, inputs.1))
                #expect(difference(found, expected) == 0)
            }
        }
    }

    @Test("have settings that are the same after writing and reading, for every preset")
    func presets() throws {
        let system = try #require(NetworkSystem.named("fusionmamba-mm"))
        #expect(system.tasks == [.fuse])
        #expect(system.presets.map(\.name) == ["ir-vis", "ct-mri", "pet-mri", "spect-mri", "gfp-pc", "tiny"])
        for preset in system.presets {
            let settings = try decodeConfiguration(FusionMambaMMConfiguration.self, from: preset.json)
            #expect(settings == preset.configuration as? FusionMambaMMConfiguration)
        }
        var settings = Self.tiny
        settings.residualGain = 1
        settings.hasCorrectedGate = true
        settings.scanDropRate = 0.25
        let json = try JSONEncoder().encode(settings)
        #expect(try decodeConfiguration(FusionMambaMMConfiguration.self, from: json) == settings)
    }

    @Test(
        "of an impossible size are refused with the key and what is allowed",
        arguments: [
            (#"{"depths": []}"#, "depths"), (#"{"depths": [1, 0, 1, 1]}"#, "depths"),
            (#"{"depths_decoder": [1, 1]}"#, "depths_decoder"), (#"{"dims": [96, 192, 384, 700]}"#, "dims"),
            (#"{"dims": [4, 8, 16, 32], "dims_decoder": [32, 16, 8, 4]}"#, "dims"),
            (#"{"dims_decoder": [96, 192, 384, 768]}"#, "dims_decoder"), (#"{"d_state": 0}"#, "d_state"),
            (#"{"drop_path_rate": 1.5}"#, "drop_path_rate"), (#"{"in_chans": 3}"#, "in_chans"),
        ])
    func impossible(json: String, key: String) throws {
        let error = #expect(throws: ConfigurationError.self) {
            try decodeConfiguration(FusionMambaMMConfiguration.self, from: json)
        }
        #expect("\(try #require(error))".contains("'\(key)' is"))
    }
}

/// Two images between 0 and 1.
func pair(_ height: Int, _ width: Int, batches: Int = 1, seed: UInt64 = 5) -> (Tensor, Tensor) {
    let generator = RandomGenerator(seed: seed)
    func image() -> Tensor { .uniform([batches, 1, height, width], low: 0, high: 1, generator: generator) }
    return (image(), image())
}
