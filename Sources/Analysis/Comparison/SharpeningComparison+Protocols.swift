import Inference
import Metrics
import Raster
import Sensors

extension SharpeningComparison {
    /// Runs every method on the degraded pair, whose truth is known.
    func reduced(_ run: CandidateRun, side: Int, around region: Window, into comparison: inout Comparison) throws {
        let gains = sensor ?? .unknown(bands: pair.msBands.count, ratio: pair.ratio, bits: 16)
        let scene: ReducedPair
        do {
            scene = try ReducedPair(pair, sensor: gains, folder: run.folder)
        } catch let error as SceneError where error.code == .tooSmall {
            comparison.notes.append("There is no assessment at reduced resolution. \(error.problem)")
            return
        }
        let judge = ReferenceJudge(
            truth: RasterPixels(pair.ms, window: scene.window), ratio: Double(pair.ratio),
            peak: peak(of: scene.truth.image), border: options.border, watch: run.watch)
        comparison.tables.append(
            ComparisonTable(
                id: "reduced", title: "Reduced resolution",
                explanation: "Wald’s protocol: both images are degraded by \(pair.ratio), the bands by filters of the "
                    + "sensor’s MTF, and fused; the multispectral image as it was given is the truth.",
                metrics: ReferenceJudge.metrics.map { MetricColumn($0) },
                bandMetrics: ReferenceJudge.bandMetrics.map { MetricColumn($0) }))
        let table = comparison.tables.count - 1
        let (width, height) = (Swift.min(side, scene.window.width), Swift.min(side, scene.window.height))
        func start(_ centre: Int, _ length: Int, _ axis: Range<Int>) -> Int {
            Swift.min(Swift.max(centre - length / 2 - axis.lowerBound, 0), axis.count - length)
        }
        let (columnCorner, rowCorner) = (Int(pair.cornerOffset.columns), Int(pair.cornerOffset.rows))
        let part = Window(
            column: start(
                (region.column + region.width / 2 - columnCorner) / pair.ratio, width, scene.window.columns),
            row: start((region.row + region.height / 2 - rowCorner) / pair.ratio, height, scene.window.rows),
            width: width, height: height)
        var view = newView(of: part, scene: Window(width: scene.window.width, height: scene.window.height))
        let truth = ComparisonView.Layer(name: "Truth (MS)", role: .truth, image: scene.truth.part(part))
        view.stretch(by: truth)
        let (pan, ms) = (try KnownImage(RasterReader(scene.pan)), try KnownImage(RasterReader(scene.ms)))
        view.layers = [
            truth, .init(name: "PAN", role: .source, image: pan.part(part)),
            .init(name: "MS, degraded", role: .source, image: ms.enlarged(pair.ratio, part)),
        ]
        comparison.tables[table].view = view
        let degraded = try ScenePair(pan: scene.pan, ms: scene.ms)
        for (index, candidate) in candidates.enumerated() {
            if run.belongsElsewhere(candidate, here: scene.window, other: pair.window) { continue }
            var row = ComparisonRow(method: candidate.name)
            let stage = "\(candidate.name), reduced resolution, \(index + 1) of \(2 * candidates.count)"
            let fused = try run.fuse(candidate, degraded, as: scene.window, stage: stage, row: &row)
            if let fused {
                do {
                    let reader = try RasterReader(fused)
                    try judge.judge(reader, into: &row)
                    comparison.tables[table].view?.layers.append(
                        .init(name: candidate.name, role: .method, image: try KnownImage(reader, window: part).marked))
                } catch {
                    try run.cancellation.check()
                    row.failure = "\(error)"
                }
                run.remove(fused)
            }
            comparison.tables[table].rows.append(row)
        }
    }

