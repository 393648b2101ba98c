import Metrics
import Networks
import Sensors
import StateSpace
import Torch

extension GoldenComponent {
    /// MMMamba: blocks, network, training.
    static let mmMamba: [String: GoldenComponent] = [
        "selective_scan": selectiveScanComponent,
        "layernorm": GoldenComponent { golden in
            let norm = BiasFreeNorm(try golden.configuration.value("width"))
            return Run(norm) { ["": norm(try $0.named("x"))] }
        },
        "hinres": GoldenComponent { golden in
            let block = HalfInstanceNormBlock(width: try golden.configuration.value("width"))
            return Run(block) { ["": block(try $0.named("x"))] }
        },
        "ffn": GoldenComponent { golden in
            let settings: MMMambaConfiguration = try golden.configuration.settings()
            let layer = GatedFeedForward(width: settings.width, hidden: settings.hiddenWidth)
            return Run(layer) { ["": layer(try $0.named("x"))] }
        },
        "refine": GoldenComponent { golden in
            let settings: MMMambaConfiguration = try golden.configuration.settings()
            let head = RefinementHead(width: settings.width, bands: settings.bands)
            return Run(head) { ["": head(try $0.named("x"))] }
        },
        "ss2d": GoldenComponent { golden in
            let mixer = try InterleavedScanMixer(golden.configuration.settings())
            return Run(mixer) { try streams(mixer(ms: $0.named("ms"), pan: $0["pan"])) }
        },
        "mmmamba_block": GoldenComponent { golden in
            let block = try MMMambaBlock(golden.configuration.settings())
            return Run(block) { try streams(block(ms: $0.named("ms"), pan: $0["pan"])) }
        },
        "network": GoldenComponent { golden in
            let network = try MMMamba(golden.configuration.settings())
            return Run(network, furtherOutputs: ["trace"]) { inputs in
                var outputs: [String: Tensor] = [:]
                outputs[""] = try network(ms: inputs.named("ms"), pan: inputs["pan"]) { outputs["trace.\($0)"] = $1 }
                return outputs
            }
        },
        "train_steps": GoldenComponent { golden in
            let network = try MMMamba(golden.configuration.settings())
            let training = try training(golden.configuration.nested("training"))
            let targets = try golden.tensors("target")
            return Run(network, furtherOutputs: ["after1", "afterN"]) { inputs in
                let optimizer = training.recipe.optimizer(for: network)
                var outputs: [String: Tensor] = [:]
                var losses: [Tensor] = []
                var norms: [Double] = []
                func keepState(_ name: String) {
                    for (parameter, tensor) in network.state() {
                        outputs["\(name).\(parameter)"] = tensor.detached().copy()
                    }
                }
                for step in 0..<training.steps {
                    let result = try training.recipe.step(
                        of: network, with: optimizer, ms: inputs.named("step\(step).ms"),
                        pan: inputs.named("step\(step).pan"), reference: targets.named("step\(step)"))
                    losses.append(result.loss)
                    norms.append(result.gradientNorm)
                    if step == 0 { keepState("after1") }
                }
                keepState("afterN")
                outputs["loss"] = .stacked(losses)
                outputs["grad_norm"] = Tensor(norms)
                return outputs
            }
        },
        "lr_schedule": GoldenComponent { golden in
            let settings = golden.configuration
            let schedule = CosineRestarts(
                highest: try settings.value("lr"), lowest: try settings.value("etaMin"),
                period: try settings.value("T0"), growth: settings.optional("Tmult") ?? 1)
            let epochs: Int = try settings.value("epochs")
            return Run { _ in ["lr": Tensor((1...epochs).map { schedule.learningRate(epoch: $0) })] }
        },
    ]

    private static func streams(_ result: (ms: Tensor, pan: Tensor?)) -> [String: Tensor] {
        ["ms": result.ms, "pan": result.pan].compactMapValues { $0 }
    }

    private static func training(
        _ settings: GoldenConfiguration
    ) throws -> (recipe: MMMambaTraining, steps: Int) {
        var recipe = MMMambaTraining()
        recipe.batchSize = try settings.value("batchSize")
        recipe.gradientNorm = try settings.value("gradClipNorm")
        recipe.schedule.highest = try settings.value("lr")
        recipe.betas = (try settings.value("beta1"), try settings.value("beta2"))
        recipe.epsilon = try settings.value("eps")
        return (recipe, try settings.value("steps"))
    }
}

