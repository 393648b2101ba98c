import Metrics
import Raster
import Sensors

/// Judges fused pictures by what they keep of their sources.
struct PairJudge {
    static let metrics = Metrics.ofSources

    private let first: Image
    private let second: Image

    /// - Parameters:
    ///   - first: the picture with the structure: visible light, MRI.
    ///   - second: infrared, CT, PET.
    init(first: RasterReader, second: RasterReader) throws {
        // The field's programs name them the other way round.
        (self.first, self.second) = (try Self.grey(second), try Self.grey(first))
    }

    /// Fills a row with the indices of a picture.
    ///
    /// - Throws: `RasterError`, `MetricError`.
    func judge(_ fused: RasterReader, into row: inout ComparisonRow) throws {
        let pair = try FusedPair(first: first, second: second, fused: Self.grey(fused))
        for metric in Self.metrics {
            do throws(MetricError) {
                row.values[metric.name] = try metric.value(pair)
            } catch {
                row.notes.append("\(error)")
            }
        }
    }

    /// The brightness in levels of 8 bits.
    private static func grey(_ reader: RasterReader) throws -> Image {
        var image = try KnownImage(reader).image
        let type = reader.profile.withBands(reader.profile.dataBands).sampleType
        let scale = 255 / (type.isFloatingPoint ? 1 : type.range.upperBound)
        if scale != 1 { image.values = image.values.map { min(max(($0 * scale).rounded(), 0), 255) } }
        return GreyConversion.float.grey(of: image)
    }
}
