import Testing
import Torch
import Training

@Suite("Overfitting") struct OverfitTests {
    @Test(
        "the network for any sensor learns from sensors that don't exist, whoever makes the samples",
        arguments: ["pansharpen", "hypersharpen"])
    func anySensor(task: String) throws {
        let scratch = try Scratch()
        func train(workers: Int, rate: Double) throws -> (loss: Double, weights: [String: [UInt8]]) {
            let folder = scratch.file("run\(workers)-\(rate)")
            let yaml = """
                task: \(task)
                epochs: 24
                device: cpu
                network: {system: consistent-detail, settings: {mixing_width: 8, width: 8}}
                data: {count: 6, side: 32, batch: 1, keep-megabytes: 64, validation: [], apart: 0, workers: \(workers)}
                loss: {charbonnier: 1}
                optimizer: {rate: \(rate), decay: 0, clip: 0.5}
                average: {kind: none}
                validation: {metrics: []}
                record: {folder: '\(folder)', state-every: 1000, tensorboard: false}
                """
            var losses: [Double] = []
            _ = try TrainingRun(try TrainingConfiguration(yaml: yaml)).run(report: { losses.append($0.loss) })
            return (losses.suffix(72).reduce(0, +) / 72, try bytes(folder + "/last.safetensors"))
        }
        let (alone, ahead) = (try train(workers: 0, rate: 3e-3), try train(workers: 2, rate: 3e-3))
        #expect(alone.weights == ahead.weights)
        // Some draws are harder than others, so the same ones are compared.
        let untrained = try train(workers: 0, rate: 1e-12)
        #expect(alone.loss < 0.997 * untrained.loss, "loss \(alone.loss), without learning \(untrained.loss)")
    }

    @Test(
        "two patches are learned by heart by every system",
        arguments: [
            ("fusionmamba-rs", "pansharpen", "{dim: 8, ms_dim: 3}", "l1", 80, 0.1),
            (
                "lemamba", "pansharpen",
                "{width: 8, img_channel: 3, out_channel: 3, window_sizes: [4, 2, null], drop_path_rate: 0}", "l1", 80,
                0.06
            ),
            ("mmmamba", "pansharpen", "{bands: 3, width: 8, blocks: 1}", "l1", 80, 0.05),
            (
                "fusionmamba-mm", "fuse",
                "{depths: [1, 1], depths_decoder: [1, 1], dims: [16, 32], dims_decoder: [32, 16], drop_path_rate: 0}",
                "pair", 150, 6.0
            ),
            ("salient-detail", "fuse", "{width: 8}", "pair-fidelity", 60, 1.88),
        ])
    func overfits(
        system: String, task: String, settings: String, loss: String, epochs: Int, bound: Double
    ) throws {
        let scratch = try Scratch()
        let side = loss == "pair-fidelity" ? 48 : task == "fuse" ? 32 : 16
        let yaml = """
            task: \(task)
            epochs: \(epochs)
            device: cpu
            network: {system: \(system), settings: \(settings)}
            data: {count: 2, side: \(side), batch: 2, validation: [], apart: 0, turns: false}
            loss: {\(loss): 1}
            optimizer: {rate: 4e-3, decay: 0, clip: 1}
            average: {kind: none}
            validation: {metrics: []}
            record: {folder: '\(scratch.file("run"))', state-every: 1000, tensorboard: false}
            """
        var (first, last) = (Double?.none, Double.infinity)
        let run = try TrainingRun(try TrainingConfiguration(yaml: yaml))
        _ = try run.run(report: {
            if first == nil { first = $0.loss }
            last = $0.loss
        })
        #expect(last < bound, "\(system): loss \(first ?? 0) to \(last)")
    }
}