    /// Runs every method on the pair as it is.
    func full(_ run: CandidateRun, region: Window, into comparison: inout Comparison) throws {
        let part = region.shifted(columns: -pair.window.column, rows: -pair.window.row)
        var view = newView(of: part, scene: Window(width: pair.window.width, height: pair.window.height))
        let judge = try referenceJudge(run)
        let sceneJudge = SceneJudge(pair: pair, sensor: sensor, watch: run.watch)
        let metrics: [any Metric] = (judge == nil ? [] : ReferenceJudge.metrics) + sceneJudge.metrics
        let bandMetrics: [any Metric] = judge == nil ? sceneJudge.bandMetrics : ReferenceJudge.bandMetrics
        comparison.tables.append(
            ComparisonTable(
                id: "full", title: "Full resolution", explanation: fullExplanation,
                metrics: metrics.map { MetricColumn($0) }, bandMetrics: bandMetrics.map { MetricColumn($0) }))
        let table = comparison.tables.count - 1
        let pan = try KnownImage(pair.pan, window: region)
        let ms = try multispectral(part)
        view.stretch(by: ms)
        view.layers = [.init(name: "PAN", role: .source, image: pan.marked), ms]
        if let judge {
            let image = try KnownImage(judge.truth.reader, window: part).marked
            let truth = ComparisonView.Layer(name: "Truth", role: .truth, image: image)
            view.stretch(by: truth)
            view.layers.insert(truth, at: 0)
        }
        comparison.tables[table].view = view
        for (index, candidate) in candidates.enumerated() {
            if run.belongsElsewhere(candidate, here: pair.window, other: pair.ms.profile.window) { continue }
            var row = ComparisonRow(method: candidate.name)
            let place = candidates.count + index + 1
            let stage = "\(candidate.name), full resolution, \(place) of \(2 * candidates.count)"
            let fused = try run.fuse(candidate, pair, as: pair.window, stage: stage, row: &row)
            if let fused {
                do {
                    let reader = try RasterReader(fused)
                    try judge?.judge(reader, into: &row)
                    try sceneJudge.judge(reader, into: &row)
                    comparison.tables[table].view?.layers.append(
                        .init(name: candidate.name, role: .method, image: try KnownImage(reader, window: part).marked))
                } catch {
                    try run.cancellation.check()
                    row.failure = "\(error)"
                }
                run.remove(fused)
            }
            comparison.tables[table].rows.append(row)
        }
    }

    private var fullExplanation: String {
        let truth = options.reference.map { "the truth, \(ShellText.shortName($0)), and by " } ?? ""
        return
            "The images as they were given. Fused images are judged by \(truth)what they keep of PAN and of the multispectral "
            + "image, each at its own resolution."
    }

    private func referenceJudge(_ run: CandidateRun) throws -> ReferenceJudge? {
        guard let file = options.reference else { return nil }
        let truth = RasterPixels(try RasterReader(file))
        guard truth.bands == pair.msBands.count, truth.width == pair.window.width, truth.height == pair.window.height
        else {
            throw SceneError(
                .otherSize,
                "\(file) has \(truth.bands) bands of \(truth.width) × \(truth.height) pixels; fused images "
                    + "have \(pair.msBands.count) of \(pair.window.width) × \(pair.window.height).",
                remedy: "Give the truth of the pixels of \(pair.pan.file).")
        }
        return ReferenceJudge(
            truth: truth, ratio: Double(pair.ratio), peak: try peak(of: KnownImage(pair.ms).image),
            border: options.border, watch: run.watch)
    }

    private func newView(of part: Window, scene: Window) -> ComparisonView {
        let bands = BandChoice.bands(of: pair.ms.profile, at: pair.msBands, sensor: sensor)
        return ComparisonView(
            window: part, scene: scene, bands: bands, compositions: BandChoice.compositions(of: bands), unit: "DN")
    }

    /// The multispectral image at PAN's pixels, each the one that it lies in.
    private func multispectral(_ part: Window) throws -> ComparisonView.Layer {
        let profile = pair.ms.profile
        let rows = part.rows.map { pair.msIndex(of: $0, shift: pair.rowShift, count: profile.height) }
        let columns = part.columns.map { pair.msIndex(of: $0, shift: pair.columnShift, count: profile.width) }
        let window = Window(
            columns: (columns.first ?? 0)..<(columns.last ?? 0) + 1, rows: (rows.first ?? 0)..<(rows.last ?? 0) + 1)
        let image = try KnownImage(pair.ms, window: window).marked
        return .init(
            name: "MS", role: .source,
            image: image.picked(rows: rows.map { $0 - window.row }, columns: columns.map { $0 - window.column }))
    }
}

extension Image {
    /// The samples at chosen rows and columns.
    fileprivate func picked(rows: [Int], columns: [Int]) -> Image {
        var result = Image(bands: bands, height: rows.count, width: columns.count)
        var index = 0
        for band in 0..<bands {
            for row in rows {
                let start = (band * height + row) * width
                for column in columns {
                    result.values[index] = values[start + column]
                    index += 1
                }
            }
        }
        return result
    }
}

extension KnownImage {
    /// A part of the image with every pixel as `ratio` × `ratio` of them.
    fileprivate func enlarged(_ ratio: Int, _ part: Window) -> Image {
        marked.picked(rows: part.rows.map { $0 / ratio }, columns: part.columns.map { $0 / ratio })
    }
}
