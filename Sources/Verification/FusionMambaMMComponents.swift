import Networks
import StateSpace
import Torch

extension GoldenComponent {
    /// FusionMamba of Xie et al.: blocks and the network.
    static let fusionMambaMM: [String: GoldenComponent] = [
        "es2d_index": skipSampledPaths,
        "essm": GoldenComponent { golden in
            let block = try SS2D(fusionMambaMM: mixerConfiguration(golden.configuration))
            return Run(block) { ["": try block($0.named("x"))] }
        },
        "cmfm": GoldenComponent { golden in
            let block = try CrossModalityScan(mixerConfiguration(golden.configuration))
            return Run(block) { ["": try block($0.named("x1"), $0.named("x2"))] }
        },
        "ldc": GoldenComponent { golden in
            let layer = DescriptiveConvolution(
                try golden.configuration.value("in_channels"), try golden.configuration.value("out_channels"))
            return Run(layer, mayLack: isMask) { ["": channelsFirst(layer(channelsLast(try $0.named("x"))))] }
        },
        "eca": GoldenComponent { golden in
            let attention = EfficientChannelAttention(kernel: golden.configuration.optional("k_size") ?? 3)
            return Run(attention) { inputs in
                let map = channelsLast(try inputs.named("x"))
                return ["": channelsFirst(map * attention.weights(of: map))]
            }
        },
        "biattn": GoldenComponent { golden in
            let gate = GlobalGate(
                width: try golden.configuration.value("in_channels"),
                ratio: golden.configuration.optional("act_ratio") ?? 0.125)
            return Run(gate) { inputs in
                let map = try inputs.named("x")
                return ["": map * gate.weights(of: map)]
            }
        },
        "dvss": GoldenComponent { golden in
            let settings = golden.configuration
            let block = try DVSSBlock(
                width: try settings.value("hidden_dim"), states: settings.optional("ssm_d_state") ?? 16,
                perceptronRatio: settings.optional("mlp_ratio") ?? 4, epsilon: settings.optional("norm_eps") ?? 1e-5)
            return Run(block, mayLack: isMask) { ["": try block($0.named("x"))] }
        },
        "dfem": GoldenComponent { golden in
            let block = DynamicFeatureEnhancement(width: try golden.configuration.value("hidden_dim"))
            return Run(block, mayLack: isMask) { inputs in
                let enhanced = block(
                    channelsLast(try inputs.named("x1")), channelsLast(try inputs.named("x2")),
                    sum: channelsLast(try inputs.named("fuse")))
                return ["f1": channelsFirst(enhanced.first), "f2": channelsFirst(enhanced.second)]
            }
        },
        "dffm": GoldenComponent { golden in
            let settings = golden.configuration
            let block = try DynamicFeatureFusion(
                width: try settings.value("hidden_dim"), states: settings.optional("d_state") ?? 16,
                epsilon: settings.optional("norm_eps") ?? 1e-5)
            return Run(block, mayLack: isMask) { ["": try block($0.named("input1"), $0.named("input2"))] }
        },
        "patch_embed": GoldenComponent { golden in
            let settings = golden.configuration
            let layer = PatchEmbedding(
                patch: settings.optional("patch_size") ?? 4, channels: settings.optional("in_chans") ?? 1,
                width: try settings.value("embed_dim"))
            return Run(layer) { ["": layer(try $0.named("x"))] }
        },
        "patch_merge": GoldenComponent { golden in
            let layer = PatchMerging(width: try golden.configuration.value("dim"))
            return Run(layer) { ["": layer(try $0.named("x"))] }
        },
        "patch_expand": GoldenComponent { golden in
            // Quirk: the authors' setting is the number of outputs here, and of inputs in the final layer.
            let width: Int = try golden.configuration.value("dim")
            let layer = PatchExpansion(
                factor: golden.configuration.optional("dim_scale") ?? 2, from: 2 * width, to: width)
            return Run(layer) { ["": layer(try $0.named("x"))] }
        },
        "final_expand": GoldenComponent { golden in
            let width: Int = try golden.configuration.value("dim")
            let factor: Int = golden.configuration.optional("dim_scale") ?? 4
            let layer = PatchExpansion(factor: factor, from: width, to: width / factor)
            return Run(layer) { ["": layer(try $0.named("x"))] }
        },
        "network": GoldenComponent { golden in
            let network = try FusionMambaMM(networkConfiguration(golden.configuration))
            return Run(network, mayLack: isUnused) { ["": try network($0.named("x1"), $0.named("x2"))] }
        },
    ]

    private static func mixerConfiguration(_ settings: GoldenConfiguration) throws -> MambaConfiguration {
        MambaConfiguration(
            width: try settings.value("d_model"), states: try settings.value("d_state"),
            convolutionWidth: settings.optional("d_conv") ?? 3, expansion: settings.optional("ssm_ratio") ?? 2,
            stepRank: stepRank(settings))
    }

    /// The network that a file describes; what it does not name is as the authors have it.
    static func networkConfiguration(_ settings: GoldenConfiguration) throws -> FusionMambaMMConfiguration {
        var configuration = FusionMambaMMConfiguration()
        configuration.depths = settings.optional("depths") ?? configuration.depths
        configuration.decoderDepths = settings.optional("depths_decoder") ?? configuration.decoderDepths
        configuration.widths = settings.optional("dims") ?? configuration.widths
        configuration.decoderWidths = settings.optional("dims_decoder") ?? configuration.decoderWidths
        configuration.states = settings.optional("d_state") ?? configuration.states
        configuration.dropRate = settings.optional("drop_rate") ?? configuration.dropRate
        configuration.scanDropRate = settings.optional("attn_drop_rate") ?? configuration.scanDropRate
        configuration.pathDropRate = settings.optional("drop_path_rate") ?? configuration.pathDropRate
        return configuration
    }

    /// Masks are all ones and left out of large files, as is the fusion that nothing depends on.
    static func isUnused(_ name: String) -> Bool { isMask(name) || name.hasPrefix("Cross_block.0.") }

    private static func isMask(_ name: String) -> Bool { name.hasSuffix("base_mask") }

    private static func channelsLast(_ map: Tensor) -> Tensor { map.permuted(0, 2, 3, 1) }

    private static func channelsFirst(_ map: Tensor) -> Tensor { map.permuted(0, 3, 1, 2) }
}
