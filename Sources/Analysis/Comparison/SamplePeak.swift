import Foundation
import Inference
import Raster
import Sensors

/// The largest number that samples can have, which PSNR and SSIM depend on, and how it is known.
///
/// One rule for all that measures by a truth: what the user says; else the bits of the sensor that the user names; else those
/// that the truth's metadata tell, as of a simulated scene; else 8 bits for Byte; else a guess from the truth's largest sample:
/// 1 for fractions below 2, and 2^bits − 1 of as many bits as it needs, but 11 at least. A sensor's bits count as far as the
/// file's type can hold them.
public struct SamplePeak: Sendable, Hashable {
    /// How a peak is known.
    public enum Origin: String, Sendable, Encodable {
        /// The user said it.
        case given
        /// From the sensor that the user named.
        case sensor
        /// From the file's metadata.
        case metadata
        /// From the type of the samples.
        case type
        /// From the largest sample.
        case guess
    }

    /// The largest number that samples can have.
    public let value: Double
    /// How it is known.
    public let origin: Origin
    /// The same in words.
    private let reason: String

    /// The peak of a truth.
    ///
    /// - Parameters:
    ///   - truth: read where it takes a guess.
    ///   - given: what the user says.
    ///   - sensor: the one that the user names.
    ///   - earlier: the guess for another truth, which is taken where it takes one, so that values are to be compared.
    /// - Throws: `RasterError`.
    package init(of truth: RasterReader, given: Double?, sensor: Sensor?, earlier: SamplePeak? = nil) throws {
        let profile = truth.profile
        let type = profile.withBands(profile.dataBands).sampleType
        let notes = profile.metadata[""] ?? [:]
        func held(_ peak: Double) -> Double { type.isFloatingPoint ? peak : min(peak, type.range.upperBound) }
        if let given {
            (value, origin, reason) = (given, .given, "as asked for")
        } else if let sensor {
            (value, origin, reason) = (held(sensor.peak), .sensor, "by the bits of \(sensor.title)")
        } else if let bits = notes[SceneMetadata.bits].flatMap(Int.init), (1...32).contains(bits) {
            (value, origin, reason) = (held(Self.peak(bits: bits)), .metadata, "by the metadata of \(truth.file)")
        } else if let sensor = profile.recordedSensor {
            (value, origin, reason) = (held(sensor.peak), .metadata, "by the metadata of \(truth.file)")
        } else if type == .uint8 {
            (value, origin, reason) = (255, .type, "as \(truth.file) has 8 bits")
        } else if let earlier {
            self = earlier
        } else {
            let (largest, isWhole) = try truth.largestSample()
            value = Self.guess(largest, isWhole: isWhole)
            (origin, reason) = (.guess, "a guess from the largest sample of \(truth.file), \(Self.text(largest))")
        }
    }

    /// Which number PSNR and SSIM take, and why.
    public var explanation: String { "PSNR and SSIM take \(Self.text(value)) as the largest number, \(reason)." }

    /// What to do where the peak is a guess; nil where it is none.
    public var advice: String? {
        origin == .guess ? "\(explanation) Give --peak, or --sensor, to say what it is." : nil
    }

    /// What is wrong where the truth's samples don't go with the peak; nil where they do.
    ///
    /// - Parameter largest: the truth's largest sample.
    package func mismatch(largest: Double, in file: String) -> String? {
        guard largest.isFinite, largest > 1.5 * value || largest > 0 && largest < value / 20 else { return nil }
        return "\(file) has values up to \(Self.text(largest)), and PSNR and SSIM are computed for numbers up to "
            + "\(Self.text(value)). Give --peak."
    }

    private static func guess(_ largest: Double, isWhole: Bool) -> Double {
        if largest < 2, !isWhole { return 1 }
        return (11...32).lazy.map(peak).first { $0 >= largest } ?? largest
    }

    private static func peak(bits: Int) -> Double { Double((1 << bits) - 1) }

    private static func text(_ value: Double) -> String { String(format: "%.10g", value) }
}

extension RasterReader {
    /// The largest known sample of all bands, 0 where none is known, and whether all are whole numbers.
    fileprivate func largestSample() throws -> (largest: Double, isWhole: Bool) {
        var (largest, isWhole) = (-Double.infinity, true)
        for tile in profile.window.tiles(width: 256, height: 256) {
            let known = try KnownImage(self, window: tile)
            for (index, value) in known.image.values.enumerated() {
                if let valid = known.valid, valid[index % tile.pixelCount] == 0 { continue }
                largest = max(largest, value)
                isWhole = isWhole && value == value.rounded()
            }
        }
        return (largest.isFinite ? largest : 0, isWhole)
    }

    /// Throws where no pixel has a measurement in every band, so that there is nothing to fuse or to measure. Reads as far as
    /// the first that has.
    ///
    /// - Throws: `SceneError`, `RasterError`.
    package func requireKnownPixel() throws {
        let bands = profile.dataBands
        for tile in profile.window.tiles(width: 256, height: 256)
        where try readMask(tile, bands: bands).contains(where: { $0 != 0 }) { return }
        throw SceneError(
            .noValidPixels, "\(file) has no pixel with a measurement: all are nodata or NaN.",
            remedy: "Look at its nodata value and mask with gdalinfo -stats, or give another file.")
    }
}
