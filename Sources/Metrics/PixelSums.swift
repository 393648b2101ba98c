import Foundation
import Sensors

/// The sums over pixels from which RMSE, PSNR, CC, SAM and ERGAS follow.
///
/// A scene can be measured in parts: sums of parts are merged (in a fixed order, for equal bits).
public struct PixelSums: Sendable, Hashable {
    /// Sums of one band.
    struct Band: Sendable, Hashable {
        var squaredError = 0.0
        var referenceMean = 0.0
        var fusedMean = 0.0
        var referenceSpread = 0.0
        var fusedSpread = 0.0
        var product = 0.0
        var referenceLimits = (Double.infinity...Double.infinity)
        var fusedLimits = (Double.infinity...Double.infinity)
    }

    /// Number of pixels that counted.
    public private(set) var count = 0.0
    private(set) var bands: [Band]
    private var angles = 0.0
    private var angleCount = 0.0

    /// The sums of two images or parts of images.
    ///
    /// - Parameters:
    ///   - reference: (C, H, W).
    ///   - fused: same shape.
    ///   - isValid: which pixels count; all when nil.
    public init(reference: Image, fused: Image, isValid: [Bool]? = nil) {
        precondition(
            reference.bands == fused.bands && reference.height == fused.height && reference.width == fused.width,
            "images of two shapes")
        bands = [Band](repeating: Band(), count: reference.bands)
        let places = isValid.map { isValid in isValid.indices.filter { isValid[$0] } } ?? Array(0..<reference.pixels)
        guard !places.isEmpty else { return }
        count = Double(places.count)
        for band in bands.indices {
            let start = band * reference.pixels
            bands[band] = Self.measure(
                places.map { reference.values[start + $0] }, places.map { fused.values[start + $0] })
        }
        for angle in SAM.angles(reference: reference, fused: fused, at: places) where !angle.isNaN {
            angles += angle
            angleCount += 1
        }
    }

    private static func measure(_ reference: [Double], _ fused: [Double]) -> Band {
        var band = Band()
        let size = Double(reference.count)
        band.referenceMean = reference.reduce(0, +) / size
        band.fusedMean = fused.reduce(0, +) / size
        band.referenceLimits = (reference.min() ?? 0)...(reference.max() ?? 0)
        band.fusedLimits = (fused.min() ?? 0)...(fused.max() ?? 0)
        for (truth, value) in zip(reference, fused) {
            let (a, b) = (truth - band.referenceMean, value - band.fusedMean)
            band.squaredError += (truth - value) * (truth - value)
            band.referenceSpread += a * a
            band.fusedSpread += b * b
            band.product += a * b
        }
        return band
    }

    /// Adds the sums of another part of the same image (Chan, Golub, LeVeque 1983).
    public mutating func merge(_ other: PixelSums) {
        guard other.count > 0 else { return }
        guard count > 0 else {
            self = other
            return
        }
        let total = count + other.count
        for (index, part) in other.bands.enumerated() {
            let reference = part.referenceMean - bands[index].referenceMean
            let fused = part.fusedMean - bands[index].fusedMean
            let weight = count * other.count / total
            bands[index].squaredError += part.squaredError
            bands[index].referenceSpread += part.referenceSpread + reference * reference * weight
            bands[index].fusedSpread += part.fusedSpread + fused * fused * weight
            bands[index].product += part.product + reference * fused * weight
            bands[index].referenceMean += reference * other.count / total
            bands[index].fusedMean += fused * other.count / total
            bands[index].referenceLimits = Self.union(bands[index].referenceLimits, part.referenceLimits)
            bands[index].fusedLimits = Self.union(bands[index].fusedLimits, part.fusedLimits)
        }
        count = total
        angles += other.angles
        angleCount += other.angleCount
    }

    private static func union(_ a: ClosedRange<Double>, _ b: ClosedRange<Double>) -> ClosedRange<Double> {
        min(a.lowerBound, b.lowerBound)...max(a.upperBound, b.upperBound)
    }

    /// Root of the mean squared error over pixels and bands.
    public var rmse: Double {
        (bands.reduce(0) { $0 + $1.squaredError } / count / Double(bands.count)).squareRoot()
    }

    /// Mean over bands of the peak signal-to-noise ratio, in dB; infinite where a band has no error.
    public func psnr(peak: Double) -> Double {
        bands.reduce(0) { $0 + 10 * log10(peak * peak / ($1.squaredError / count)) } / Double(bands.count)
    }

    /// Mean over bands of Pearson's correlation; NaN where a band of either image is constant.
    public var correlation: Double {
        bands.reduce(0) { sum, band in
            let isConstant =
                band.referenceLimits.lowerBound == band.referenceLimits.upperBound
                || band.fusedLimits.lowerBound == band.fusedLimits.upperBound
            return sum + (isConstant ? .nan : band.product / (band.referenceSpread * band.fusedSpread).squareRoot())
        } / Double(bands.count)
    }

    /// Mean spectral angle in degrees; NaN when every pixel of one image is a zero vector.
    public var spectralAngle: Double { angles / angleCount }

    /// ERGAS; a band whose reference has mean 0 makes it infinite, or adds nothing where it has no error.
    public func ergas(ratio: Double) -> Double {
        let sum = bands.reduce(0) { sum, band in
            let error = band.squaredError / count
            return sum + (error == 0 ? 0 : error / (band.referenceMean * band.referenceMean))
        }
        return 100 / ratio * (sum / Double(bands.count)).squareRoot()
    }
}

extension ImagePair {
    /// The sums of this pair.
    func sums(for metric: String) throws(MetricError) -> PixelSums {
        let sums = PixelSums(reference: reference, fused: fused, isValid: isValid)
        guard sums.count > 0 else { throw .noValidPixels(metric: metric) }
        return sums
    }
}
