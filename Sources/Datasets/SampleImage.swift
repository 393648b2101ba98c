import Sensors

/// An image of a sample: (bands, height, width) in 0…1 of the peak, single precision.
///
/// Noise and interpolation may lead a little beyond 0…1; nothing is cut off.
public struct SampleImage: Sendable, Hashable {
    /// Number of bands.
    public let bands: Int
    /// Number of rows.
    public let height: Int
    /// Number of columns.
    public let width: Int
    /// `bands × height × width` values; value (b, i, j) is at `(b × height + i) × width + j`.
    public var values: [Float]

    /// An image with given values, in (C, H, W) order.
    public init(bands: Int, height: Int, width: Int, values: [Float]) {
        precondition(
            bands >= 0 && height >= 0 && width >= 0 && values.count == bands * height * width,
            "\(values.count) values for an image of \(bands) × \(height) × \(width)")
        (self.bands, self.height, self.width, self.values) = (bands, height, width, values)
    }

    /// The digital numbers of an image as parts of a peak.
    public init(_ image: Image, peak: Double) {
        self.init(
            bands: image.bands, height: image.height, width: image.width,
            values: image.values.map { Float($0 / peak) })
    }

    /// Number of pixels of one band.
    public var pixels: Int { height * width }

    /// "bands × height × width" in numbers.
    public var size: String { "\(bands) × \(height) × \(width)" }

    /// The value of band `band` at row `row` and column `column`.
    public subscript(band: Int, row: Int, column: Int) -> Float {
        get { values[(band * height + row) * width + column] }
        set { values[(band * height + row) * width + column] = newValue }
    }

    /// The values of rows and columns, of every band.
    public func cropped(rows: Range<Int>, columns: Range<Int>) -> SampleImage {
        var part: [Float] = []
        part.reserveCapacity(bands * rows.count * columns.count)
        for band in 0..<bands {
            for row in rows {
                let start = (band * height + row) * width
                part += values[start + columns.lowerBound..<start + columns.upperBound]
            }
        }
        return SampleImage(bands: bands, height: rows.count, width: columns.count, values: part)
    }
}
