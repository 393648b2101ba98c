import FusionKit

/// What fused images are judged by: a truth, the images that they were made of.
///
/// A judge is made for one image after another, since each may have partners of its own.
protocol Judge {
    /// What the table of this judge is called.
    var heading: String { get }
    /// The indices, in the order of columns.
    var metrics: [any Metric] { get }
    /// Opens a fused image and its partners and checks all that can be known to fail.
    ///
    /// - Returns: what finds the indices.
    func prepared(_ item: EvaluationItem, _ watch: MeasuringWatch) throws -> () throws -> Verdict
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
    /// What the values depend on beside the images.
    var settings = EvaluationReport.Settings()

    /// The values of indices that have one. What has none, the image being smaller than the window or having no window
    /// without unknown pixels, is left out with a warning, unless nothing is left.
    init(_ metrics: [any Metric], _ results: [Result<MetricValue, MetricError>], pixels: Int? = nil) throws {
        self.pixels = pixels
        for (metric, result) in zip(metrics, results) {
            switch result {
            case .success(let value): values[metric.name] = value
            case .failure(let error):
                guard metrics.count > 1 else { throw error }
                // Indices that are made of others fail with these.
                if !warnings.contains("\(error)") { warnings.append("\(error)") }
            }
        }
        if values.isEmpty, let first = results.first { _ = try first.get() }
    }
}
