import FusionKit

/// Judges sharpened images by PAN and the multispectral image, without the truth.
struct SceneJudge: Judge {
    static let (panOption, msOption) = ("pan", "ms")

    let sensorName: String?
    let ratio: Double?
    let talk: Talk
    /// The indices that the user asked for, else those that go with the number of bands of the first image.
    let indices: [any NoReferenceMetric]

    init(
        _ chosen: [any NoReferenceMetric]?, sensorName: String?, ratio: Double?, firstMS: String, talk: Talk
    ) throws {
        (self.sensorName, self.ratio, self.talk) = (sensorName, ratio, talk)
        indices = try chosen ?? Metrics.withoutReference(bands: RasterReader(firstMS).profile.dataBands.count)
    }

    var heading: String { "without reference" }
    var metrics: [any Metric] { indices }

    /// The sensor: the one that the user names, else the one that a simulated image is from.
    private func sensor(of ms: RasterReader) throws -> Sensor? {
        if let sensorName { return try NamedChoices.sensor(sensorName) }
        return ms.profile.recordedSensor
    }

    func prepared(_ item: EvaluationItem, _ watch: MeasuringWatch) throws -> () throws -> Verdict {
        let (scene, sensor) = try scene(item)
        let bytes = SharpenedScene.bytesPerThread(bands: scene.fused.bands, ratio: scene.ratio)
        let threads = try watch.threads(bytes: bytes, bands: scene.fused.bands)
        return {
            var verdict = try Verdict(
                indices, scene.measure(indices, threads: threads, progress: watch.progress("measuring")))
            verdict.settings.sensor = sensor?.name
            return verdict
        }
    }

    private func scene(_ item: EvaluationItem) throws -> (SharpenedScene, Sensor?) {
        let pair = try ScenePair(pan: item.partners[Self.panOption] ?? "", ms: item.partners[Self.msOption] ?? "")
        let fused = try RasterReader(item.fused)
        if let ratio, ratio != Double(pair.ratio) {
            throw Failure(
                .usage,
                "--ratio is \(ratio.plain), and a pixel of \(pair.ms.file) is \(pair.ratio) pixels of \(pair.pan.file). "
                    + "Leave --ratio out, or give the images that belong together.")
        }
        let window = try window(of: fused, in: pair)
        guard fused.profile.dataBands.count == pair.msBands.count else {
            throw Failure(
                .data,
                "\(fused.file) has \(counted(fused.profile.dataBands.count, "band")) and \(pair.ms.file) \(pair.msBands.count). "
                    + "Give the multispectral image that it was sharpened from, with the same bands.")
        }
        let sensor = try sensor(of: pair.ms)
        if let note = sensor?.note(bands: pair.msBands.count, file: pair.ms.file) { talk.note(note) }
        for reader in [fused, pair.pan, pair.ms] { try reader.requireKnownPixel() }
        for notice in pair.notices { talk.note(notice) }
        for warning in pair.warnings { talk.warn(warning) }
        talk.detail(
            "\(fused.file): ratio \(pair.ratio), sensor \(sensor?.name ?? "unknown (MTF gain 0.30)"), "
                + (pair.isGeoreferenced ? "grids by georeference" : "grids by their common corner"))
        let scene = try SharpenedScene(
            fused: RasterPixels(fused, window: window), ms: RasterPixels(pair.ms),
            pan: RasterPixels(pair.pan, window: pair.window), sensor: sensor, ratio: pair.ratio,
            rowShift: pair.rowShift, columnShift: pair.columnShift)
        return (scene, sensor)
    }

    /// The part of the fused image that PAN and the multispectral image share.
    private func window(of fused: RasterReader, in pair: ScenePair) throws -> Window {
        let profile = fused.profile
        let isWhole = profile.window == pair.pan.profile.window
        guard isWhole || (profile.width == pair.window.width && profile.height == pair.window.height) else {
            throw Failure(
                .data,
                "\(fused.file) has \(profile.width) × \(profile.height) pixels and \(pair.pan.file) "
                    + "\(pair.pan.profile.width) × \(pair.pan.profile.height), of which \(pair.ms.file) covers "
                    + "\(pair.window.width) × \(pair.window.height). "
                    + "Give the PAN image that it was sharpened with.")
        }
        try pair.pan.checkGrid(
            of: fused, window: isWhole ? pair.pan.profile.window : pair.window, talk: talk)
        return isWhole ? pair.window : profile.window
    }
}

extension Sensor {
    /// What is to be known where an image has fewer bands than its sensor; nil where it has as many.
    func note(bands count: Int, file: String) -> String? {
        guard count < bands.count else { return nil }
        let names = bands.prefix(count).map(\.name).joined(separator: ", ")
        return
            "\(file) has \(counted(count, "band")) and \(name) \(bands.count): the MTF gains of its first, "
            + "\(names), are used."
    }
}
