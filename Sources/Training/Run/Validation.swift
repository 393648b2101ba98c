import Metrics
import Networks
import Sensors
import Torch

/// What a network does with samples that it does not learn from.
struct Validation {
    let settings: ValidationSettings
    let task: NetworkTask
    let loss: WeightedLoss
    let sensor: Sensor?
    /// The digital number that is 1 in the images.
    let peak: Double
    let processes: ProcessGroup

    /// The means over all samples, and pictures of the first ones.
    struct Outcome {
        /// The loss, its parts and the indices, in this order.
        var values: [(name: String, value: Double)] = []
        /// For each picture, images (C, H, W) to show side by side.
        var pictures: [[Tensor]] = []

        func value(_ name: String) -> Double? { values.first { $0.name == name }?.value }
    }

    /// Names of the values.
    var names: [String] {
        let parts = loss.terms.count > 1 ? loss.terms.map(\.loss.rawValue) : []
        return ["loss"] + parts + settings.metrics
    }

    /// Whether a larger one of the values that decide is better.
    var higherIsBetter: Bool {
        guard settings.best != "loss" else { return false }
        let metrics: [(any Metric)?] = [
            Metrics.named(settings.best), Metrics.namedWithoutReference(settings.best),
            FusionMetrics.named(settings.best),
        ]
        return metrics.compactMap(\.self).first?.higherIsBetter ?? false
    }

    /// Measures the samples of all processes. The network must be in use, not in training.
    ///
    /// - Parameters:
    ///   - source: the samples of this process; nil where it has none.
    ///   - isCancelled: asked between batches.
    /// - Returns: nil where one of the processes was cancelled.
    func callAsFunction(
        _ source: (any BatchSource)?, device: Device, dtype: DType, isCancelled: () -> Bool
    ) throws -> Outcome? {
        var means = Means(names)
        var outcome = Outcome()
        let next = try source?.batches(epoch: 0, from: 0)
        var wasCancelled = isCancelled()
        while !wasCancelled, let batch = try next?() {
            let fused = try measureLoss(of: batch, device: device, dtype: dtype, &means)
            for index in batch.indices.indices {
                let own = batch.images.mapValues { $0[.at(index)] }
                for name in settings.metrics {
                    if let value = try value(of: name, fused: fused[.at(index)], images: own, ratio: batch.ratio) {
                        means.add(name, value)
                    }
                }
                if outcome.pictures.count < settings.pictures {
                    outcome.pictures.append(shown(fused: fused[.at(index)], images: own, ratio: batch.ratio))
                }
            }
            wasCancelled = isCancelled()
        }
        if try processes.isTrueAnywhere(wasCancelled) { return nil }
        try means.gather(over: processes)
        outcome.values = means.values
        return outcome
    }

    /// - Returns: what the network makes of a batch, in 0…1, on the CPU.
    private func measureLoss(
        of batch: TrainingBatch, device: Device, dtype: DType, _ means: inout Means
    ) throws -> Tensor {
        try withTorchErrors {
            try withoutGradients {
                let images = batch.images.mapValues { $0.to(device).to(dtype) }
                let fused = try task(images, instrument: batch.instrument).to(.float32)
                let input = LossInput(
                    fused: fused, images: images.mapValues { $0.to(.float32) }, ratio: batch.ratio,
                    gains: sensor?.mtfGains ?? [])
                let (total, parts) = try loss(input)
                let weight = Double(batch.indices.count)
                means.add("loss", total.item, weight: weight)
                for (name, value) in parts { means.add(name, value.item, weight: weight) }
                return fused.clamped(0, 1).to(.cpu)
            }
        }
    }

    /// An index of one sample; nil where it has none, such as for a patch smaller than a window.
    private func value(
        of name: String, fused: Tensor, images: [ImageRole: Tensor], ratio: Int
    ) throws -> Double? {
        if task.task == .fuse {
            guard let metric = FusionMetrics.named(name), let first = images[.first], let second = images[.second]
            else {
                return nil
            }
            // Pairs of the metrics have the image with the structure second.
            let pair = try FusedPair(
                first: Image(second * 255), second: Image(first * 255), fused: Image(fused * 255))
            return try? metric.value(pair)
        }
        if let metric = Metrics.named(name) {
            guard let reference = images[.reference] else { return nil }
            let pair = try ImagePair(
                reference: Image(reference), fused: Image(fused), ratio: Double(ratio), peak: 1)
            return try? metric.value(pair)
        }
        guard let metric = Metrics.namedWithoutReference(name), let ms = images[.ms], let pan = images[.pan] else {
            return nil
        }
        let scene = try SharpenedScene(
            fused: Image(fused * peak), ms: Image(ms * peak), pan: Image(pan * peak), sensor: sensor,
            ratio: ratio)
        return try? metric.value(scene)
    }

    /// What the network saw, what it made, and what it should have made.
    private func shown(fused: Tensor, images: [ImageRole: Tensor], ratio: Int) -> [Tensor] {
        if let first = images[.first], let second = images[.second] { return [first, second, fused] }
        let coarse = images[.ms].map {
            $0.repeatInterleaved(ratio, axis: 1).repeatInterleaved(ratio, axis: 2)
        }
        return [coarse, fused, images[.reference]].compactMap { $0 }
    }
}
