import Networks
import StateSpace
import Torch

extension GoldenComponent {
    /// FusionMamba of Peng et al.: blocks, network, tiles, loss, training.
    static let fusionMambaRS: [String: GoldenComponent] = [
        "mamba": GoldenComponent { golden in
            let settings = golden.configuration
            let kind: String = try settings.value("bimamba_type")
            let isSteered = kind == "v7"
            let configuration = MambaConfiguration(
                width: try settings.value("d_model"), states: try settings.value("d_state"),
                convolutionWidth: try settings.value("d_conv"), expansion: try settings.value("expand"),
                stepRank: settings.optional("dt_rank").map { .fixed($0) } ?? .automatic)
            let block = try MultiDirectionMamba(
                configuration, directions: kind == "v2" ? [.rows, .rowsReversed] : ScanPath.Direction.allCases,
                isSteered: isSteered, averages: try settings.value("if_devide_out"),
                hasNorm: try settings.value("use_norm"))
            return Run(block) { inputs in
                let tokens = try inputs.named("hidden_states")
                // The bidirectional kind scans a plain sequence.
                let height: Int = golden.configuration.optional("input_h") ?? 1
                let width: Int = golden.configuration.optional("input_w") ?? tokens.size(1)
                return [
                    "": try block(
                        tokens, steering: isSteered ? inputs.named("extra_emb") : nil, height: height, width: width)
                ]
            }
        },
        "single_mamba_block": GoldenComponent { golden in
            let (dim, height, width) = try size(golden)
            let block = try SingleMambaBlock(width: dim)
            return Run(block) { ["": try block($0.named("input"), height: height, width: width)] }
        },
        "cross_mamba_block": GoldenComponent { golden in
            let (dim, height, width) = try size(golden)
            let block = try CrossMambaBlock(width: dim)
            return Run(block) {
                ["": try block($0.named("input0"), steering: $0.named("input1"), height: height, width: width)]
            }
        },
        "fusion_mamba": GoldenComponent { golden in
            let isFinal: Bool = try golden.configuration.value("final")
            let block = try FusionMambaBlock(
                width: try golden.configuration.value("dim"), depth: golden.configuration.optional("depth") ?? 1)
            return Run(block) { inputs in
                let (pan, ms) = (try inputs.named("pan"), try inputs.named("ms"))
                if isFinal { return ["": try block.fused(pan: pan, ms: ms)] }
                let mixed = try block(pan: pan, ms: ms)
                return ["pan": mixed.pan, "ms": mixed.ms]
            }
        },
        "stage": GoldenComponent { golden in
            let input: Int = try golden.configuration.value("in_channels")
            let output: Int = try golden.configuration.value("out_channels")
            if try golden.configuration.value("sample_mode", as: String.self) == "down" {
                let stage = try DownStage(from: input, to: output)
                return Run(stage) { inputs in
                    let result = try stage(pan: inputs.named("pan"), ms: inputs.named("ms"))
                    return ["pan": result.pan, "ms": result.ms, "pan_skip": result.panSkip, "ms_skip": result.msSkip]
                }
            }
            let stage = try UpStage(from: input, to: output)
            return Run(stage) { inputs in
                let result = try stage(
                    pan: inputs.named("pan"), ms: inputs.named("ms"), panSkip: inputs.named("pan_pre"),
                    msSkip: inputs.named("ms_pre"))
                return ["pan": result.pan, "ms": result.ms]
            }
        },
        "spe_attention": GoldenComponent { golden in
            let attention = try SpectralAttention(width: try golden.configuration.value("channels"))
            return Run(attention) { ["": try attention($0.named("input"))] }
        },
        "pixelshuffle": GoldenComponent { golden in
            let layer = LearnedUpsampling(
                bands: try golden.configuration.value("dim"), ratio: try golden.configuration.value("scale"))
            return Run(layer) { ["": layer(try $0.named("x"))] }
        },
        "network": GoldenComponent { golden in
            let network = try network(golden)
            return Run(network) { ["": try network(ms: $0.named("ms"), pan: $0.named("pan"))] }
        },
        "network_tiled": GoldenComponent { golden in
            let network = try network(golden)
            let tiling = AuthorsTiling(
                cut: try golden.configuration.value("cut_size"), pad: try golden.configuration.value("pad"))
            return Run(network) { inputs in
                ["": try tiling.run(network, ms: inputs.named("ms"), pan: inputs.named("pan"), peak: 2047)]
            }
        },
        "loss": GoldenComponent { golden in
            let loss = FusionMambaRSLoss(
                ergasWeight: try golden.configuration.value("ergas_hp"), ratio: try golden.configuration.value("ratio"))
            return Run { inputs in
                let result = loss(fused: try inputs.named("sr"), reference: try inputs.named("gt"))
                return [
                    "l1": result.l1.reshaped(1), "ergas": result.ergas.reshaped(1), "total": result.total.reshaped(1),
                ]
            }
        },
        "train_steps": GoldenComponent { golden in
            let network = try network(golden)
            let steps: Int = try golden.configuration.value("steps")
            let rate: Double = try golden.configuration.value("lr")
            return Run(network) { inputs in
                try withGradients {
                    let (ms, pan, truth) = (try inputs.named("ms"), try inputs.named("pan"), try inputs.named("gt"))
                    let optimizer = Adam(network.namedParameters(), learningRate: rate)
                    var losses: [Tensor] = []
                    for _ in 0..<steps {
                        network.clearGradients()
                        let loss = FusionMambaRSLoss()(fused: try network(ms: ms, pan: pan), reference: truth).l1
                        loss.backward()
                        losses.append(loss.detached())
                        optimizer.step()
                    }
                    return ["losses": .stacked(losses), "prediction": try network(ms: ms, pan: pan).detached()]
                }
            }
        },
    ]

