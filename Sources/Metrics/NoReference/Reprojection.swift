import Sensors

/// Consistency with the multispectral image: the sharpened image, filtered by the MTF of its bands and decimated where
/// each band fits PAN best, is judged with the multispectral image as its truth.
///
/// Multispectral pixels that the sharpened image does not cover, or whose filter reaches an unknown pixel, do not count.
public struct Reprojection: NoReferenceMetric {
    /// The index of the pair.
    public enum Index: Sendable, CaseIterable {
        case q2n, q, sam, ergas

        /// The index with reference that is computed.
        public var metric: any ReferenceMetric {
            switch self {
            case .q2n: Q2n()
            case .q: Q()
            case .sam: SAM()
            case .ergas: ERGAS()
            }
        }
    }

    private let index: Index

    /// An index of the pair.
    public init(_ index: Index) { self.index = index }

    /// Short name, such as "R-SAM".
    public var name: String { "R-" + index.metric.name }
    /// Full name.
    public var title: String { "reprojected " + index.metric.title }
    /// Unit of the index.
    public var unit: String { index.metric.unit }
    /// Filter, phase and index.
    public var variant: String { "MTF without negative taps, sum 1; co-registered by PAN; " + index.metric.variant }
    /// Origin.
    public let source = "Scarpa, Ciotola, Remote Sensing 14(8), 2022"
    /// As the index.
    public var higherIsBetter: Bool { index.metric.higherIsBetter }
    /// As the index.
    public var range: ClosedRange<Double> { index.metric.range }
    /// The sharpened image on the multispectral grid.
    public let statistics = [SceneStatistic.reprojection]

    /// The value of the pair.
    public func value(of sums: SceneSums) throws(MetricError) -> MetricValue {
        guard let pair = sums.reprojection else { throw .noValidPixels(metric: name) }
        do {
            return try index.metric.value(of: pair.sums)
        } catch {
            switch error {
            case .noValidPixels: throw .noValidPixels(metric: name)
            case .tooSmall(_, let height, let width, let minimum):
                throw .tooSmall(metric: name, height: height, width: width, minimum: minimum)
            default: throw error
            }
        }
    }
}

/// The sums of a sharpened image brought to the multispectral grid.
struct Reprojected: Sendable {
    let sums: PairSums
}

extension SharpenedScene {
    func reprojection(_ work: SceneWork) throws -> Reprojected {
        let pair = try reprojectedPair(phases: coregistration(work))
        return Reprojected(
            sums: try work.sums(
                pair, Set(Reprojection.Index.allCases.flatMap { $0.metric.statistics(of: pair) })))
    }

    /// The multispectral image and the sharpened one on its grid.
    ///
    /// - Parameter phases: fine pixels beyond the first on a multispectral pixel, one a band.
    func reprojectedPair(phases: [DecimatedReader.Phase]) throws(MetricError) -> PairScene {
        try PairScene(
            reference: ms, fused: reprojected(reprojectionFilters, phases: phases), ratio: Double(ratio),
            peak: sensor.peak)
    }

    /// The sharpened image on the multispectral grid, whole.
    package func reprojected(phases: [(row: Int, column: Int)]) throws -> Image {
        let pair = try reprojectedPair(phases: phases.map { .init(row: $0.row, column: $0.column) })
        return try pair.fused.read(pair.fused.region).image
    }
}
