import Networks
import Torch

extension GoldenComponent {
    /// FusionMamba of Xie et al.: how it is trained.
    static let fusionMambaMMTraining: [String: GoldenComponent] = [
        "loss": GoldenComponent { golden in
            let loss = try loss(golden.configuration)
            let isClamped = golden.name.contains("clamp")
            let wanted = try golden.tensors("output").keys
            let gradients = try golden.tensors("grad").keys
            return Run(furtherOutputs: ["grad"]) { inputs in
                try withGradients {
                    let (first, second) = (try inputs.named("image_vis"), try inputs.named("image_ir"))
                    let input = try inputs.named("fused").copy()
                    input.setRequiresGradient()
                    let fused = isClamped ? input.clamped(0, 1) : input
                    let parts = loss(fused: fused, first: first, second: second)
                    let similarities = ["vis": first, "ir": second].mapValues { AuthorsMultiScaleSSIM()(fused, $0) }
                    var outputs = [
                        "total": parts.total, "intensity": parts.intensity, "gradient": parts.gradient,
                        "ssim_term": parts.dissimilarity,
                    ]
                    for (image, similarity) in similarities { outputs["msssim_\(image)"] = similarity.value }
                    let derivatives = outputs.mapValues { output in
                        Torch.gradients(of: [output], withRespectTo: [input], retainGraph: true)[0]
                    }
                    outputs = outputs.mapValues { $0.detached().reshaped(1) }
                    for (image, similarity) in similarities {
                        outputs["msssim_\(image)_levels_ssim"] = Tensor.stacked(similarity.similarities)
                        outputs["msssim_\(image)_levels_cs"] = Tensor.stacked(similarity.contrasts)
                    }
                    for (image, tensor) in ["vis": first, "ir": second, "fused": fused] {
                        outputs["sobel_\(image)"] = FusionMambaMMLoss.gradient(of: tensor)
                    }
                    outputs = outputs.filter { wanted.contains($0.key) }
                    for (name, derivative) in derivatives where gradients.contains("fused.\(name)") {
                        outputs["grad.fused.\(name)"] = derivative
                    }
                    return outputs
                }
            }
        },
        "train_steps": GoldenComponent { golden in
            let settings = golden.configuration
            let network = try FusionMambaMM(networkConfiguration(settings))
            let loss = try loss(settings)
            let betas: [Double] = settings.optional("betas") ?? [0.9, 0.999]
            let (rate, epsilon): (Double, Double) = (try settings.value("lr"), settings.optional("eps") ?? 1e-8)
            let decay: Double = settings.optional("weight_decay") ?? 0
            let steps: Int = try settings.value("steps")
            let wanted = try golden.tensors("output").keys
            let parameters = try golden.tensors("after\(steps)").keys
            return Run(network, furtherOutputs: ["after\(steps)"], mayLack: isUnused) { inputs in
                // Adam's first steps have the size of the learning rate whatever the gradient's is. In double precision
                // the sign of the smallest gradients does not depend on chance here too.
                network.to(.float64)
                let (first, second) = (
                    try inputs.named("image_vis").to(.float64), try inputs.named("image_ir").to(.float64)
                )
                var outputs: [String: Tensor] = [:]
                try withGradients {
                    let optimizer = Adam(
                        network.namedParameters(), learningRate: rate, betas: (betas[0], betas[1]), epsilon: epsilon,
                        weightDecay: decay)
                    for step in 1...steps {
                        network.clearGradients()
                        let fused = try network(first, second).clamped(0, 1)
                        let parts = loss(fused: fused, first: first, second: second)
                        parts.total.backward()
                        optimizer.step()
                        outputs["step\(step).fused"] = fused.detached()
                        outputs["step\(step).losses"] = Tensor.stacked([
                            parts.total, parts.intensity, parts.dissimilarity, parts.gradient,
                        ]).detached()
                    }
                }
                outputs = outputs.filter { wanted.contains($0.key) }
                for (name, parameter) in network.state() where parameters.contains(name) {
                    outputs["after\(steps).\(name)"] = parameter
                }
                return outputs
            }
        },
    ]

    private static func loss(_ settings: GoldenConfiguration) throws -> FusionMambaMMLoss {
        var loss = FusionMambaMMLoss()
        loss.similarityWeight = settings.optional("w_ssim") ?? loss.similarityWeight
        loss.intensityWeight = settings.optional("w_int") ?? loss.intensityWeight
        loss.gradientWeight = settings.optional("w_grad") ?? loss.gradientWeight
        loss.firstShare = settings.optional("b") ?? loss.firstShare
        loss.secondShare = settings.optional("c") ?? loss.secondShare
        return loss
    }
}