extension GoldenComponent {
    /// MMMamba: data and metrics, on images of bytes (H, W, C).
    static let mmMambaData: [String: GoldenComponent] = [
        "data_bicubic": GoldenComponent { golden in
            let scale: Int = try golden.configuration.value("scale")
            return Run { inputs in
                let ms = byteImage(try inputs.named("ms_uint8"))
                let coarse = AntialiasedBicubic.resize(ms, height: ms.height / scale, width: ms.width / scale)
                let enlarged = AntialiasedBicubic.resize(
                    coarse, height: coarse.height * scale, width: coarse.width * scale)
                let prediction = try inputs.named("prediction").clamped(0, 1) * 255
                let coarseBytes = tensor(coarse)
                return [
                    "lms_uint8": coarseBytes, "bms_uint8": tensor(enlarged),
                    "lms": coarseBytes.permuted(2, 0, 1).to(.float32) / 255,
                    // To bytes by cutting the fraction off.
                    "prediction_uint8": prediction.permuted(1, 2, 0).to(.uint8),
                ]
            }
        },
        "metrics": GoldenComponent { golden in
            let ratio: Double = try golden.configuration.value("scale")
            return Run { inputs in
                let (truth, fused) = (try image(inputs.named("gt")), try image(inputs.named("pred")))
                let (coarse, pan) = (try image(inputs.named("lrms")), try image(inputs.named("pan")))
                func dark(_ image: Image) -> Image {
                    var image = image
                    let corner = Image(bands: image.bands, height: 9, width: 11)
                    image.paste(corner, row: 0, column: 0)
                    return image
                }
                let coarsePAN = MMMambaMetrics.coarsePAN(pan)
                let values = [
                    "psnr": try MMMambaMetrics.psnr(fused: fused, reference: truth),
                    "ssim": try MMMambaMetrics.ssim(fused: fused, reference: truth),
                    "sam": try MMMambaMetrics.spectralAngle(fused: fused, reference: truth),
                    "ergas": try MMMambaMetrics.ergas(fused: fused, reference: truth, ratio: ratio),
                    "scc": try MMMambaMetrics.correlation(fused: fused, reference: truth),
                    "q8": try MMMambaMetrics.quality(fused: fused, reference: truth),
                    "q8_zero_corner": try MMMambaMetrics.quality(fused: dark(fused), reference: dark(truth)),
                    "d_lambda": try MMMambaMetrics.spectralDistortion(fused: fused, coarse: coarse),
                    "d_s": try MMMambaMetrics.spatialDistortion(fused: fused, coarse: coarse, pan: pan),
                    "qnr": try MMMambaMetrics.qnr(fused: fused, coarse: coarse, pan: pan),
                ]
                var outputs = values.mapValues { Tensor([$0], shape: []) }
                outputs["q32_fake_pairs"] = Tensor(try MMMambaMetrics.bandQualities(fused))
                outputs["q32_lrms_pairs"] = Tensor(try MMMambaMetrics.bandQualities(coarse))
                outputs["q32_pan_hr"] = Tensor(try MMMambaMetrics.panQualities(fused, pan: pan))
                outputs["q32_pan_lr"] = Tensor(try MMMambaMetrics.panQualities(coarse, pan: coarsePAN))
                outputs["pan_lr"] = Tensor(coarsePAN.values, shape: [coarsePAN.height, coarsePAN.width])
                outputs["kernel_pan_quickbird"] = Tensor(MMMambaMetrics.panKernel, shape: [41, 41])
                return outputs
            }
        },
    ]

    private static func byteImage(_ tensor: Tensor) -> ByteImage {
        let shape = tensor.shape
        return ByteImage(
            bands: shape[2], height: shape[0], width: shape[1], values: tensor.permuted(2, 0, 1).array(of: UInt8.self))
    }

    private static func image(_ tensor: Tensor) -> Image {
        let shape = tensor.shape
        return Image(
            bands: shape[2], height: shape[0], width: shape[1],
            values: tensor.permuted(2, 0, 1).array(of: Double.self))
    }

    private static func tensor(_ image: ByteImage) -> Tensor {
        Tensor(image.values, shape: [image.bands, image.height, image.width]).permuted(1, 2, 0)
    }
}
