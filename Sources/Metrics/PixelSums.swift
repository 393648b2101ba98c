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
            reference, fused, in: PixelRegion(rows: 0..<reference.height, columns: 0..<reference.width),
            isValid: isValid.map { $0.map { $0 ? 1 : 0 } })
    }

    /// The sums of a tile's own pixels.
    init(_ tile: PairTile) {
        self.init(tile.reference, tile.fused, in: tile.region.inside(tile.area), isValid: tile.isValid)
    }

    /// The sums of a region, row by row: a row of all bands stays in the cache while it is read several times.
    private init(_ reference: Image, _ fused: Image, in region: PixelRegion, isValid: [UInt8]?) {
        bands = [Band](repeating: Band(), count: reference.bands)
        var angles = SpectralAngles(pixels: region.columns.count)
        let (truths, values) = (KnownRows(reference, in: region), KnownRows(fused, in: region))
        for row in region.rows {
            let start = row * reference.width + region.columns.lowerBound
            let places = isValid.flatMap { KnownRows.places($0[start..<start + region.columns.count]) }
            truths.withRow(row, places: places) { truth in
                values.withRow(row, places: places) { value in add(truth, value, &angles) }
            }
        }
    }

    /// Adds a row of known samples, of every band.
    private mutating func add(_ truths: BandRow, _ values: BandRow, _ angles: inout SpectralAngles) {
        guard truths.count > 0 else { return }
        let size = Double(truths.count)
        angles.restart(pixels: truths.count)
        for band in bands.indices {
            let (truth, value) = (truths[band], values[band])
            merge(Band(truth, value), count: size, at: band)
            angles.add(truth, value)
        }
        count += size
        let sum = angles.sum
        self.angles += sum.degrees
        angleCount += sum.count
    }

    /// Adds the sums of another part of the same image.
    public mutating func merge(_ other: PixelSums) {
        guard other.count > 0 else { return }
        for (band, part) in other.bands.enumerated() { merge(part, count: other.count, at: band) }
        count += other.count
        angles += other.angles
        angleCount += other.angleCount
    }

    /// Adds the sums of a band over other pixels, before ``count`` grows by theirs (Chan, Golub, LeVeque 1983).
    private mutating func merge(_ part: Band, count added: Double, at index: Int) {
        guard count > 0 else {
            bands[index] = part
            return
        }
        let total = count + added
        let reference = part.referenceMean - bands[index].referenceMean
        let fused = part.fusedMean - bands[index].fusedMean
        let weight = count * added / total
        bands[index].squaredError += part.squaredError
        bands[index].referenceSpread += part.referenceSpread + reference * reference * weight
        bands[index].fusedSpread += part.fusedSpread + fused * fused * weight
        bands[index].product += part.product + reference * fused * weight
        bands[index].referenceMean += reference * added / total
        bands[index].fusedMean += fused * added / total
        bands[index].referenceLimits = Self.union(bands[index].referenceLimits, part.referenceLimits)
        bands[index].fusedLimits = Self.union(bands[index].fusedLimits, part.fusedLimits)
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
