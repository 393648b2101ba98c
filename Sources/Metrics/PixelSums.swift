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
        self.init(
            bands: reference.bands, pixels: reference.pixels, isValid: isValid.map { $0.map { $0 ? 1 : 0 } }
        ) { band in
            let range = band * reference.pixels..<(band + 1) * reference.pixels
            return (Array(reference.values[range]), Array(fused.values[range]))
        }
    }

    /// The sums of a tile's own pixels.
    init(_ tile: PairTile) {
        let isValid = tile.isValid.map { isValid in
            let inside = tile.region.inside(tile.area)
            return inside.rows.flatMap { row in inside.columns.map { isValid[row * tile.area.columns.count + $0] } }
        }
        self.init(bands: tile.reference.bands, pixels: tile.region.pixels, isValid: isValid) { band in
            let planes = tile.planes(band, in: tile.region)
            return (planes.reference.values, planes.fused.values)
        }
    }

    private init(
        bands: Int, pixels: Int, isValid: [UInt8]?, samples: (Int) -> (reference: [Double], fused: [Double])
    ) {
        self.bands = [Band](repeating: Band(), count: bands)
        let known = isValid.flatMap { $0.contains(0) ? $0 : nil }
        count = Double(known.map { $0.reduce(0) { $0 + Int($1) } } ?? pixels)
        guard count > 0 else { return }
        var angles = SpectralAngles(pixels: Int(count))
        for band in 0..<bands {
            var (reference, fused) = samples(band)
            if let known {
                reference = zip(reference, known).compactMap { $1 == 0 ? nil : $0 }
                fused = zip(fused, known).compactMap { $1 == 0 ? nil : $0 }
            }
            self.bands[band] = Self.measure(reference, fused)
            angles.add(reference, fused)
        }
        (self.angles, angleCount) = angles.sum
    }

    private static func measure(_ reference: [Double], _ fused: [Double]) -> Band {
        var band = Band()
        let size = Double(reference.count)
        reference.withUnsafeBufferPointer { reference in
            fused.withUnsafeBufferPointer { fused in
                band.referenceMean = sum(reference) / size
                band.fusedMean = sum(fused) / size
                let zero = SIMD4<Double>()
                var (error, spread, fusedSpread, product) = (zero, zero, zero, zero)
                func add(_ truth: SIMD4<Double>, _ value: SIMD4<Double>) {
                    let (a, b) = (truth - band.referenceMean, value - band.fusedMean)
                    error += (truth - value) * (truth - value)
                    spread += a * a
                    fusedSpread += b * b
                    product += a * b
                }
                let whole = reference.count / 4 * 4
                for start in stride(from: 0, to: whole, by: 4) { add(reference.vector(start), fused.vector(start)) }
                for index in whole..<reference.count {
                    // The means in the other lanes add nothing.
                    var (truth, value) = (SIMD4(repeating: band.referenceMean), SIMD4(repeating: band.fusedMean))
                    (truth[0], value[0]) = (reference[index], fused[index])
                    let errorBefore = error
                    add(truth, value)
                    error = errorBefore
                    error[0] += (truth[0] - value[0]) * (truth[0] - value[0])
                }
                band.squaredError = error.sum()
                band.referenceSpread = spread.sum()
                band.fusedSpread = fusedSpread.sum()
                band.product = product.sum()
                band.referenceLimits = limits(reference)
                band.fusedLimits = limits(fused)
            }
        }
        return band
    }

    private static func sum(_ values: UnsafeBufferPointer<Double>) -> Double {
        var sums = SIMD4<Double>()
        let whole = values.count / 4 * 4
        for start in stride(from: 0, to: whole, by: 4) { sums += values.vector(start) }
        return values[whole...].reduce(sums.sum(), +)
    }

    private static func limits(_ values: UnsafeBufferPointer<Double>) -> ClosedRange<Double> {
        var (low, high) = (Double.infinity, -Double.infinity)
        for value in values {
            if value < low { low = value }
            if value > high { high = value }
        }
        return low <= high ? low...high : 0...0
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

    /// Mean squared error of each band.
    var meanSquares: [Double] { bands.map { $0.squaredError / count } }
    /// The largest value of each band of the reference.
    var referenceMaxima: [Double] { bands.map(\.referenceLimits.upperBound) }

    /// Root of the mean squared error over pixels and bands.
    public var rmse: Double {
        (bands.reduce(0) { $0 + $1.squaredError } / count / Double(bands.count)).squareRoot()
    }

    /// Mean over bands of the peak signal-to-noise ratio, in dB; infinite where a band has no error.
    public func psnr(peak: Double) -> Double {
        bands.reduce(0) { $0 + 10 * log10(peak * peak / ($1.squaredError / count)) } / Double(bands.count)
    }

    /// Pearson's correlation of each band; NaN where either image is constant.
    var correlations: [Double] {
        bands.map { band in
            let isConstant =
                band.referenceLimits.lowerBound == band.referenceLimits.upperBound
                || band.fusedLimits.lowerBound == band.fusedLimits.upperBound
            return isConstant ? .nan : band.product / (band.referenceSpread * band.fusedSpread).squareRoot()
        }
    }

    /// Mean over bands of Pearson's correlation; NaN where a band of either image is constant.
    public var correlation: Double { correlations.reduce(0, +) / Double(bands.count) }

    /// Mean spectral angle in degrees; NaN when every pixel of one image is a zero vector.
    public var spectralAngle: Double { angles / angleCount }

    /// The mean over all pixels, those without an angle counted as 0, as the hyperspectral toolbox has it.
    var spectralAngleOverAll: Double { angles / count }

    /// ERGAS; a band whose reference has mean 0 makes it infinite, or adds nothing where it has no error.
    public func ergas(ratio: Double) -> Double {
        let sum = relativeErrors.reduce(0, +)
        return 100 / ratio * (sum / Double(bands.count)).squareRoot()
    }

    /// Mean squared error by squared mean of the reference, of each band.
    var relativeErrors: [Double] {
        bands.map { band in
            let error = band.squaredError / count
            return error == 0 ? 0 : error / (band.referenceMean * band.referenceMean)
        }
    }
}

extension UnsafeBufferPointer<Double> {
    /// Four values from a place on.
    @inline(__always)
    func vector(_ start: Int) -> SIMD4<Double> {
        UnsafeRawPointer(baseAddress.unsafelyUnwrapped + start).loadUnaligned(as: SIMD4<Double>.self)
    }
}
