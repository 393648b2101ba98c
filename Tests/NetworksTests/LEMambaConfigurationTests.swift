import Foundation
import Networks
import Testing
import Torch

@Suite("LE-Mamba's configuration")
struct LEMambaConfigurationTests {
    private func refusal(_ change: (inout LEMambaConfiguration) -> Void) throws -> String {
        var configuration = LEMambaConfiguration.little
        change(&configuration)
        let error = #expect(throws: ConfigurationError.self) { try LEMamba(configuration) }
        return try #require(error).description
    }

    @Test("is read from the authors' keys")
    func keys() throws {
        let json = """
            {"naf_enc_blk_nums": [], "naf_dec_blk_nums": [], "naf_chan_upscale": [], "if_abs_pos": false,
            "if_rope": false, "patch_merge": false, "upscale": 8, "img_channel": 6, "condition_channel": 3,
            "out_channel": 6, "width": 8, "middle_blk_nums": 2, "ssm_enc_blk_nums": [1, 2, 1],
            "ssm_dec_blk_nums": [2, 1, 2], "ssm_chan_upscale": [1, 2, 2], "ssm_ratios": [3, 2, 2],
            "window_sizes": [8, 4, null], "ssm_enc_d_states": [[3, 5], [3, 5], [null, 5]],
            "ssm_dec_d_states": [[null, 5], [3, 5], [3, 5]], "ssm_enc_convs": [[3, 5], [3, 5], [null, 5]],
            "ssm_dec_convs": [[null, 5], [3, 5], [null, 5]], "drop_path_rate": 0.2}
            """
        let configuration = try decodeConfiguration(LEMambaConfiguration.self, from: json)
        #expect(configuration.msBands == 6 && configuration.guideBands == 3 && configuration.ratio == 8)
        #expect(
            configuration.windows == [8, 4, nil] && configuration.decoderKernels == [[nil, 5], [3, 5], [nil, 5]])
        let network = try LEMamba(configuration)
        // Deepest first: the second decoder level is level 1, of 8 channels in and 4 · 2 · 8 inside.
        let shapes = Dictionary(uniqueKeysWithValues: network.state().map { ($0.name, $0.tensor.shape) })
        #expect(shapes["lemm_decoders.0.mods.0.weight"] == [16, 32])
        #expect(shapes["lemm_decoders.2.mods.1.mamba.op.A_logs"] == [96, 5])
        #expect(shapes["lemm_decoders.2.mods.2.mamba.op.A_logs"] == [96, 5])
        #expect(shapes["lemm_decoders.1.mods.2.mamba.op.A_logs"] == nil)
        #expect(shapes["lemm_decoders.2.mods.1.enhanced_factor"] == nil)
        #expect(shapes["middle_blks.mods.1.mamba.op.ssm_state_weight1"] == [256, 64, 1])
        #expect(network.sizeMultiple == 8)
    }

    @Test("is the same after writing and reading")
    func roundTrip() throws {
        for configuration in [LEMambaConfiguration.little, .small(msBands: 31, guideBands: 3), .base(msBands: 8)] {
            let data = try JSONEncoder().encode(configuration)
            #expect(try decodeConfiguration(LEMambaConfiguration.self, from: data) == configuration)
        }
    }

    @Test("has presets that build, with the bands and ratio of their data sets")
    func presets() throws {
        let system = try #require(NetworkSystem.named("lemamba"))
        #expect(system.tasks == [.pansharpen, .hypersharpen])
        let expected = [
            "wv3": (8, 1, 4), "gf2": (4, 1, 4), "qb": (4, 1, 4), "cave-x4": (31, 3, 4), "cave-x8": (31, 3, 8),
            "harvard-x4": (31, 3, 4), "harvard-x8": (31, 3, 8), "wv3-small": (8, 1, 4), "wv3-base": (8, 1, 4),
        ]
        for preset in system.presets {
            let network = try #require(try system.network(preset.json) as? LEMamba)
            if let (bands, guide, ratio) = expected[preset.name] {
                #expect((network.msBands, network.panBands, network.ratio) == (bands, guide, ratio), "\(preset.name)")
            }
            // Names and shapes of parameters tell how the network is built.
            func shapes(_ network: LEMamba) -> [String: [Int]] {
                Dictionary(uniqueKeysWithValues: network.state().map { ($0.name, $0.tensor.shape) })
            }
            let told = try #require(LEMambaConfiguration(shapes: shapes(network), ratio: network.ratio))
            let same = try LEMamba(told)
            #expect(shapes(same) == shapes(network) && same.sizeMultiple == network.sizeMultiple, "\(preset.name)")
        }
        #expect(Set(expected.keys).isSubset(of: system.presets.map(\.name)))
    }

    @Test("refuses what the authors' program builds and can't run")
    func refusesUnusable() throws {
        #expect(try refusal { $0.plainEncoderBlocks = [1] }.contains("'naf_enc_blk_nums' is [1]"))
        #expect(try refusal { $0.plainDecoderBlocks = [2] }.contains("never runs them"))
        #expect(try refusal { $0.plainChannelFactors = [2] }.contains("'naf_chan_upscale'"))
        #expect(try refusal { $0.hasPositionTable = true }.contains("'if_abs_pos' is true; it must be false"))
        #expect(try refusal { $0.hasRotaryPositions = true }.contains("'if_rope' is true; it must be false"))
    }

    @Test("refuses numbers that don't fit together, and says which")
    func refusesMisfits() throws {
        #expect(try refusal { $0.outputBands = 4 }.contains("'out_channel' is 4; it must be 3"))
        #expect(try refusal { $0.windows = [4, 2] }.contains("'window_sizes' is a list of 2; it must be a list of 3"))
        #expect(try refusal { $0.windows = [4, nil, nil] }.contains("'window_sizes' is null"))
        #expect(try refusal { $0.encoderStates[1][1] = 5 }.contains("'ssm_enc_d_states' is 5; it must be 4"))
        #expect(try refusal { $0.decoderStates[2][1] = 6 }.contains("'ssm_dec_d_states' is 6; it must be 4"))
        #expect(try refusal { $0.decoderStates[2] = [4] }.contains("pairs"))
        #expect(try refusal { $0.encoderKernels[0] = [3, nil] }.contains("pairs"))
        #expect(try refusal { $0.encoderKernels[0] = [4, 5] }.contains("'ssm_enc_convs' is 4; it must be odd"))
        #expect(try refusal { $0.encoderBlocks = [2, 0, 1] }.contains("'ssm_enc_blk_nums' is 0"))
        #expect(try refusal { $0.encoderBlocks = [] }.contains("1 to 8 levels"))
        #expect(try refusal { $0.middleBlocks = 0 }.contains("'middle_blk_nums'"))
        #expect(try refusal { $0.dropRate = .nan }.contains("'drop_path_rate'"))
        #expect(try refusal { $0.scanRatios[0] = 0.01 }.contains("d_model · expand"))
        #expect(try refusal { $0.width = 0 }.contains("'width' is 0"))
    }

    @Test("that has a window larger than others makes sizes multiples of it")
    func sizes() throws {
        #expect(try LEMamba().sizeMultiple == 16)
        #expect(try LEMamba(.little).sizeMultiple == 8)
        var configuration = LEMambaConfiguration.little
        configuration.windows = [5, 3, nil]
        configuration.ratio = 16
        // 2³ for the levels, 5, 3 · 2, and 16.
        #expect(try LEMamba(configuration).sizeMultiple == 240)
    }
}
