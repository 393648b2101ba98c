/// What is said of every quality index, whatever it compares a fused image with.
public protocol Metric: Sendable {
    /// Short name, such as "SAM".
    var name: String { get }
    /// Full name, such as "spectral angle mapper".
    var title: String { get }
    /// Unit of the value, empty for a plain number.
    var unit: String { get }
    /// Variant that the numbers depend on: window, border, reduction.
    var variant: String { get }
    /// Who published it.
    var source: String { get }
    /// Whether a larger value is a better image.
    var higherIsBetter: Bool { get }
    /// Smallest and largest possible value.
    var range: ClosedRange<Double> { get }
}

/// What an index says of an image.
public struct MetricValue: Sendable, Hashable {
    /// Over all bands.
    public let value: Double
    /// Of each band alone; nil where the index judges all bands jointly.
    public let bands: [Double]?

    /// A value.
    public init(_ value: Double, bands: [Double]? = nil) { (self.value, self.bands) = (value, bands) }

    /// The mean of the bands' values.
    init(meanOf bands: [Double]) { self.init(bands.reduce(0, +) / Double(bands.count), bands: bands) }
}

/// A quality index of a fused image whose truth is known.
///
/// It is computed from sums over tiles, so images may be larger than memory: ``PairScene`` measures files, ``value(_:)``
/// images in memory, with the same bits.
public protocol ReferenceMetric: Metric {
    /// What has to be summed over a scene.
    func statistics(of scene: PairScene) -> [PairStatistic]
    /// The index from the sums.
    ///
    /// - Throws: ``MetricError/tooSmall(metric:height:width:minimum:)`` when the image is smaller than the window,
    ///   ``MetricError/noValidPixels(metric:)`` when the mask leaves nothing.
    func value(of sums: PairSums) throws(MetricError) -> MetricValue
}

extension ReferenceMetric {
    /// The index of a pair.
    ///
    /// - Throws: ``MetricError/tooSmall(metric:height:width:minimum:)`` when the image is smaller than the window,
    ///   ``MetricError/noValidPixels(metric:)`` when the mask leaves nothing.
    public func value(_ pair: ImagePair) throws(MetricError) -> Double { try measure(pair).value }

    /// The index of each band; nil where it judges all bands jointly.
    public func valuesOfBands(_ pair: ImagePair) throws(MetricError) -> [Double]? { try measure(pair).bands }

    private func measure(_ pair: ImagePair) throws(MetricError) -> MetricValue {
        try withMetricErrors { try PairScene(pair).measure([self]).values[0].get() }
    }
}

/// A quality index of a sharpened image whose truth is not known, by the two images that it was made of.
public protocol NoReferenceMetric: Metric {
    /// What has to be summed over a scene.
    var statistics: [SceneStatistic] { get }
    /// The index from the sums.
    ///
    /// - Throws: ``MetricError/noValidPixels(metric:)`` when no block or window is known,
    ///   ``MetricError/tooSmall(metric:height:width:minimum:)`` when the image is smaller than one.
    func value(of sums: SceneSums) throws(MetricError) -> MetricValue
}

extension NoReferenceMetric {
    /// The index of a scene in memory.
    public func value(_ scene: SharpenedScene) throws(MetricError) -> Double { try measure(scene).value }

    /// The index of each band; nil where it judges all bands jointly.
    public func valuesOfBands(_ scene: SharpenedScene) throws(MetricError) -> [Double]? { try measure(scene).bands }

    private func measure(_ scene: SharpenedScene) throws(MetricError) -> MetricValue {
        try withMetricErrors { try scene.measure([self])[0].get() }
    }
}

/// Runs work on images in memory, which fails with errors of ours only.
func withMetricErrors<Result>(_ work: () throws -> Result) throws(MetricError) -> Result {
    do { return try work() } catch { throw error as? MetricError ?? .unreadable("\(error)") }
}

/// The metrics by name.
public enum Metrics {
    /// Every metric that has a reference, in the order of reports.
    public static let withReference: [any ReferenceMetric] = [
        SAM(), ERGAS(), PSNR(), Q2n(), Q(), SSIM(), SCC(), CC(), RMSE(),
    ]

    /// Other definitions in use of what ``withReference`` has, and rarer indices; for who asks for them by name.
    public static let variants: [any ReferenceMetric] = [
        GlobalPSNR(), PSNR(peak: .perBandMaximum), ReducedSSIM(), FSDS(),
    ]

    /// Every metric of a sharpened image without reference, in the order of reports.
    public static let withoutReference: [any NoReferenceMetric] = [
        HQNR(), DLambdaK(), DS(), QNR(), DLambda(), FQNR(), DSF(), Reprojection(.q2n), Reprojection(.q),
        Reprojection(.sam), Reprojection(.ergas), DRho(),
    ]

    /// The metrics of a hyperspectral image without reference.
    public static let hyperspectral: [any NoReferenceMetric] = [
        HyperspectralQNR(), HyperspectralDLambda(), DSR(),
    ]

    /// The metric of a name, in any case; nil when there is none.
    public static func named(_ name: String) -> (any ReferenceMetric)? {
        (withReference + variants).first { $0.name.lowercased() == name.lowercased() }
    }

    /// The metric without reference of a name, in any case; nil when there is none.
    public static func namedWithoutReference(_ name: String) -> (any NoReferenceMetric)? {
        (withoutReference + hyperspectral).first { $0.name.lowercased() == name.lowercased() }
    }
}
