import Metrics
import Raster

/// Judges fused images by the truth.
struct ReferenceJudge {
    static let metrics = Metrics.withReference
    /// The indices that are given band by band too.
    static let bandMetrics: [any ReferenceMetric] = [RMSE(), Q(), CC()]

    let truth: RasterPixels
    let ratio: Double
    let peak: SamplePeak
    let border: BorderCut
    let watch: MeasuringWatch

    /// Fills a row with the indices of an image.
    ///
    /// - Throws: `MetricError` where the two can't be compared at all, `SceneError` when somebody asked to stop or one thread
    ///   needs more memory than is allowed.
    func judge(_ fused: RasterReader, into row: inout ComparisonRow) throws {
        let scene = try PairScene(
            reference: truth, fused: RasterPixels(fused), ratio: ratio, peak: peak.value, border: border)
        let threads = try Self.threads(bands: truth.bands, watch)
        let measurement = try scene.measure(
            Self.metrics, threads: threads, progress: watch.progress("measuring \(row.method)"))
        row.take(Self.metrics, measurement.values)
        if let mismatch = peak.mismatch(largest: measurement.largestValue, in: truth.reader.file) {
            row.notes.append(mismatch)
        }
    }

    /// - Throws: `SceneError` when one thread needs more memory than is allowed.
    static func checkMemory(bands: Int, _ watch: MeasuringWatch) throws { _ = try threads(bands: bands, watch) }

    private static func threads(bands: Int, _ watch: MeasuringWatch) throws -> Int {
        try watch.threads(bytes: PairScene.bytesPerThread(bands: bands), bands: bands)
    }
}
