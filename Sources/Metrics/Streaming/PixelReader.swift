import Sensors

/// A part of an image, and which of its pixels are known.
public struct PixelSamples: Sendable {
    /// The samples, (C, H, W).
    public var image: Image
    /// 1 where a pixel is known in every band, 0 elsewhere, row by row; nil when all are. Unknown pixels may hold
    /// anything.
    public var isValid: [UInt8]?

    /// Samples with what is known of them.
    public init(_ image: Image, isValid: [UInt8]? = nil) {
        precondition(isValid.map { $0.count == image.pixels } ?? true, "a mask of another size than the image")
        self.image = image
        self.isValid = isValid
    }
}

/// An image that may be larger than memory: its size, and any part of it when asked, from any thread.
///
/// Files are such, images in memory, and images that are computed from others: filtered, interpolated, reduced. The same
/// part has the same bits whenever and together with whatever it is read.
public protocol PixelReader: Sendable {
    /// Number of bands.
    var bands: Int { get }
    /// Number of rows.
    var height: Int { get }
    /// Number of columns.
    var width: Int { get }
    /// The pixels of a region inside the image.
    func read(_ region: PixelRegion) throws -> PixelSamples
}

extension PixelReader {
    /// Every pixel.
    var region: PixelRegion { PixelRegion(rows: 0..<height, columns: 0..<width) }
    /// Bands, rows and columns as people write them.
    var shape: String { "\(bands) × \(height) × \(width)" }
}

/// An image in memory.
struct MemoryReader: PixelReader {
    let samples: PixelSamples

    init(_ image: Image, isValid: [Bool]? = nil) {
        samples = PixelSamples(image, isValid: isValid.map { $0.map { $0 ? 1 : 0 } })
    }

    var bands: Int { samples.image.bands }
    var height: Int { samples.image.height }
    var width: Int { samples.image.width }

    func read(_ region: PixelRegion) -> PixelSamples { samples.part(region, of: self.region) }
}

/// A part of another image that is read once and then handed out as often as it is needed.
struct HeldReader: PixelReader {
    let bands: Int
    let height: Int
    let width: Int
    private let samples: PixelSamples
    private let area: PixelRegion

    init(_ reader: any PixelReader, area: PixelRegion) throws {
        (bands, height, width) = (reader.bands, reader.height, reader.width)
        samples = try reader.read(area)
        self.area = area
    }

    func read(_ region: PixelRegion) -> PixelSamples {
        precondition(area.contains(region), "rows \(region.rows), columns \(region.columns) are not held")
        return samples.part(region, of: area)
    }
}

/// A rectangle of another image.
struct CroppedReader: PixelReader {
    let whole: any PixelReader
    let part: PixelRegion

    var bands: Int { whole.bands }
    var height: Int { part.rows.count }
    var width: Int { part.columns.count }

    func read(_ region: PixelRegion) throws -> PixelSamples {
        try whole.read(
            region.shifted(rows: part.rows.lowerBound, columns: part.columns.lowerBound))
    }
}

extension PixelRegion {
    /// The same rectangle somewhere else.
    func shifted(rows: Int, columns: Int) -> PixelRegion {
        PixelRegion(
            rows: self.rows.lowerBound + rows..<self.rows.upperBound + rows,
            columns: self.columns.lowerBound + columns..<self.columns.upperBound + columns)
    }

    /// The same rectangle counted from the first pixel of another one.
    func inside(_ area: PixelRegion) -> PixelRegion {
        shifted(rows: -area.rows.lowerBound, columns: -area.columns.lowerBound)
    }
}

extension PixelSamples {
    /// A part of these samples, which are those of an area.
    func part(_ region: PixelRegion, of area: PixelRegion) -> PixelSamples {
        if region == area { return self }
        let inside = region.inside(area)
        return PixelSamples(
            image.cropped(rows: inside.rows, columns: inside.columns),
            isValid: isValid.map { isValid in
                var part: [UInt8] = []
                part.reserveCapacity(inside.pixels)
                for row in inside.rows {
                    let start = row * image.width
                    part += isValid[start + inside.columns.lowerBound..<start + inside.columns.upperBound]
                }
                return part
            })
    }

    /// The samples with 0 in place of what is not known, which may have been NaN.
    func withoutUnknown() -> PixelSamples {
        guard let isValid else { return self }
        var cleared = self
        for band in 0..<image.bands {
            for pixel in isValid.indices where isValid[pixel] == 0 {
                cleared.image.values[band * isValid.count + pixel] = 0
            }
        }
        return cleared
    }
}

extension PixelReader {
    /// The pixels at any positions, those beyond the image after a border rule.
    ///
    /// What is read of the image is what stands there, in as few parts as it has.
    func read(rows: Range<Int>, columns: Range<Int>, border: Border) throws -> PixelSamples {
        let region = PixelRegion(rows: rows, columns: columns)
        if self.region.contains(region) { return try read(region) }
        let rowIndices = rows.map { border.index($0, count: height) }
        let columnIndices = columns.map { border.index($0, count: width) }
        var result = Image(bands: bands, height: rows.count, width: columns.count)
        var valid: [UInt8]?
        for rowRun in Self.runs(of: rowIndices) {
            for columnRun in Self.runs(of: columnIndices) {
                let part = try read(PixelRegion(rows: rowRun, columns: columnRun))
                if part.isValid != nil, valid == nil { valid = [UInt8](repeating: 1, count: result.pixels) }
                for (row, index) in rowIndices.enumerated() where rowRun.contains(index) {
                    for (column, place) in columnIndices.enumerated() where columnRun.contains(place) {
                        let (i, j) = (index - rowRun.lowerBound, place - columnRun.lowerBound)
                        for band in 0..<bands { result[band, row, column] = part.image[band, i, j] }
                        guard let known = part.isValid else { continue }
                        valid?[row * columns.count + column] = known[i * columnRun.count + j]
                    }
                }
            }
        }
        return PixelSamples(result, isValid: valid)
    }

    /// The ranges that a list of indices covers.
    private static func runs(of indices: [Int]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for index in Set(indices).sorted() {
            if let last = runs.last, last.upperBound == index {
                runs[runs.count - 1] = last.lowerBound..<index + 1
            } else {
                runs.append(index..<index + 1)
            }
        }
        return runs
    }
}
