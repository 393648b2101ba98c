import Networks
import Torch

extension GoldenComponent {
    /// LE-Mamba: how it is trained.
    static let leMambaTraining: [String: GoldenComponent] = [
        "loss_l1ssim": GoldenComponent { golden in
            let settings = golden.configuration
            let weights: [Double] = try settings.value("weights")
            var loss = LEMambaLoss()
            (loss.errorWeight, loss.similarityWeight) = (weights[0], weights[1])
            loss.window = try settings.value("window")
            loss.deviation = try settings.value("sigma")
            (loss.darkness, loss.evenness) = (try settings.value("C1"), try settings.value("C2"))
            return Run(furtherOutputs: ["constant", "grad"]) { [loss] inputs in
                // The files have no cotangent: the gradient is that of the sum.
                let fused = try inputs.named("pred").detached()
                fused.setRequiresGradient()
                let reference = try inputs.named("gt")
                let parts = withGradients { loss(fused: fused, reference: reference) }
                parts.total.backward()
                let profile = Tensor(loss.windowProfile, shape: [loss.window])
                return [
                    "l1": parts.error.reshaped(1), "ssim_term": parts.dissimilarity.reshaped(1),
                    "total": parts.total.reshaped(1), "ssim_index": parts.similarity.reshaped(1),
                    "constant.window": profile.outerProduct(profile),
                    "grad.input.pred": fused.gradient ?? .zeros(like: fused),
                ]
            }
        },
        "lr_schedule": GoldenComponent { golden in
            let settings = golden.configuration
            let schedule = try schedule(settings)
            let other = try? settings.nested("lformer")
            let count = try golden.tensors("output")["lr"]?.count ?? 0
            return Run { _ in
                // Place e is what stands after epoch e: the rate of the next one.
                func table(_ value: (Int) -> Double) -> Tensor { Tensor((1...count).map(value), shape: [count]) }
                var tables = [
                    "lr": table(schedule.learningRate(epoch:)), "base_lr": table(schedule.beginning(behind:)),
                ]
                if let other { tables["lr_lformer"] = table(try Self.schedule(other).learningRate(epoch:)) }
                return tables
            }
        },
        "ema": GoldenComponent { golden in
            let settings = golden.configuration
            var rule = MovingAverage.Rule()
            rule.limit = try settings.value("beta")
            rule.least = try settings.value("min_value")
            rule.power = try settings.value("power")
            rule.gamma = try settings.value("inv_gamma")
            rule.copies = try settings.value("update_after_step")
            rule.interval = try settings.value("update_every")
            var everySecond = rule
            everySecond.interval = 2
            return Run { [rule, everySecond] inputs in
                let values = try inputs.named("online").array(of: Float.self)
                let (averages, decays) = follow(values, rule)
                return [
                    "ema": averages, "decay": decays, "ema_every2": follow(values, everySecond).averages,
                ]
            }
        },
        "train_steps": GoldenComponent { golden in
            let settings = golden.configuration
            let network = try LEMamba(settings.nested("model").settings())
            let betas: [Double] = try settings.value("betas")
            let (rate, decay): (Double, Double) = (try settings.value("lr"), try settings.value("weight_decay"))
            let (epsilon, norm): (Double, Double) = (try settings.value("eps"), try settings.value("max_norm"))
            let steps: Int = try settings.value("steps")
            return Run(network) { inputs in
                let optimizer = AdamW(
                    network.namedParameters(), learningRate: rate, betas: (betas[0], betas[1]), epsilon: epsilon,
                    weightDecay: decay)
                var (losses, norms): ([Tensor], [Double]) = ([], [])
                try withGradients {
                    for step in 0..<steps {
                        optimizer.clearGradients()
                        let fused = try network(
                            upsampled: inputs.named("lms.\(step)"), guide: inputs.named("pan.\(step)"))
                        let loss = LEMambaLoss()(fused: fused, reference: try inputs.named("gt.\(step)")).total
                        loss.backward()
                        losses.append(loss.detached())
                        norms.append(clipGradientNorm(optimizer.parameters, to: norm))
                        optimizer.step()
                    }
                }
                var outputs = ["loss": Tensor.stacked(losses), "grad_norm": Tensor(norms, shape: [steps])]
                for (name, tensor) in network.namedParameters() { outputs["param.\(name)"] = tensor.detached() }
                return outputs
            }
        },
    ]

    private static func schedule(_ settings: GoldenConfiguration) throws -> CosineRestarts {
        CosineRestarts(
            highest: try settings.value("lr"), lowest: try settings.value("eta_min"),
            period: try settings.value("T_0"), growth: try settings.value("T_mult"),
            reduction: try settings.value("lr_mult"))
    }

    /// The average of one number, and the share that it keeps, after each of its values.
    private static func follow(
        _ values: [Float], _ rule: MovingAverage.Rule
    ) -> (averages: Tensor, decays: Tensor) {
        let online = Tensor(values.first.map { [$0] } ?? [], shape: [min(1, values.count)])
        let average = MovingAverage([("value", online)], rule: rule)
        var (averages, decays): ([Tensor], [Double]) = ([], [])
        for value in values {
            online.fill(Double(value))
            average.update()
            averages.append(average.averages[0].tensor.copy())
            decays.append(average.decay)
        }
        return (Tensor.concatenated(averages, axis: 0), Tensor(decays, shape: [decays.count]))
    }
}
