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

/// A quality index of a fused image whose truth is known.
public protocol ReferenceMetric: Metric {
    /// The index of a pair.
    ///
    /// - Throws: ``MetricError/tooSmall(metric:height:width:minimum:)`` when the image is smaller than the window,
    ///   ``MetricError/noValidPixels(metric:)`` when the mask leaves nothing.
    func value(_ pair: ImagePair) throws(MetricError) -> Double
}

/// The metrics by name.
public enum Metrics {
    /// Every metric that has a reference, in the order of reports.
    public static let withReference: [any ReferenceMetric] = [
        SAM(), ERGAS(), PSNR(), Q2n(), Q(), SSIM(), SCC(), CC(), RMSE(),
    ]

    /// The metric of a name, in any case; nil when there is none.
    public static func named(_ name: String) -> (any ReferenceMetric)? {
        withReference.first { $0.name.lowercased() == name.lowercased() }
    }
}
