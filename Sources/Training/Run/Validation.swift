import Metrics
import Networks
import Sensors
import Torch

/// What a network does with samples that it does not learn from.
struct Validation {
    let settings: ValidationSettings
    let task: NetworkTask
    let loss: WeightedLoss
    let gains: [Double]

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
        return Metrics.named(settings.best)?.higherIsBetter ?? FusionMetrics.named(settings.best)?.higherIsBetter
            ?? false
    }

    /// Measures all samples. The network must be in use, not in training.
    ///
    /// - Parameter isCancelled: asked between batches; what was measured until then counts.
    func callAsFunction(
        _ source: any BatchSource, device: Device, dtype: DType, isCancelled: () -> Bool
    ) throws -> Outcome {
        var sums: [String: (sum: Double, count: Int)] = [:]
        var outcome = Outcome()
        func add(_ name: String, _ value: Double, _ count: Int) {
            let old = sums[name] ?? (0, 0)
            sums[name] = (old.sum + value * Double(count), old.count + count)
        }
        let next = try source.batches(epoch: 0, from: 0)
        while !isCancelled(), let batch = try next() {
            let images = batch.images.mapValues { $0.to(device).to(dtype) }
            let fused = try withTorchErrors {
                try withoutGradients {
                    let fused = try task(images).to(.float32)
                    let input = LossInput(
                        fused: fused, images: images.mapValues { $0.to(.float32) }, ratio: task.ratio, gains: gains)
                    let (total, parts) = try loss(input)
                    add("loss", total.item, batch.indices.count)
                    for (name, value) in parts { add(name, value.item, batch.indices.count) }
                    return fused.clamped(0, 1).to(.cpu)
                }
            }
            for index in batch.indices.indices {
                func image(_ tensor: Tensor) -> Tensor { tensor[.at(index)] }
                let own = batch.images.mapValues(image)
                for name in settings.metrics {
                    if let value = try value(of: name, fused: image(fused), images: own) { add(name, value, 1) }
                }
                if outcome.pictures.count < settings.pictures {
                    outcome.pictures.append(shown(fused: image(fused), images: own))
                }
            }
        }
        outcome.values = names.compactMap { name in
            sums[name].map { (name, $0.sum / Double(Swift.max(1, $0.count))) }
        }
        return outcome
    }

    /// An index of one sample; nil where it has none, such as for a patch smaller than a window.
    private func value(of name: String, fused: Tensor, images: [ImageRole: Tensor]) throws -> Double? {
        if let metric = Metrics.named(name), task.task != .fuse {
            guard let reference = images[.reference] else { return nil }
            let pair = try ImagePair(
                reference: Image(reference), fused: Image(fused), ratio: Double(task.ratio), peak: 1)
            return try? metric.value(pair)
        }
        guard let metric = FusionMetrics.named(name), let first = images[.first], let second = images[.second] else {
            return nil
        }
        // Pairs of the metrics have the image with the structure second.
        let pair = try FusedPair(
            first: Image(second * 255), second: Image(first * 255), fused: Image(fused * 255))
        return try? metric.value(pair)
    }

    /// What the network saw, what it made, and what it should have made.
    private func shown(fused: Tensor, images: [ImageRole: Tensor]) -> [Tensor] {
        if let first = images[.first], let second = images[.second] { return [first, second, fused] }
        let coarse = images[.ms].map {
            $0.repeatInterleaved(task.ratio, axis: 1).repeatInterleaved(task.ratio, axis: 2)
        }
        return [coarse, fused, images[.reference]].compactMap { $0 }
    }
}

extension Image {
    /// The elements of (C, H, W).
    fileprivate init(_ tensor: Tensor) {
        self.init(bands: tensor.size(0), height: tensor.size(1), width: tensor.size(2), values: tensor.array())
    }
}
