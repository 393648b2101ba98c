import Datasets
import Foundation
import Networks
import Torch

/// Has the truth of samples measured by instruments drawn at random, so that a network learns of none in particular.
///
/// Everything that differs between sensors, and between what is said of one and what it does, is drawn for each batch: the
/// ratio, the bands, their MTF and how well it is known, where samples lie, how sharp the truth is beside PAN, how far PAN
/// has moved. Some truths are the scene at full resolution, others its multispectral image, as tests at reduced resolution
/// have them. The numbers of each band, and of PAN, are scaled such that a loss of 1 is twice the detail that it lacks.
struct InstrumentVariation {
    /// Sharp pixels along a side of what is learned from, at most.
    let side: Int
    /// Numbers of bands, one of which is drawn.
    let bandCounts: [Int]
    /// Ratios, one of which is drawn.
    let ratios: [Int]

    /// Those of pairs for a task: spectrometers have more bands, and cameras beside them more pixels.
    init(side: Int, task: FusionTask) {
        self.side = side
        bandCounts = task == .hypersharpen ? [6, 8, 8, 10] : [3, 4, 4, 4, 5]
        ratios = task == .hypersharpen ? [2, 3, 4, 4, 5, 6] : [2, 3, 4, 4]
    }

    /// - Parameter seed: decides everything; the same for all processes that share the batch.
    func callAsFunction(_ batch: TrainingBatch, seed: UInt64) -> TrainingBatch {
        guard let ms = batch.images[.ms], let pan = batch.images[.pan], let reference = batch.images[.reference] else {
            return batch
        }
        var random = SampleRandom(seed: seed)
        let isReduced = random.chance(0.65)
        let wholePAN =
            isReduced
            ? pan.interpolated(to: [ms.size(2), ms.size(3)], mode: .bicubic, antialias: true) : pan
        let bands = drawnBands(of: ms.size(1), &random)
        let wholeTruth = (isReduced ? ms : reference).selected(axis: 1, indices: Tensor(bands))
        let ratio = ratios[random.below(ratios.count)]
        let gains = drawnGains(bands.count, &random)
        let trueGains =
            random.chance(0.5) ? gains.map { min(max($0 * random.uniform(0.9...1.1), 0.15), 0.45) } : gains
        let phase = random.chance(0.5) ? Double(ratio / 2) : Double(ratio - 1) / 2

        let samples = min(side, wholeTruth.size(2), wholeTruth.size(3)) / ratio
        let axis = CoarseGrid.Axis(pixels: samples * ratio, samples: samples, phase: phase)
        var truth = parts(of: wholeTruth, axis.pixels, batch.indices, seed)
        var sharp = parts(of: wholePAN, axis.pixels, batch.indices, seed)
        truth = Self.restored(truth, by: random.uniform(0...2))
        if random.chance(0.5) {
            sharp = SeparableFilter.moved(
                sharp, rows: random.uniform(-0.3...0.3), columns: random.uniform(-0.3...0.3))
        }
        let coarse = CoarseGrid(rows: axis, columns: axis, ratio: ratio, gains: trueGains).observed(truth)

        let (pooledMS, pooledPAN) = pooled(wholeTruth, wholePAN, ratio, &random)
        let scale = Self.scale(truth: truth, coarse: coarse, scene: pooledMS)
        let panScale = Self.scale(
            truth: sharp, coarse: sharp.averagePooled2d(Size2(ratio), stride: Size2(ratio)), scene: pooledPAN)
        let images: [ImageRole: Tensor] = [
            .ms: coarse * scale, .pan: sharp * panScale, .reference: truth * scale,
        ]
        let statistics = BandStatistics(ms: pooledMS * scale, lowPass: pooledPAN * panScale)
        return TrainingBatch(
            images: images, indices: batch.indices,
            instrument: Instrument(
                rowPhase: phase, columnPhase: phase, gains: gains, statistics: statistics))
    }

    private func drawnBands(of count: Int, _ random: inout SampleRandom) -> [Int64] {
        let wanted = min(count, bandCounts[random.below(bandCounts.count)])
        return random.permutation(of: count).prefix(wanted).sorted().map(Int64.init)
    }

    private func drawnGains(_ count: Int, _ random: inout SampleRandom) -> [Double] {
        // What everybody assumes who knows nothing of the sensor.
        if random.chance(0.3) { return .init(repeating: 0.3, count: count) }
        let level = random.uniform(0.2...0.38)
        return (0..<count).map { _ in min(max(level + random.uniform(-0.04...0.04), 0.18), 0.4) }
    }

    /// A square of each sample, at a place of its own that is the same in all its images.
    private func parts(of images: Tensor, _ pixels: Int, _ indices: [Int], _ seed: UInt64) -> Tensor {
        Tensor.stacked(
            indices.enumerated().map { place, index in
                var random = SampleRandom(seed: seed, index: index)
                let row = random.below(images.size(2) - pixels + 1)
                let column = random.below(images.size(3) - pixels + 1)
                return images[.at(place), .all, row..<row + pixels, column..<column + pixels]
            })
    }

    /// Truth and PAN in coarse pixels, for statistics: of the whole sample, or of a part as small scenes have them.
    private func pooled(
        _ truth: Tensor, _ pan: Tensor, _ ratio: Int, _ random: inout SampleRandom
    ) -> (ms: Tensor, pan: Tensor) {
        func pooled(_ image: Tensor) -> Tensor { image.averagePooled2d(Size2(ratio), stride: Size2(ratio)) }
        let (ms, low) = (pooled(truth), pooled(pan))
        guard random.chance(0.5) else { return (ms, low) }
        let (height, width) = (ms.size(2) / 2, ms.size(3) / 2)
        let (row, column) = (random.below(height + 1), random.below(width + 1))
        func part(_ image: Tensor) -> Tensor { image[.all, .all, row..<row + height, column..<column + width] }
        return (part(ms), part(low))
    }

    /// (1, B, 1, 1): what makes twice the detail of the truth 1, and of flat bands a fifth of their standard deviation.
    private static func scale(truth: Tensor, coarse: Tensor, scene: Tensor) -> Tensor {
        let sizes = [truth.size(2), truth.size(3)]
        let missing = truth - coarse.interpolated(to: sizes, mode: .bicubic)
        func deviation(_ image: Tensor) -> Tensor {
            image.transposed(0, 1).flattened(from: 1).standardDeviation(1).reshaped([1, -1, 1, 1])
        }
        return 0.5 / deviation(missing).maximum(deviation(scene) * 0.1).clamped(1e-6)
    }

    /// Sharpened as providers do, who make up for a part of the instrument's blur.
    private static func restored(_ image: Tensor, by strength: Double) -> Tensor {
        // A Gaussian of 0.8 pixels.
        let taps = (-3...3).map { exp(-Double($0 * $0) / (2 * 0.8 * 0.8)) }
        return image + (image - SeparableFilter.apply(image, rows: taps, columns: taps)) * strength
    }
}
