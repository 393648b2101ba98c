import Sensors

/// A tile of two images with the pixels around it that windows reach.
struct PairTile {
    /// The pixels that the tile answers for.
    let region: PixelRegion
    /// The pixels that are at hand: those of ``region`` and more.
    let area: PixelRegion
    /// Rows and columns of the scene.
    let height: Int
    let width: Int
    /// Samples of ``area``; 0 where a pixel is unknown.
    let reference: Image
    let fused: Image
    let isValid: [UInt8]?
    let unknown: UnknownPixels?

    /// The most pixels around a tile that a statistic other than ``PairStatistic/reduced(factor:)`` needs, with blocks and
    /// windows of 32.
    static let margin = 32

    /// The pixels of a region and those around it that statistics need.
    init(_ scene: PairScene, region: PixelRegion, for statistics: Set<PairStatistic>) throws {
        self.region = region
        (height, width) = (scene.reference.height, scene.reference.width)
        area = Self.area(of: region, for: statistics, height: height, width: width)
        let (truth, fused) = (try scene.reference.read(area), try scene.fused.read(area))
        isValid = PixelSamples.both(truth.isValid, fused.isValid).flatMap { $0.contains(0) ? $0 : nil }
        reference = PixelSamples(truth.image, isValid: isValid).withoutUnknown().image
        self.fused = PixelSamples(fused.image, isValid: isValid).withoutUnknown().image
        let (rows, columns) = (area.rows.count, area.columns.count)
        unknown = isValid.map { UnknownPixels(isValid: $0, height: rows, width: columns) }
    }

    /// The pixels that statistics of a region depend on, in a scene of given size.
    static func area(of region: PixelRegion, for statistics: Set<PairStatistic>, height: Int, width: Int) -> PixelRegion
    {
        func stretch(_ range: Range<Int>, _ count: Int) -> Range<Int> {
            let reaches = statistics.map { $0.reach(of: range, count: count) }
            let lower = reaches.map(\.lowerBound).min() ?? range.lowerBound
            let upper = reaches.map(\.upperBound).max() ?? range.upperBound
            return max(0, lower)..<min(count, upper)
        }
        return PixelRegion(rows: stretch(region.rows, height), columns: stretch(region.columns, width))
    }

    /// A band of both images in a region inside ``area``.
    func planes(_ band: Int, in region: PixelRegion) -> (reference: Plane, fused: Plane) {
        let inside = region.inside(area)
        return (Plane(reference, band: band, inside), Plane(fused, band: band, inside))
    }

    /// Whether a rectangle of the scene has an unknown pixel.
    func isUnknown(rows: Range<Int>, columns: Range<Int>) -> Bool {
        guard let unknown else { return false }
        let inside = PixelRegion(rows: rows, columns: columns).inside(area)
        return unknown.isAny(rows: inside.rows, columns: inside.columns)
    }

    /// The pixels that windows of a side cover whose upper left pixel is one of the tile's; nil when there is none.
    func windows(side: Int) -> PixelRegion? {
        let rows = region.rows.lowerBound..<max(region.rows.lowerBound, min(height, region.rows.upperBound + side - 1))
        let columns =
            region.columns.lowerBound..<max(region.columns.lowerBound, min(width, region.columns.upperBound + side - 1))
        return rows.count >= side && columns.count >= side ? PixelRegion(rows: rows, columns: columns) : nil
    }

    /// Whether all pixels of each window within ``windows(side:)`` are known, row by row; nil where all are.
    func knownWindows(side: Int, in area: PixelRegion) -> [Bool]? {
        guard isValid != nil else { return nil }
        let columns = area.columns.count - side + 1
        return (0..<(area.rows.count - side + 1) * columns).map { place in
            let (row, column) = (area.rows.lowerBound + place / columns, area.columns.lowerBound + place % columns)
            return !isUnknown(rows: row..<row + side, columns: column..<column + side)
        }
    }
}

extension PairStatistic {
    /// The stretch of an axis of `count` pixels that a tile's own stretch needs; it may go beyond the ends.
    fileprivate func reach(of range: Range<Int>, count: Int) -> Range<Int> {
        switch self {
        case .pixels: return range
        case .blocks(let side), .levelledBlocks(let side):
            // A block that the end of the image cuts is continued by its mirror image.
            let cut = range.count % side
            return range.upperBound < count || cut == 0
                ? range : min(range.lowerBound, count + cut - side)..<range.upperBound
        case .windows(let side, _): return range.lowerBound..<range.upperBound + side - 1
        case .similarity: return range.lowerBound..<range.upperBound + SSIM.side - 1
        case .gradients: return range.lowerBound - 1..<range.upperBound + 1
        // An average over a factor of pixels reaches half of it beyond the tile.
        case .reduced(let factor): return range.lowerBound - factor / 2 - 1..<range.upperBound + factor / 2 + 1
        }
    }
}

extension Plane {
    /// A rectangle of a band.
    init(_ image: Image, band: Int, _ region: PixelRegion) {
        height = region.rows.count
        width = region.columns.count
        values = []
        values.reserveCapacity(height * width)
        for row in region.rows {
            let start = (band * image.height + row) * image.width
            values += image.values[start + region.columns.lowerBound..<start + region.columns.upperBound]
        }
    }
}