    private static func size(_ golden: GoldenCase) throws -> (dim: Int, height: Int, width: Int) {
        let settings = golden.configuration
        return (try settings.value("dim"), try settings.value("H"), try settings.value("W"))
    }

    private static func network(_ golden: GoldenCase) throws -> FusionMambaRS {
        let settings = golden.configuration
        return try FusionMambaRS(
            FusionMambaRSConfiguration(
                width: try settings.value("dim"), panBands: try settings.value("pan_dim"),
                msBands: try settings.value("ms_dim"), ratio: try settings.value("scale"), upsampling: .pixelShuffle))
    }
}

/// The tiling of the authors' test program (specification, section 9): reflected edges, zeros to fill the last tiles, no
/// blending. For comparison; our own tiles read real neighbours and blend.
struct AuthorsTiling {
    let cut: Int
    let pad: Int

    /// - Parameters:
    ///   - ms: (1, S, h, w), divided by the peak.
    ///   - pan: (1, P, H, W), likewise.
    /// - Returns: (1, S, H, W) in digital numbers.
    func run(_ network: FusionMambaRS, ms: Tensor, pan: Tensor, peak: Double) throws -> Tensor {
        let ratio = network.ratio
        let (height, width) = (pan.size(2), pan.size(3))
        func filled(_ image: Tensor, _ unit: Int) -> Tensor {
            let padded = image.padded([pad / unit, pad / unit, pad / unit, pad / unit], mode: .reflect)
            let right = (cut - width % cut) % cut / unit
            let bottom = (cut - height % cut) % cut / unit
            return padded.padded([0, right, 0, bottom])
        }
        let (sharp, coarse) = (filled(pan, 1), filled(ms, ratio))
        let result = Tensor.zeros([1, ms.size(1), height, width])
        for row in stride(from: 0, to: height, by: cut) {
            for column in stride(from: 0, to: width, by: cut) {
                func window(_ image: Tensor, _ unit: Int) -> Tensor {
                    let side = (cut + 2 * pad) / unit
                    return image.narrowed(axis: 2, start: row / unit, length: side)
                        .narrowed(axis: 3, start: column / unit, length: side)
                }
                let fused = try network(ms: window(coarse, ratio), pan: window(sharp, 1)).clamped(0, 1) * peak
                let (rows, columns) = (min(cut, height - row), min(cut, width - column))
                result[.all, .all, row..<row + rows, column..<column + columns] =
                    fused[.all, .all, pad..<pad + rows, pad..<pad + columns]
            }
        }
        return result
    }
}
