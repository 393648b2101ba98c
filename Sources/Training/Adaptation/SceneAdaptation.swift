import Datasets
import Metrics
import Networks
import Sensors
import Torch

/// Fine-tunes a network on the scene that it is to sharpen, so that it fits a sensor that it never saw.
///
/// Two things are known of any scene: its own multispectral image is the truth for both images made coarser by the ratio
/// (Wald's protocol), and the result at full resolution has to agree with both images, which needs no truth. A step goes
/// against the error of the former and the inconsistency of the latter. HQNR of patches at full resolution decides which
/// weights stay, those at the beginning included.
public struct SceneAdaptation {
    /// What is adapted.
    public let network: any FusionNetwork
    /// Steps.
    public var steps = 60
    /// The digital number that becomes 1; a network for any sensor takes numbers as they are.
    public var peak = 2047.0
    /// Decides which patches are taken.
    public var seed: UInt64 = 0

    /// What came of it.
    public struct Outcome: Sendable, Encodable {
        /// HQNR before, of patches of the scene.
        public let before: Double
        /// HQNR with the weights that the network has now.
        public let after: Double
        /// Steps that were taken.
        public let steps: Int

        /// Whether the network has other weights than before.
        public var isBetter: Bool { after > before }
    }

    /// An adaptation.
    public init(_ network: any FusionNetwork) { self.network = network }

    /// Adapts the network; its weights are those with the best index.
    ///
    /// - Parameters:
    ///   - pan: the file of the sharp image.
    ///   - ms: the file of the multispectral image.
    ///   - sensor: its MTF degrades both images.
    ///   - ratio: sharp pixels along a multispectral one.
    ///   - sharesEdges: whether the edges of images without georeference lie on each other, not as the field's toolboxes
    ///     have it.
    ///   - isCancelled: asked before each step; what is best until then stays.
    ///   - report: steps that are done.
    /// - Throws: ``TrainingError`` for a scene that is too small, what reading and the network throw.
    public func run(
        pan: String, ms: String, sensor: Sensor, ratio: Int, sharesEdges: Bool = false,
        isCancelled: () -> Bool = { false },
        report: (Int) -> Void = { _ in }
    ) throws -> Outcome {
        let task = try NetworkTask(network, task: .pansharpen)
        let peak = task.takesAnySensor ? Double.infinity : peak
        func patches(_ resolution: ScenePatchSource.Resolution, _ most: Int) throws -> ScenePatches {
            let patches = try ScenePatches(
                pan: pan, ms: ms, sensor: sensor, ratio: ratio, resolution: resolution, most: most, peak: peak,
                sharesEdges: sharesEdges)
            guard let patches else {
                throw TrainingError(
                    .scene,
                    "a network can't be adapted to \(pan) and \(ms): that takes a part of more than \(32 * ratio) × \(32 * ratio) PAN "
                        + "pixels in which both are known (not NaN, not nodata).",
                    remedy: "Leave --adapt away.")
            }
            return patches
        }
        let (reduced, full) = (try patches(.reduced, Self.side), try patches(.full, Self.side))
        let judges = try patches(.full, 256).spread(4)
        let scale = task.takesAnySensor ? 1 : peak
        let before = try index(of: judges, task, sensor, scale: scale)
        var best = (index: before, weights: weights())

        let optimizer = AdamW(
            network.namedParameters().map { ($0.name, $0.tensor) }, learningRate: task.takesAnySensor ? 1e-3 : 5e-5)
        var random = SampleRandom(seed: seed)
        var done = 0
        while done < steps, !isCancelled() {
            try step(optimizer, task, try reduced.drawn(2, &random), try full.drawn(1, &random))
            done += 1
            report(done)
            if done == steps || done % max(1, steps / Self.judgements) == 0 {
                let index = try index(of: judges, task, sensor, scale: scale)
                if index > best.index { best = (index, weights()) }
            }
        }
        try network.load(best.weights)
        network.eval()
        return Outcome(before: before, after: best.index, steps: done)
    }

    /// Times that the index is measured on the way.
    private static let judgements = 4
    /// Sharp pixels along a side of what a step learns from.
    private static let side = 64

    private func step(
        _ optimizer: some Optimizer, _ task: NetworkTask, _ reduced: TrainingBatch, _ full: TrainingBatch
    ) throws {
        try withTorchErrors {
            try withGradients {
                network.train(using: RandomGenerator(seed: seed))
                network.clearGradients()
                let truth = WeightedLoss([.l1: 1])
                try truth(input(reduced, task)).total.backward()
                // What the network for any sensor makes agrees with the multispectral image in any case.
                let agreement = WeightedLoss(task.takesAnySensor ? [.spatial: 1] : [.spectral: 0.5, .spatial: 0.5])
                try agreement(input(full, task)).total.backward()
                try checkTorchErrors()
                _ = clipGradientNorm(network.namedParameters().map { ($0.name, $0.tensor) }, to: 0.5)
                optimizer.step()
            }
        }
    }

    private func input(_ batch: TrainingBatch, _ task: NetworkTask) throws -> LossInput {
        LossInput(
            fused: try task(batch.images, instrument: batch.instrument), images: batch.images, ratio: batch.ratio,
            gains: batch.instrument?.gains ?? [])
    }

    /// A copy of the weights that the network has now.
    private func weights() -> [String: Tensor] {
        Dictionary(uniqueKeysWithValues: network.state().map { ($0.name, $0.tensor.detached().copy()) })
    }

    /// The mean of HQNR over some patches.
    private func index(
        of patches: [TrainingBatch], _ task: NetworkTask, _ sensor: Sensor, scale: Double
    ) throws -> Double {
        network.eval()
        var sum = 0.0
        for patch in patches {
            let fused = try withTorchErrors {
                try withInference { try task(patch.images, instrument: patch.instrument) }
            }
            guard let ms = patch.images[.ms], let pan = patch.images[.pan] else { continue }
            let scene = try SharpenedScene(
                fused: Image(fused[.at(0)] * scale), ms: Image(ms[.at(0)] * scale), pan: Image(pan[.at(0)] * scale),
                sensor: sensor, ratio: patch.ratio)
            sum += try HQNR().value(scene)
        }
        return sum / Double(patches.count)
    }
}
