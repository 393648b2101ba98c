import FusionKit

/// What fused images are judged by: a truth, the images that they were made of.
///
/// A judge is made for one image after another, since each may have partners of its own.
protocol Judge {
    /// What the table of this judge is called.
    var heading: String { get }
    /// The indices, in the order of columns.
    var metrics: [any Metric] { get }
    /// Opens a fused image and its partners and finds its indices.
    func verdict(_ item: EvaluationItem, _ watch: EvaluationWatch) throws -> Verdict
}

/// A fused image with the files that belong to it, by the option that names them.
struct EvaluationItem {
    /// What the row is called.
    let name: String
    let fused: String
    let partners: [String: String]
}

/// The indices of one image by one judge.
struct Verdict {
    /// Pixels that counted; nil where each index has its own.
    var pixels: Int?
    var values: [String: MetricValue] = [:]
    /// What an index has no value for, in sentences.
    var warnings: [String] = []

    /// The values of indices that have one. What has none, the image being smaller than the window or having no window
    /// without unknown pixels, is left out with a warning, unless nothing is left.
    init(_ metrics: [any Metric], _ results: [Result<MetricValue, MetricError>], pixels: Int? = nil) throws {
        self.pixels = pixels
        for (metric, result) in zip(metrics, results) {
            switch result {
            case .success(let value): values[metric.name] = value
            case .failure(let error):
                guard metrics.count > 1 else { throw error }
                warnings.append("\(error)")
            }
        }
        if values.isEmpty, let first = results.first { _ = try first.get() }
    }
}

/// How far the work is, and whether it has to end.
struct EvaluationWatch: Sendable {
    let threads: Int
    let memoryBytes: Int
    let cancellation: Cancellation
    let show: @Sendable (Inference.Progress) -> Void

    /// What a streaming index reports to.
    var progress: @Sendable (Int, Int) throws -> Void {
        { [cancellation, show] done, total in
            try cancellation.check()
            show(Inference.Progress(stage: "measuring", done: done, total: total))
        }
    }

    /// How many threads may work with so many bytes each.
    ///
    /// - Throws: `SceneError` when not even one may.
    func threads(bytes: Int, bands: Int) throws -> Int {
        let allowed = memoryBytes - memoryBytes / 8
        guard bytes <= allowed else {
            let megabytes = (bytes / 7 * 8 >> 20) + 1
            throw SceneError(
                .memory,
                "Measuring images of \(bands) bands needs \(megabytes) MB, and \(memoryBytes >> 20) MB are allowed.",
                remedy: "Allow more with --memory.")
        }
        return min(threads, allowed / bytes)
    }
}
