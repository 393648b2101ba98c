import Foundation
import Sensors

/// Frequency spectrum distribution similarity: how closely the spectrum of a restored image accumulates as that of the truth.
///
/// Each image is standardised over all of its samples (N − 1); its half spectrum is split into rows of positive and of negative
/// frequency; both parts are summed cumulatively over rows and columns; FSDS = −10·log₁₀(Σ|P − G|²/Σ|G|²). It doesn't change when
/// either image is brightened or stretched, and it isn't symmetric. Any number of bands, any unit.
///
/// Identical images give infinity; a constant image has no spectrum to compare and is an error.
public struct FSDS: ReferenceMetric {
    /// Which image's spectrum the difference is measured in.
    public enum Order: String, Sendable, Hashable, CaseIterable {
        /// That of the truth: the authors' notebooks, and their MATLAB function, which calls the same program.
        case reference
        /// That of the restored image: the authors' script that makes tables, and the formula in their notebook.
        case table
    }

    /// Short name.
    public let name = "FSDS"
    /// Full name.
    public let title = "frequency spectrum distribution similarity"
    /// Decibel.
    public let unit = "dB"
    /// In whose spectrum the difference is measured.
    public var variant: String { order == .reference ? "all bands jointly" : "all bands jointly, order of the tables" }
    /// Origin.
    public let source = "RisingEntropy, LPFInISR (HyRA), FSDS_code.py"
    /// Larger is better.
    public let higherIsBetter = true
    /// Any number.
    public let range = -Double.infinity...Double.infinity

    /// In whose spectrum the difference is measured.
    public let order: Order

    /// The order of the authors' function, or that of their tables.
    public init(_ order: Order = .reference) { self.order = order }

    /// The similarity in dB.
    ///
    /// - Throws: ``MetricError/constant(metric:)`` when an image has one value everywhere,
    ///   ``MetricError/masked(metric:)`` when pixels don't count: a spectrum is of the whole image.
    public func value(_ pair: ImagePair) throws(MetricError) -> Double {
        guard pair.isValid?.allSatisfy({ $0 }) ?? true else { throw .masked(metric: name) }
        switch order {
        case .reference: return try Self.value(pair.fused, of: pair.reference)
        case .table: return try Self.value(pair.reference, of: pair.fused)
        }
    }

    /// What the authors' MATLAB function gives: the same, but 0 where the images are not of one shape.
    ///
    /// - Parameters:
    ///   - restored: (C, H, W), any range.
    ///   - reference: the truth.
    /// - Throws: ``MetricError/constant(metric:)`` when an image has one value everywhere.
    public static func matlabValue(_ restored: Image, reference: Image) throws(MetricError) -> Double {
        guard restored.bands == reference.bands, restored.height == reference.height, restored.width == reference.width,
            !reference.values.isEmpty
        else { return 0 }
        return try value(restored, of: reference)
    }

    private static func value(_ image: Image, of truth: Image) throws(MetricError) -> Double {
        let (images, truths) = (try standardized(image), try standardized(truth))
        var (difference, energy) = (0.0, 0.0)
        for band in 0..<truth.bands {
            let parts = zip(accumulatedParts(images.band(band)), accumulatedParts(truths.band(band)))
            for (found, wanted) in parts {
                for index in wanted.real.indices {
                    let (a, b) = (wanted.real[index], wanted.imaginary[index])
                    let (x, y) = (found.real[index] - a, found.imaginary[index] - b)
                    difference += x * x + y * y
                    energy += a * a + b * b
                }
            }
        }
        return -10 * log10(difference / energy)
    }

    /// Mean 0 and standard deviation 1 (N − 1) over all samples of all bands.
    package static func standardized(_ image: Image) throws(MetricError) -> Image {
        let count = Double(image.values.count)
        let mean = image.values.reduce(0, +) / count
        let squares = image.values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        guard let first = image.values.first, image.values.contains(where: { $0 != first }) else {
            throw .constant(metric: "FSDS")
        }
        let deviation = (squares / (count - 1)).squareRoot()
        var result = image
        for index in result.values.indices { result.values[index] = (result.values[index] - mean) / deviation }
        return result
    }

    /// Rows of frequency 0, 1, … and −1, −2, … of the half spectrum of one band, each summed cumulatively: (⌈H/2⌉, ⌊W/2⌋ + 1).
    package static func accumulatedParts(_ band: Image) -> [(real: [Double], imaginary: [Double])] {
        // An odd number of rows is filled up with zeros, in both images.
        let height = band.height + band.height % 2
        let values = band.values + [Double](repeating: 0, count: (height - band.height) * band.width)
        let spectrum = FourierSpectrum(values, height: height, width: band.width)
        let columns = band.width / 2 + 1
        return [false, true].map { isNegative in
            func accumulated(_ values: [Double]) -> [Double] {
                var sums = [Double](repeating: 0, count: height / 2 * columns)
                for row in 0..<height / 2 {
                    let source = (isNegative ? height - 1 - row : row) * band.width
                    var sum = 0.0
                    for column in 0..<columns {
                        sum += values[source + column]
                        sums[row * columns + column] = sum + (row > 0 ? sums[(row - 1) * columns + column] : 0)
                    }
                }
                return sums
            }
            return (accumulated(spectrum.real), accumulated(spectrum.imaginary))
        }
    }
}

extension Metrics {
    /// Indices of spectra, which have a reference but are kept out of ``withReference``: they need the whole image at once and
    /// every pixel of it, and have no largest value that a table could be read against.
    public static let ofSpectra: [any ReferenceMetric] = [FSDS()]
}
