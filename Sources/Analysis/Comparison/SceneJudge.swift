import Inference
import Metrics
import Raster
import Sensors

/// Judges sharpened images by PAN and the multispectral image, without a truth.
struct SceneJudge {
    let pair: ScenePair
    let sensor: Sensor?
    let watch: MeasuringWatch

    var metrics: [any NoReferenceMetric] { Metrics.withoutReference(bands: pair.msBands.count) }

    /// The indices that are given band by band too.
    var bandMetrics: [any NoReferenceMetric] { metrics.filter { ["D_S", "D_S_F", "D_rho"].contains($0.name) } }

    /// Fills a row with the indices of an image on PAN's grid.
    ///
    /// - Throws: `MetricError` where the images can't be compared at all, `SceneError` when somebody asked to stop or one
    ///   thread needs more memory than is allowed.
    func judge(_ fused: RasterReader, into row: inout ComparisonRow) throws {
        let scene = try SharpenedScene(
            fused: RasterPixels(fused), ms: RasterPixels(pair.ms), pan: RasterPixels(pair.pan, window: pair.window),
            sensor: sensor, ratio: pair.ratio, rowShift: pair.rowShift, columnShift: pair.columnShift)
        let results = try scene.measure(
            metrics, threads: threads(), progress: watch.progress("measuring \(row.method)"))
        row.take(metrics, results)
    }

    /// - Throws: `SceneError` when one thread needs more memory than is allowed.
    func checkMemory() throws { _ = try threads() }

    private func threads() throws -> Int {
        let bands = pair.msBands.count
        return try watch.threads(bytes: SharpenedScene.bytesPerThread(bands: bands, ratio: pair.ratio), bands: bands)
    }
}

extension Metrics {
    /// The indices without reference that go with a number of bands: above 32 those of hyperspectral images, as relations
    /// between bands grow with the square of their number.
    package static func withoutReference(bands: Int) -> [any NoReferenceMetric] {
        bands > 32 ? hyperspectral + [DRho()] : withoutReference
    }
}
