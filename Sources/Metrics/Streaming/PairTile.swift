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

    /// Pixels around a tile that most statistics need: blocks that are filled up by their mirror image reach back,
    /// sliding windows forward.
    static let margin = 32

    /// - Parameter margin: pixels around the region that are read.
    init(_ scene: PairScene, region: PixelRegion, margin: Int = PairTile.margin) throws {
        self.region = region
        (height, width) = (scene.reference.height, scene.reference.width)
        area = region.expanded(by: margin, height: height, width: width)
        let (truth, fused) = (try scene.reference.read(area), try scene.fused.read(area))
        isValid = PixelSamples.both(truth.isValid, fused.isValid).flatMap { $0.contains(0) ? $0 : nil }
        reference = PixelSamples(truth.image, isValid: isValid).withoutUnknown().image
        self.fused = PixelSamples(fused.image, isValid: isValid).withoutUnknown().image
        let (rows, columns) = (area.rows.count, area.columns.count)
        unknown = isValid.map { UnknownPixels(isValid: $0, height: rows, width: columns) }
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

    /// Whether all pixels of each window within ``windows(side:)`` are known, row by row.
    func knownWindows(side: Int, in area: PixelRegion) -> [Bool] {
        let (rows, columns) = (area.rows.count - side + 1, area.columns.count - side + 1)
        var isKnown = [Bool](repeating: true, count: rows * columns)
        guard isValid != nil else { return isKnown }
        for place in isKnown.indices {
            let (row, column) = (area.rows.lowerBound + place / columns, area.columns.lowerBound + place % columns)
            isKnown[place] = !isUnknown(rows: row..<row + side, columns: column..<column + side)
        }
        return isKnown
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
