import Foundation
import Sensors

/// Root of the mean squared error, over all pixels and bands jointly. Best value 0.
public struct RMSE: ReferenceMetric {
    /// Short name.
    public let name = "RMSE"
    /// Full name.
    public let title = "root mean square error"
    /// Unit of the samples.
    public let unit = "DN"
    /// Pixels and bands jointly.
    public let variant = "all bands jointly"
    /// Origin.
    public let source = "Wald, Ranchin, Mangolini, PE&RS 63(6), 1997"
    /// Smaller is better.
    public let higherIsBetter = false
    /// 0 to infinity.
    public let range = 0...Double.infinity

    /// The metric has no settings.
    public init() {}

    /// Sums over pixels.
    public func statistics(of scene: PairScene) -> [PairStatistic] { [.pixels] }

    /// The error in the unit of the samples.
    public func value(of sums: PairSums) throws(MetricError) -> MetricValue {
        let pixels = try sums.pixels(for: name)
        return MetricValue(pixels.rmse, bands: pixels.meanSquares.map { $0.squareRoot() })
    }
}

/// Correlation: the mean over bands of Pearson's coefficient. NaN where a band of either image is constant, for which no
/// correlation is defined.
public struct CC: ReferenceMetric {
    /// Short name.
    public let name = "CC"
    /// Full name.
    public let title = "correlation coefficient"
    /// A plain number.
    public let unit = ""
    /// Mean of the bands' values.
    public let variant = "mean over bands"
    /// Origin.
    public let source = "Pearson 1895"
    /// Larger is better.
    public let higherIsBetter = true
    /// −1 to 1.
    public let range = -1.0...1

    /// The metric has no settings.
    public init() {}

    /// Sums over pixels.
    public func statistics(of scene: PairScene) -> [PairStatistic] { [.pixels] }

    /// The coefficient.
    public func value(of sums: PairSums) throws(MetricError) -> MetricValue {
        let pixels = try sums.pixels(for: name)
        return MetricValue(pixels.correlation, bands: pixels.correlations)
    }
}

/// Relative dimensionless global error: (100/r)·√(mean_b MSE_b/m(GT_b)²). Best value 0.
///
/// A band whose reference has mean 0 makes it infinite, or adds nothing where the band has no error.
public struct ERGAS: ReferenceMetric {
    /// Short name.
    public let name = "ERGAS"
    /// Full name.
    public let title = "relative dimensionless global error in synthesis"
    /// A plain number.
    public let unit = ""
    /// All pixels.
    public let variant = "100/ratio"
    /// Origin.
    public let source = "Wald, Data Fusion: Definitions and Architectures, 2002"
    /// Smaller is better.
    public let higherIsBetter = false
    /// 0 to infinity.
    public let range = 0...Double.infinity

    /// The metric has no settings.
    public init() {}

    /// Sums over pixels.
    public func statistics(of scene: PairScene) -> [PairStatistic] { [.pixels] }

    /// The error; of a band, (100/r)·RMSE_b/m(GT_b).
    public func value(of sums: PairSums) throws(MetricError) -> MetricValue {
        let pixels = try sums.pixels(for: name)
        return MetricValue(
            pixels.ergas(ratio: sums.ratio),
            bands: pixels.relativeErrors.map { 100 / sums.ratio * $0.squareRoot() })
    }
}

/// Spectral angle: the mean over pixels of the angle between the two spectra, in degrees. Best value 0.
///
/// Pixels where either spectrum is zero have no angle and do not count; NaN when no pixel has one.
public struct SAM: ReferenceMetric {
    /// Short name.
    public let name = "SAM"
    /// Full name.
    public let title = "spectral angle mapper"
    /// Degrees.
    public let unit = "°"
    /// Mean of the pixels' angles.
    public let variant = "mean of angles, zero spectra left out"
    /// Origin.
    public let source = "Yuhas, Goetz, Boardman, JPL Airborne Geoscience Workshop, 1992"
    /// Smaller is better.
    public let higherIsBetter = false
    /// 0 to 180.
    public let range = 0.0...180

    /// The metric has no settings.
    public init() {}

    /// Sums over pixels.
    public func statistics(of scene: PairScene) -> [PairStatistic] { [.pixels] }

    /// The mean angle in degrees.
    public func value(of sums: PairSums) throws(MetricError) -> MetricValue {
        MetricValue(try sums.pixels(for: name).spectralAngle)
    }

    /// The angle at each pixel in degrees, (1, H, W); NaN where a spectrum is zero or the pixel is masked.
    public func map(_ pair: ImagePair) -> Image {
        var angles = SpectralAngles(pixels: pair.reference.pixels)
        for band in 0..<pair.reference.bands {
            let planes = pair.planes(band)
            angles.add(planes.reference.values, planes.fused.values)
        }
        return Image(bands: 1, height: pair.reference.height, width: pair.reference.width, values: angles.degrees)
    }
}

/// Angles between the spectra of two images, gathered band by band.
struct SpectralAngles {
    private var products: [Double]
    private var references: [Double]
    private var fuseds: [Double]
    /// Pixels of which there are spectra; the arrays may be longer.
    private var pixels: Int

    init(pixels: Int) {
        self.pixels = pixels
        products = [Double](repeating: 0, count: pixels)
        (references, fuseds) = (products, products)
    }

    /// Begins again with other pixels, no more than there were at first.
    mutating func restart(pixels: Int) {
        self.pixels = pixels
        for pixel in 0..<pixels { (products[pixel], references[pixel], fuseds[pixel]) = (0, 0, 0) }
    }

    /// Adds a band of both images.
    mutating func add(_ reference: [Double], _ fused: [Double]) {
        reference.withUnsafeBufferPointer { reference in
            fused.withUnsafeBufferPointer { fused in add(reference, fused) }
        }
    }

    /// Adds a band of both images.
    mutating func add(_ reference: UnsafeBufferPointer<Double>, _ fused: UnsafeBufferPointer<Double>) {
        precondition(reference.count == pixels && fused.count == pixels, "bands of two sizes")
        products.withUnsafeMutableBufferPointer { products in
            references.withUnsafeMutableBufferPointer { references in
                fuseds.withUnsafeMutableBufferPointer { fuseds in
                    for pixel in 0..<pixels {
                        let (truth, value) = (reference[pixel], fused[pixel])
                        products[pixel] += truth * value
                        references[pixel] += truth * truth
                        fuseds[pixel] += value * value
                    }
                }
            }
        }
    }

    /// The angles; NaN where a spectrum is zero.
    var degrees: [Double] { (0..<pixels).map(angle) }

    /// The sum of the angles that there are, and how many there are.
    var sum: (degrees: Double, count: Double) {
        var (degrees, count) = (0.0, 0.0)
        for pixel in 0..<pixels {
            let angle = angle(pixel)
            if angle.isNaN { continue }
            degrees += angle
            count += 1
        }
        return (degrees, count)
    }

    private func angle(_ pixel: Int) -> Double {
        let norm = (references[pixel] * fuseds[pixel]).squareRoot()
        return norm == 0 ? .nan : acos(min(max(products[pixel] / norm, -1), 1)) * 180 / .pi
    }
}
