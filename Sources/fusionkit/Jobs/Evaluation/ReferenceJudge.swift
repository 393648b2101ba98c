import FusionKit

/// Judges by the truth.
struct ReferenceJudge: Judge {
    static let option = "reference"

    let indices: [any ReferenceMetric]
    /// What the user said of ratio and peak; else what the truth says.
    let ratio: Double?
    let peak: Double?
    let border: BorderCut
    let talk: Talk

    var heading: String { "by the truth" }
    var metrics: [any Metric] { indices }

    /// The settings that follow from a truth.
    struct Settings {
        let ratio: Double
        /// Whether nothing tells the ratio.
        let isRatioAssumed: Bool
        let peak: Double
        let cut: String
    }

    func settings(of item: EvaluationItem) throws -> Settings {
        settings(try RasterReader(item.partners[Self.option] ?? ""), item)
    }

    private func settings(_ reference: RasterReader, _ item: EvaluationItem) -> Settings {
        let notes = reference.profile.metadata[""] ?? [:]
        let bits = notes[SceneMetadata.bits].flatMap(Int.init) ?? (reference.profile.sampleType == .uint8 ? 8 : 11)
        let known = ratio ?? Self.ratio(of: item) ?? notes[SceneMetadata.ratio].flatMap(Double.init)
        return Settings(
            ratio: known ?? 4, isRatioAssumed: known == nil,
            peak: peak ?? Double((1 << min(max(bits, 1), 32)) - 1), cut: border.rawValue)
    }

    /// What the images say that it was made of; what is wrong with them is told by who judges by them.
    private static func ratio(of item: EvaluationItem) -> Double? {
        guard let pan = item.partners[SceneJudge.panOption], let ms = item.partners[SceneJudge.msOption] else {
            return nil
        }
        return (try? ScenePair(pan: pan, ms: ms)).map { Double($0.ratio) }
    }

    /// A fused image and its truth.
    func pair(_ item: EvaluationItem) throws -> PairScene {
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
        let settings = settings(reference, item)
        talk.detail(
            "\(fused.file): ratio \(settings.ratio.plain), peak \(settings.peak.plain), cut \(settings.cut)")
        return try PairScene(
            reference: RasterPixels(reference), fused: RasterPixels(fused), ratio: settings.ratio, peak: settings.peak,
            border: border)
    }

    func verdict(_ item: EvaluationItem, _ watch: MeasuringWatch) throws -> Verdict {
        let pair = try pair(item)
        let bands = pair.reference.bands
        let threads = try watch.threads(bytes: PairScene.bytesPerThread(bands: bands), bands: bands)
        let measurement = try pair.measure(indices, threads: threads, progress: watch.progress("measuring"))
        // The peak is of no interest to the others.
        let needsPeak = indices.contains { $0.name.hasPrefix("PSNR") || $0.name.hasPrefix("SSIM") }
        let largest = measurement.largestValue
        if needsPeak, largest.isFinite, largest > 1.5 * pair.peak || largest > 0 && largest < pair.peak / 20 {
            talk.warn(
                "\(item.partners[Self.option] ?? "") has values up to \(largest.plain), and PSNR and SSIM are computed for "
                    + "numbers up to \(pair.peak.plain). Give --bits or --peak.", once: "peak")
        }
        return try Verdict(indices, measurement.values, pixels: measurement.pixels)
    }
}
