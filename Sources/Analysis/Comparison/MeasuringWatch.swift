import Inference
import Metrics

/// How indices are measured: in how many threads, and who is told.
struct MeasuringWatch: Sendable {
    let threads: Int
    let memoryBytes: Int
    let cancellation: Cancellation
    let show: @Sendable (Inference.Progress) -> Void

    /// How many threads may work with so many bytes each; one at least.
    func threads(bytes: Int) -> Int { Swift.max(1, Swift.min(threads, memoryBytes / Swift.max(1, bytes))) }

    /// What a streaming index reports to; it ends the work when somebody asked to stop.
    func progress(_ method: String) -> @Sendable (Int, Int) throws -> Void {
        { [cancellation, show] done, total in
            try cancellation.check()
            show(Inference.Progress(stage: "measuring \(method)", done: done, total: total))
        }
    }
}

extension ComparisonRow {
    /// Takes the values of indices; what has none is left out with a note.
    mutating func take(_ metrics: [any Metric], _ results: [Result<MetricValue, MetricError>]) {
        for (metric, result) in zip(metrics, results) {
            switch result {
            case .success(let value):
                values[metric.name] = value.value
                bandValues[metric.name] = value.bands
            case .failure(let error): notes.append("\(error)")
            }
        }
    }
}
