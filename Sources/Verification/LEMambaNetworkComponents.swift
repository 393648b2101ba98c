import Foundation
import Networks
import StateSpace
import Torch

extension GoldenComponent {
    /// LE-Mamba: what is made of its state-space blocks.
    static let leMambaNetwork: [String: GoldenComponent] = [
        "levm_block": GoldenComponent { golden in
            let settings = golden.configuration
            let sharing = settings.optional("prev_state_chan").map {
                SS2D.Sharing(previousWidth: $0, projectsSkip: settings.optional("skip_state_chan", as: Int.self) != nil)
            }
            let block = try LEVMBlock(level(golden), sharing: sharing)
            return Run(block) { inputs in
                try outputs(
                    of: block(
                        inputs.named("feat"), guide: inputs.named("cond"), previous: inputs["prev_global_state"],
                        skip: inputs["skip_global_state"]))
            }
        },
        "encoder_level": GoldenComponent { golden in
            let level = try level(golden)
            let blocks = try LEMamba.EncoderLevel(level, dropRates: Array(repeating: 0, count: level.blocks))
            return Run(blocks) { try outputs(of: blocks($0.named("feat"), guide: $0.named("cond"))) }
        },
        "decoder_level": GoldenComponent { golden in
            let level = try level(golden)
            let blocks = try LEMamba.DecoderLevel(
                level, previousWidth: try golden.configuration.value("prev_state_chan"),
                dropRates: Array(repeating: 0, count: level.blocks))
            return Run(blocks) { inputs in
                try outputs(
                    of: blocks(
                        inputs.named("feat"), guide: inputs.named("cond"),
                        previous: inputs.named("prev_global_state"), skip: inputs.named("skip_global_state")))
            }
        },
        "resample": GoldenComponent { golden in
            let channels: Int = try golden.configuration.value("chan")
            let layers = LEMambaResampling(
                channels: channels, factor: try golden.configuration.value("chan_r"))
            return Run(layers) { inputs in
                let down = layers.down(try inputs.named("x"))
                return ["down": down, "up": layers.up(down)]
            }
        },
        "network": GoldenComponent { golden in
            let network = try LEMamba(golden.configuration.settings())
            return Run(network) { inputs in
                let (upsampled, guide) = (try inputs.named("lms"), try inputs.named("pan"))
                let residual = try network.residual(upsampled: upsampled, guide: guide)
                // The files' gradients are those of the residual.
                return ["": residual + upsampled.detached(), "residual": residual]
            }
        },
        "patch_merge": GoldenComponent { golden in
            let sides: [Int] = try golden.configuration.value("patch_size_list")
            let merge = PatchMerge(
                tile: sides[0], ratio: try golden.configuration.value("scale"),
                batch: try golden.configuration.value("crop_batch_size"))
            let network = ToyNetwork(weightShape: try golden.tensors("param")["toy.weight"]?.shape ?? [])
            return Run(network) { inputs in
                let images = try ["ms", "lms", "pan"].map { try inputs.named($0) }
                let merged = try merge(images, height: images[0].size(2), width: images[0].size(3)) {
                    network(ms: $0[0], upsampled: $0[1], guide: $0[2], ratio: merge.ratio)
                }
                let direct = network(ms: images[0], upsampled: images[1], guide: images[2], ratio: merge.ratio)
                return ["": merged, "direct": direct]
            }
        },
    ]

    private static func level(_ golden: GoldenCase) throws -> LEMamba.Level {
        let settings = golden.configuration
        func pair(_ key: String) throws -> [Int?] {
            let list: [Any] = try settings.value(key)
            return list.map { ($0 as? NSNumber)?.intValue }
        }
        return LEMamba.Level(
            guideBands: try settings.value("in_chan"), width: try settings.value("inner_chan"),
            blocks: settings.optional("blocks") ?? 1, window: settings.optional("window_size"),
            states: try pair("d_states"), kernels: try pair("ssm_conv"), scanRatio: try settings.value("ssm_ratio"))
    }

    private static func outputs(of result: LEVMBlock.Result) -> [String: Tensor] {
        var outputs = ["": result.map, "global_state": result.globalState]
        outputs["local_state"] = result.localState
        return outputs
    }
}

/// The two layers that change the size of maps, under the names of the golden files.
private final class LEMambaResampling: Module {
    @Child("down") var down: LEMamba.Downsampling
    @Child("up") var up: LEMamba.Upsampling

    init(channels: Int, factor: Int) {
        super.init()
        down = LEMamba.Downsampling(from: channels, to: channels * factor)
        up = LEMamba.Upsampling(from: channels * factor, to: channels)
    }
}

/// The network that golden files of tiles name: quick, and different at the border of every tile.
private final class ToyNetwork: Module {
    @Child("toy") var convolution: Conv2d

    /// - Parameter weightShape: (outputs, inputs, 3, 3).
    init(weightShape: [Int]) {
        super.init()
        convolution = Conv2d(weightShape[1], weightShape[0], kernel: 3, padding: 1)
    }

    func callAsFunction(ms: Tensor, upsampled: Tensor, guide: Tensor, ratio: Int) -> Tensor {
        convolution(Tensor.concatenated([upsampled, guide], axis: 1)).tanh()
            + 0.1 * ms.interpolated(by: Double(ratio))
    }
}
