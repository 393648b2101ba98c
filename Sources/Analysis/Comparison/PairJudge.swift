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
        (self.first, self.second) = (try GreyPicture.read(second), try GreyPicture.read(first))
    }

    /// Fills a row with the indices of a picture.
    ///
    /// - Throws: `RasterError`, `MetricError`.
    func judge(_ fused: RasterReader, into row: inout ComparisonRow) throws {
        let pair = try FusedPair(first: first, second: second, fused: GreyPicture.read(fused))
        row.take(
            Self.metrics,
            Self.metrics.map { metric in
                Result { () throws(MetricError) in MetricValue(try metric.value(pair)) }
            })
    }
}
