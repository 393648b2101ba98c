import Metrics
import Sensors

/// Judges fused images by the truth.
struct ReferenceJudge {
    /// The indices that are given band by band too.
    static let bandMetrics: [any ReferenceMetric] = [RMSE(), Q(), CC()]

    let truth: KnownImage
    let ratio: Double
    let peak: Double
    let border: BorderCut

    /// Fills a row with the indices of an image.
    ///
    /// - Throws: `MetricError` where the two can't be compared at all.
    func judge(_ fused: KnownImage, into row: inout ComparisonRow) throws(MetricError) {
        let known = zip(truth.valid ?? [], fused.valid ?? []).map { $0 & $1 }
        let valid = (known.isEmpty ? truth.valid ?? fused.valid : known).map { $0.map { $0 != 0 } }
        func pair(_ reference: Image, _ image: Image) throws(MetricError) -> ImagePair {
            try ImagePair(
                reference: reference, fused: image, ratio: ratio, peak: peak, border: border, isValid: valid)
        }
        let whole = try pair(truth.image, fused.image)
        for metric in Metrics.withReference {
            do throws(MetricError) {
                row.values[metric.name] = try metric.value(whole)
            } catch {
                row.notes.append("\(error)")
            }
        }
        for band in 0..<truth.image.bands {
            let one = try pair(truth.image.band(band), fused.image.band(band))
            for metric in Self.bandMetrics {
                let value = (try? metric.value(one)) ?? .nan
                row.bandValues[metric.name, default: []].append(value)
            }
        }
    }
}
