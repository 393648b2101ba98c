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

    /// The error in the unit of the samples.
    public func value(_ pair: ImagePair) throws(MetricError) -> Double { try pair.sums(for: name).rmse }
}

/// Peak signal-to-noise ratio: the mean over bands of 10·log₁₀(peak²/MSE_b). Identical bands give infinity.
public struct PSNR: ReferenceMetric {
    /// Short name.
    public let name = "PSNR"
    /// Full name.
    public let title = "peak signal-to-noise ratio"
    /// Decibel.
    public let unit = "dB"
    /// Mean of the bands' values, not the value of the joint error.
    public let variant = "mean over bands"
    /// Origin.
    public let source = "common definition; peak 2^bits − 1"
    /// Larger is better.
    public let higherIsBetter = true
    /// Any number.
    public let range = -Double.infinity...Double.infinity

    /// The metric has no settings.
    public init() {}

    /// The ratio in dB.
    public func value(_ pair: ImagePair) throws(MetricError) -> Double {
        try pair.sums(for: name).psnr(peak: pair.peak)
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

    /// The coefficient.
    public func value(_ pair: ImagePair) throws(MetricError) -> Double { try pair.sums(for: name).correlation }
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

    /// The error.
    public func value(_ pair: ImagePair) throws(MetricError) -> Double {
        try pair.sums(for: name).ergas(ratio: pair.ratio)
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

    /// The mean angle in degrees.
    public func value(_ pair: ImagePair) throws(MetricError) -> Double { try pair.sums(for: name).spectralAngle }

    /// The angle at each pixel in degrees, (1, H, W); NaN where a spectrum is zero or the pixel is masked.
    public func map(_ pair: ImagePair) -> Image {
        var values = Self.angles(
            reference: pair.reference, fused: pair.fused, at: Array(0..<pair.reference.pixels))
        if let isValid = pair.isValid {
            for pixel in values.indices where !isValid[pixel] { values[pixel] = .nan }
        }
        return Image(bands: 1, height: pair.reference.height, width: pair.reference.width, values: values)
    }

    /// The angles at some pixels in degrees, NaN where a spectrum is zero.
    static func angles(reference: Image, fused: Image, at places: [Int]) -> [Double] {
        var products = [Double](repeating: 0, count: places.count)
        var references = products
        var fuseds = products
        for band in 0..<reference.bands {
            let start = band * reference.pixels
            for (index, place) in places.enumerated() {
                let (truth, value) = (reference.values[start + place], fused.values[start + place])
                products[index] += truth * value
                references[index] += truth * truth
                fuseds[index] += value * value
            }
        }
        return places.indices.map { index in
            let norm = (references[index] * fuseds[index]).squareRoot()
            return norm == 0 ? .nan : acos(min(max(products[index] / norm, -1), 1)) * 180 / .pi
        }
    }
}
