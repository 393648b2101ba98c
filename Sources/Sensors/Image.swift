/// An image in memory: bands of double-precision samples, band by band, each row by row (C, H, W).
///
/// Classical methods and metrics work on it in double precision with a fixed order of operations, so that a pixel has
/// the same bits whatever tile it was computed in. Networks work on `Tensor`.
public struct Image: Sendable, Equatable {
    /// Number of bands.
    public let bands: Int
    /// Number of rows.
    public let height: Int
    /// Number of columns.
    public let width: Int
    /// `bands × height × width` samples; sample (b, i, j) is at `(b × height + i) × width + j`.
    public var values: [Double]

    /// An image with given samples.
    ///
    /// - Parameter values: `bands × height × width` samples in (C, H, W) order.
    public init(bands: Int, height: Int, width: Int, values: [Double]) {
        precondition(
            bands >= 0 && height >= 0 && width >= 0 && values.count == bands * height * width,
            "\(values.count) samples for an image of \(bands) × \(height) × \(width)")
        self.bands = bands
        self.height = height
        self.width = width
        self.values = values
    }

    /// An image with one value everywhere.
    public init(bands: Int, height: Int, width: Int, repeating value: Double = 0) {
        self.init(
            bands: bands, height: height, width: width,
            values: [Double](repeating: value, count: bands * height * width))
    }

    /// An image whose samples are written once, by `fill`, which writes all of them.
    package init(bands: Int, height: Int, width: Int, fill: (UnsafeMutableBufferPointer<Double>) -> Void) {
        let count = bands * height * width
        self.init(
            bands: bands, height: height, width: width,
            values: [Double](unsafeUninitializedCapacity: count) { values, initialized in
                fill(UnsafeMutableBufferPointer(rebasing: values[..<count]))
                initialized = count
            })
    }

    /// Number of pixels of one band.
    public var pixels: Int { height * width }

    /// The sample of band `band` at row `row` and column `column`.
    public subscript(band: Int, row: Int, column: Int) -> Double {
        get { values[(band * height + row) * width + column] }
        set { values[(band * height + row) * width + column] = newValue }
    }

    /// One band as an image of its own.
    public func band(_ index: Int) -> Image {
        Image(
            bands: 1, height: height, width: width,
            values: Array(values[index * pixels..<(index + 1) * pixels]))
    }

    /// The samples of rows and columns, of every band.
    public func cropped(rows: Range<Int>, columns: Range<Int>) -> Image {
        var part: [Double] = []
        part.reserveCapacity(bands * rows.count * columns.count)
        for band in 0..<bands {
            for row in rows {
                let start = (band * height + row) * width
                part += values[start + columns.lowerBound..<start + columns.upperBound]
            }
        }
        return Image(bands: bands, height: rows.count, width: columns.count, values: part)
    }

    /// Writes another image of as many bands into this one.
    ///
    /// - Parameters:
    ///   - part: the samples to write; they must fit in.
    ///   - row: the row of the first of them.
    ///   - column: the column of the first of them.
    public mutating func paste(_ part: Image, row: Int, column: Int) {
        precondition(
            part.bands == bands && row >= 0 && column >= 0 && row + part.height <= height
                && column + part.width <= width,
            "\(part.bands) × \(part.height) × \(part.width) at (\(row), \(column)) of \(bands) × \(height) × \(width)")
        for band in 0..<bands {
            for source in 0..<part.height {
                let start = (band * height + row + source) * width + column
                let from = (band * part.height + source) * part.width
                values.replaceSubrange(start..<start + part.width, with: part.values[from..<from + part.width])
            }
        }
    }
}
