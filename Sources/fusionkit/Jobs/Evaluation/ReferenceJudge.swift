import Foundation
import FusionKit

/// Judges by the truth.
final class ReferenceJudge: Judge {
    static let option = "reference"

    let indices: [any ReferenceMetric]
    let border: BorderCut
    /// What the user said of the ratio, the largest number and the sensor; else what the truth says.
    private let ratio: Double?
    private let peak: Double?
    private let sensor: Sensor?
    private let talk: Talk
    /// The first guess is that of all images: values of a folder are to be compared.
    private var guess: SamplePeak?

    init(
        indices: [any ReferenceMetric], ratio: Double?, peak: Double?, sensor: Sensor?, border: BorderCut, talk: Talk
    ) {
        (self.indices, self.ratio, self.peak, self.sensor) = (indices, ratio, peak, sensor)
        (self.border, self.talk) = (border, talk)
    }

    var heading: String { "by the truth" }
    var metrics: [any Metric] { indices }

    /// A fused image with its truth, and what the indices depend on.
    private struct Comparison {
        let pair: PairScene
        /// Nil where no index depends on it.
        let peak: SamplePeak?
        /// Whether nothing tells the ratio.
        let isRatioAssumed: Bool
    }

    func prepared(_ item: EvaluationItem, _ watch: MeasuringWatch) throws -> () throws -> Verdict {
        let comparison = try comparison(item)
        let bands = comparison.pair.reference.bands
        let threads = try watch.threads(bytes: PairScene.bytesPerThread(bands: bands), bands: bands)
        return {
            let measurement = try comparison.pair.measure(
                self.indices, threads: threads, progress: watch.progress("measuring"))
            self.tell(comparison, item, largest: measurement.largestValue)
            self.tellHoles(comparison, item, pixels: measurement.pixels)
            var verdict = try Verdict(self.indices, measurement.values, pixels: measurement.pixels)
            (verdict.settings.ratio, verdict.settings.cut) = (comparison.pair.ratio, self.border.rawValue)
            (verdict.settings.peak, verdict.settings.peakOrigin) = (comparison.peak?.value, comparison.peak?.origin)
            return verdict
        }
    }

    /// A fused image and its truth.
    func pair(_ item: EvaluationItem) throws -> PairScene { try comparison(item).pair }

    private func comparison(_ item: EvaluationItem) throws -> Comparison {
        let reference = try RasterReader(item.partners[Self.option] ?? "")
        let fused = try RasterReader(item.fused)
        let (one, other) = (reference.profile, fused.profile)
        guard one.window == other.window, one.dataBands.count == other.dataBands.count else {
            throw Failure(
                .data,
                "\(fused.file) has \(counted(other.dataBands.count, "band")) of \(other.width) × \(other.height) pixels, "
                    + "\(reference.file) \(one.dataBands.count) of \(one.width) × \(one.height). "
                    + "Cut both to the same area and bands with gdal_translate.")
        }
        try reference.checkGrid(of: fused, window: one.window, talk: talk)
        for reader in [fused, reference] { try reader.requireKnownPixel() }
        let peak = needsPeak ? try peak(of: reference) : nil
        let known =
            ratio ?? Self.ratio(of: item) ?? one.metadata[""]?[SceneMetadata.ratio].flatMap(Double.init)
        talk.detail(
            "\(fused.file): ratio \((known ?? 4).plain), cut \(border.rawValue)"
                + (peak.map { ", peak \($0.value.plain) (\($0.origin.rawValue))" } ?? ""))
        let pair = try PairScene(
            reference: RasterPixels(reference), fused: RasterPixels(fused), ratio: known ?? 4,
            peak: peak?.value ?? 1, border: border)
        return Comparison(pair: pair, peak: peak, isRatioAssumed: known == nil)
    }

    /// Whether an index depends on the largest number. A guess of it reads the whole truth, so it is made for these only.
    private var needsPeak: Bool {
        indices.contains { $0.name.hasPrefix("PSNR") || $0.name.hasPrefix("SSIM") }
    }

    /// The largest number that samples of a truth can have.
    private func peak(of truth: RasterReader) throws -> SamplePeak {
        let peak = try SamplePeak(of: truth, given: peak, sensor: sensor, earlier: guess)
        if peak.origin == .guess { guess = peak }
        return peak
    }

    /// What the images say that it was made of; what is wrong with them is told by who judges by them.
    private static func ratio(of item: EvaluationItem) -> Double? {
        guard let pan = item.partners[SceneJudge.panOption], let ms = item.partners[SceneJudge.msOption] else {
            return nil
        }
        return (try? ScenePair(pan: pan, ms: ms)).map { Double($0.ratio) }
    }

    /// Says that an image is judged by a part of its pixels: rows of one table are then not of the same pixels.
    private func tellHoles(_ comparison: Comparison, _ item: EvaluationItem, pixels: Int) {
        let all = comparison.pair.reference.width * comparison.pair.reference.height
        guard pixels < all else { return }
        let share = String(format: "%.3g", 100 * Double(pixels) / Double(all))
        talk.warn(
            "\(item.fused): \(pixels) of \(all) pixels (\(share) %) have a measurement in both images; the indices are "
                + "of these.")
    }

    /// Says what was assumed for indices that depend on it.
    private func tell(_ comparison: Comparison, _ item: EvaluationItem, largest: Double) {
        // ERGAS is no index of grey pictures, which have no ratio.
        let isScene = comparison.pair.reference.bands > 1
        if comparison.isRatioAssumed, isScene, indices.contains(where: { $0.name == ERGAS().name }) {
            talk.note("ERGAS is computed for a ratio of 4, as nothing tells another; give --ratio.")
        }
        if let advice = comparison.peak?.advice { talk.note(advice) }
        if let mismatch = comparison.peak?.mismatch(largest: largest, in: item.partners[Self.option] ?? "") {
            talk.warn(mismatch, once: "peak")
        }
    }
}
