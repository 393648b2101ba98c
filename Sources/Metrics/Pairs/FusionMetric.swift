/// A quality index of a picture that was fused from two.
public protocol FusionMetric: Metric {
    /// What is said of the index.
    var description: MetricDescription { get }

    /// The index of a fused picture and its sources.
    ///
    /// - Throws: ``MetricError/tooSmall(metric:height:width:minimum:)`` when the pictures are smaller than the index needs.
    func value(_ pair: FusedPair) throws(MetricError) -> Double
}

/// What is said of an index, in one piece.
public struct MetricDescription: Sendable, Hashable {
    /// Short name, such as "Q_CB".
    public let name: String
    /// Full name.
    public let title: String
    /// Unit of the value, empty for a plain number.
    public let unit: String
    /// Variant that the numbers depend on.
    public let variant: String
    /// Who published it.
    public let source: String
    /// Whether a larger value is a better picture.
    public let higherIsBetter: Bool
    /// Smallest and largest possible value.
    public let range: ClosedRange<Double>

    init(
        _ name: String, _ title: String, unit: String = "", variant: String, source: String,
        higherIsBetter: Bool = true, range: ClosedRange<Double> = 0...Double.infinity
    ) {
        self.name = name
        self.title = title
        self.unit = unit
        self.variant = variant
        self.source = source
        self.higherIsBetter = higherIsBetter
        self.range = range
    }
}

extension FusionMetric {
    /// Short name.
    public var name: String { description.name }
    /// Full name.
    public var title: String { description.title }
    /// Unit of the value.
    public var unit: String { description.unit }
    /// Variant that the numbers depend on.
    public var variant: String { description.variant }
    /// Who published it.
    public var source: String { description.source }
    /// Whether a larger value is a better picture.
    public var higherIsBetter: Bool { description.higherIsBetter }
    /// Smallest and largest possible value.
    public var range: ClosedRange<Double> { description.range }
}
