import Inference
import Metrics
import Raster
import Sensors

extension SharpeningComparison {
    static let (reducedTitle, fullTitle) = ("Reduced resolution", "Full resolution")

    /// Runs every method on the degraded pair, whose truth is known.
    func reduced(
        _ run: CandidateRun, _ part: ReducedPair.Part, side: Int, around region: Window,
        into comparison: inout Comparison
    )
        throws
    {
        let gains = sensor ?? .unknown(bands: pair.msBands.count, ratio: pair.ratio, bits: 16)
        let files = try ReducedPair(pair, part: part, sensor: gains, folder: run.folder, watch: run.watch)
        let degraded = try ScenePair(pan: files.pan, ms: files.ms)
        let peak = try peak(of: pair.ms)
        let judge = ReferenceJudge(
            truth: RasterPixels(pair.ms, window: part.ms), ratio: Double(pair.ratio), peak: peak,
            border: options.border, watch: run.watch)
        var table = ComparisonTable(
            id: "reduced", title: Self.reducedTitle,
            explanation: "Wald’s protocol: both images are degraded by \(pair.ratio), the bands by filters of the "
                + "sensor’s MTF, and fused; the multispectral image as it was given is the truth. \(peak.explanation)",
            peak: peak.value, peakOrigin: peak.origin, metrics: ReferenceJudge.metrics.map { MetricColumn($0) },
            bandMetrics: ReferenceJudge.bandMetrics.map { MetricColumn($0) })
        if let advice = peak.advice { comparison.advice.append(advice) }
        let shown = shownPart(of: part.ms, side: side, around: region)
        var view = newView(of: shown, scene: Window(width: part.ms.width, height: part.ms.height))
        let inScene = shown.shifted(columns: part.ms.column, rows: part.ms.row)
        let truth = ComparisonView.Layer(
            name: "Truth (MS)", role: .truth, image: try KnownImage(pair.ms, window: inScene).marked)
        view.stretch(by: truth)
        view.layers = [
            truth, .init(name: "PAN", role: .source, image: try KnownImage(degraded.pan, window: shown).marked),
            .init(
                name: "MS, degraded", role: .source,
                image: try Self.picked(
                    degraded.ms, rows: shown.rows.map { $0 / pair.ratio },
                    columns: shown.columns.map { $0 / pair.ratio })),
        ]
        table.view = view
        try runAll(run, degraded, Place(here: part.ms, other: pair.window), table, into: &comparison) {
            try judge.judge($0, into: &$1)
        }
    }

    /// Runs every method on the pair as it is.
    func full(_ run: CandidateRun, _ place: Place, region: Window, into comparison: inout Comparison) throws {
        let judge = try referenceJudge(run)
        let sceneJudge = SceneJudge(pair: pair, sensor: sensor, watch: run.watch)
        let metrics: [any Metric] = (judge == nil ? [] : ReferenceJudge.metrics) + sceneJudge.metrics
        let bandMetrics: [any Metric] = judge == nil ? sceneJudge.bandMetrics : ReferenceJudge.bandMetrics
        var table = ComparisonTable(
            id: "full", title: Self.fullTitle, explanation: fullExplanation(judge?.peak), peak: judge?.peak.value,
            peakOrigin: judge?.peak.origin, metrics: metrics.map { MetricColumn($0) },
            bandMetrics: bandMetrics.map { MetricColumn($0) })
        if let advice = judge?.peak.advice { comparison.advice.append(advice) }
        let part = region.shifted(columns: -pair.window.column, rows: -pair.window.row)
        var view = newView(of: part, scene: Window(width: pair.window.width, height: pair.window.height))
        let ms = try multispectral(part)
        view.stretch(by: ms)
        view.layers = [.init(name: "PAN", role: .source, image: try KnownImage(pair.pan, window: region).marked), ms]
        if let judge {
            let image = try KnownImage(judge.truth.reader, window: part).marked
            let truth = ComparisonView.Layer(name: "Truth", role: .truth, image: image)
            view.stretch(by: truth)
            view.layers.insert(truth, at: 0)
        }
        table.view = view
        try runAll(run, pair, place, table, into: &comparison) { reader, row in
            try judge?.judge(reader, into: &row)
            try sceneJudge.judge(reader, into: &row)
        }
    }

    /// The pixels of the images that are fused by one protocol, and by the other.
    struct Place {
        let here: Window
        /// Nil where there is no other.
        let other: Window?
    }

    /// Runs every method by one protocol. The table grows row by row, so who stops the work gets what is finished.
    private func runAll(
        _ run: CandidateRun, _ pair: ScenePair, _ place: Place, _ table: ComparisonTable,
        into comparison: inout Comparison, judge: (RasterReader, inout ComparisonRow) throws -> Void
    ) throws {
        comparison.tables.append(table)
        let index = comparison.tables.count - 1
        for (number, candidate) in candidates.enumerated() where !candidate.belongsElsewhere(place) {
            var row = ComparisonRow(method: candidate.name)
            let stage = "\(candidate.name), \(table.id) \(number + 1)/\(candidates.count)"
            if let fused = try run.fuse(candidate, pair, as: place.here, stage: stage, row: &row) {
                defer { run.remove(fused) }
                do {
                    let reader = try RasterReader(fused)
                    try judge(reader, &row)
                    let part = table.view?.window
                    comparison.tables[index].view?.layers.append(
                        .init(name: candidate.name, role: .method, image: try KnownImage(reader, window: part).marked))
                } catch {
                    try run.cancellation.check()
                    row.failure = run.reason(error)
                }
            }
            comparison.tables[index].rows.append(row)
        }
    }

    private func fullExplanation(_ peak: SamplePeak?) -> String {
        let truth = options.reference.map { "the truth, \(ShellText.shortName($0)), and by " } ?? ""
        return
            "The images as they were given. Fused images are judged by \(truth)what they keep of PAN and of the multispectral "
            + "image, each at its own resolution." + (peak.map { " \($0.explanation)" } ?? "")
    }

    /// The truth at full resolution; nil where it is not known.
    ///
    /// - Throws: `SceneError` for one of other pixels, `RasterError`.
    func truth() throws -> RasterPixels? {
        guard let file = options.reference else { return nil }
        let truth = RasterPixels(try RasterReader(file))
        guard truth.bands == pair.msBands.count, truth.width == pair.window.width, truth.height == pair.window.height
        else {
            throw SceneError(
                .otherSize,
                "\(file) has \(counted(truth.bands, "band")) of \(truth.width) × \(truth.height) pixels; fused images "
                    + "have \(pair.msBands.count) of \(pair.window.width) × \(pair.window.height).",
                remedy: "Give the truth of the pixels of \(pair.pan.file).")
        }
        return truth
    }

    private func referenceJudge(_ run: CandidateRun) throws -> ReferenceJudge? {
        guard let truth = try truth() else { return nil }
        return ReferenceJudge(
            truth: truth, ratio: Double(pair.ratio), peak: try peak(of: truth.reader), border: options.border,
            watch: run.watch)
    }
}
