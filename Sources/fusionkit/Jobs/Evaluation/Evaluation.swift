import FusionKit

/// Judges fused images one after another and prints what comes out.
struct Evaluation {
    let items: [EvaluationItem]
    let judges: [any Judge]
    let map: EvaluationMap?
    let work: (threads: Int, memoryBytes: Int)
    let talk: Talk

    /// Measures what there is, as far as nobody stops it.
    ///
    /// - Parameter report: prints the rows that there are, those of images that failed too.
    /// - Throws: the failure of a single image; in the end one that names those that failed, or that it was stopped.
    func run(report: ([EvaluationRow]) throws -> Void) throws {
        RasterLibrary.setCacheLimit(bytes: work.memoryBytes / 8)
        let bar = ProgressBar(talk)
        defer { bar.clear() }
        var rows: [EvaluationRow] = []
        var failures: [(name: String, failure: Failure)] = []
        let isStopped = try Interruption.gracefully { cancellation -> Bool in
            for item in items {
                do {
                    rows.append(try row(item, bar, cancellation))
                } catch {
                    if cancellation.isCancelled { return true }
                    guard items.count > 1 else { throw error }
                    bar.clear()
                    let failure = Self.failure(error, of: item)
                    failures.append((item.name, failure))
                    rows.append(EvaluationRow(file: item.name, failure: failure.message))
                    talk.warn("\(item.name): \(failure.message)")
                }
            }
            return false
        }
        bar.clear()
        if !rows.isEmpty { try report(rows) }
        if isStopped {
            throw SceneError(
                .cancelled, "Stopped as asked; \(rows.count - failures.count) of \(items.count) images were measured.",
                remedy: "")
        }
        guard failures.isEmpty else {
            let kinds = Set(failures.map(\.failure.status))
            throw Failure(
                kinds.count == 1 ? kinds.first.flatMap(Failure.Kind.init(rawValue:)) ?? .data : .data,
                "\(failures.count) of \(items.count) images could not be measured: "
                    + failures.map(\.name).joined(separator: ", ") + ".")
        }
    }

    /// The row of one image.
    private func row(_ item: EvaluationItem, _ bar: ProgressBar, _ cancellation: Cancellation) throws -> EvaluationRow {
        // Short work needs no bar.
        let start = ContinuousClock.now
        let watch = MeasuringWatch(threads: work.threads, memoryBytes: work.memoryBytes, cancellation: cancellation) {
            if ContinuousClock.now - start > .seconds(2) { bar.show($0) }
        }
        var row = EvaluationRow(file: item.name)
        do {
            // What can be known to fail is found before anything is measured.
            let prepared = try judges.map { try $0.prepared(item, watch) }
            for (judge, measure) in zip(judges, prepared) {
                try cancellation.check()
                let verdict = try measure()
                bar.clear()
                for warning in verdict.warnings { talk.warn("\(item.fused): \(warning)") }
                row.add(verdict)
                if let map, let reference = judge as? ReferenceJudge {
                    try map.write(reference.pair(item), of: item, border: reference.border, watch)
                }
            }
        } catch let error as MetricError {
            throw Self.failure(error, of: item)
        }
        return row
    }

    /// What an error means for the user; an index does not know the files' names.
    private static func failure(_ error: any Error, of item: EvaluationItem) -> Failure {
        guard let error = error as? MetricError else { return Failure(error) }
        let files = [item.fused] + item.partners.sorted { $0.key < $1.key }.map(\.value)
        return Failure(.data, "\(files.joined(separator: ", ")): \(error)")
    }
}

/// One fused image and its indices.
struct EvaluationRow {
    let file: String
    var pixels: Int?
    var values: [String: Double] = [:]
    /// The values of each band, by index; those that judge bands jointly are absent.
    var bands: [String: [Double]] = [:]
    /// What the values depend on beside the images.
    var settings = EvaluationReport.Settings()
    /// Why there are no values; nil where there are.
    let failure: String?

    init(file: String, failure: String? = nil) { (self.file, self.failure) = (file, failure) }

    mutating func add(_ verdict: Verdict) {
        pixels = pixels ?? verdict.pixels
        settings.add(verdict.settings)
        for (name, value) in verdict.values {
            values[name] = value.value
            bands[name] = value.bands
        }
    }

    /// The means of the rows that have a value.
    static func mean(of rows: [EvaluationRow]) -> EvaluationRow {
        var mean = EvaluationRow(file: "mean")
        for name in Set(rows.flatMap(\.values.keys)) {
            let values = rows.compactMap { $0.values[name] }
            mean.values[name] = values.reduce(0, +) / Double(values.count)
            let bands = rows.compactMap { $0.bands[name] }
            guard let count = bands.first?.count, bands.allSatisfy({ $0.count == count }) else { continue }
            mean.bands[name] = (0..<count).map { band in
                bands.reduce(0) { $0 + $1[band] } / Double(bands.count)
            }
        }
        return mean
    }
}
