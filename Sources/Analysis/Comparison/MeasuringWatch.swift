import Inference
import Metrics

/// How indices are measured: in how many threads, and who is told.
package struct MeasuringWatch: Sendable {
    package let threads: Int
    package let memoryBytes: Int
    package let cancellation: Cancellation
    package let show: @Sendable (Inference.Progress) -> Void

    package init(
        threads: Int, memoryBytes: Int, cancellation: Cancellation,
        show: @escaping @Sendable (Inference.Progress) -> Void
    ) {
        (self.threads, self.memoryBytes, self.cancellation, self.show) = (threads, memoryBytes, cancellation, show)
    }

    /// How many threads may work with so many bytes each.
    ///
    /// - Throws: `SceneError` when not even one may.
    package func threads(bytes: Int, bands: Int) throws -> Int {
        // The rest is for the blocks of files.
        let allowed = memoryBytes - memoryBytes / 8
        guard bytes <= allowed else {
            throw SceneError.memory(
                "Measuring images of \(bands) bands needs", needed: bytes / 7 * 8, allowed: memoryBytes)
        }
        return Swift.min(threads, allowed / Swift.max(1, bytes))
    }

    /// What a streaming index reports to; it ends the work when somebody asked to stop.
    package func progress(_ stage: String) -> @Sendable (Int, Int) throws -> Void {
        { [cancellation, show] done, total in
            try cancellation.check()
            show(Inference.Progress(stage: stage, done: done, total: total))
        }
    }
}

extension ComparisonRow {
    /// Takes the values of indices; what has none is left out with a note, which is said once.
    mutating func take(_ metrics: [any Metric], _ results: [Result<MetricValue, MetricError>]) {
        for (metric, result) in zip(metrics, results) {
            switch result {
            case .success(let value):
                values[metric.name] = value.value
                bandValues[metric.name] = value.bands
            case .failure(let error):
                // Indices that are made of others fail with these.
                if !notes.contains("\(error)") { notes.append("\(error)") }
            }
        }
    }
}
