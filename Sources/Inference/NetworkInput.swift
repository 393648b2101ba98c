import Raster
import Sensors

/// What a network reads for one tile: the sharp image, called PAN, and the multispectral image on grids that fit together, unknown pixels filled.
struct NetworkInput {
    /// PAN, (1, P, H, W); H and W are multiples of what the network needs.
    let pan: [Float]
    /// The multispectral image, (1, C, H/r, W/r), sample (k, l) on PAN pixel (r·k + r/2, r·l + r/2).
    let ms: [Float]
    let panShape: [Int]
    let msShape: [Int]
    /// Which pixels of the tile's area are known; nil when all are.
    let valid: [UInt8]?
    private let firstRow: Int
    private let firstColumn: Int

    /// - Parameters:
    ///   - region: the PAN pixels that are wanted.
    ///   - multiple: what the network's input sizes are multiples of.
    ///   - context: PAN pixels to read around the region, as far as the scene goes.
    init(_ region: PixelRegion, reader: SceneReader, multiple: Int, context: Int) throws {
        let (pair, scene) = (reader.pair, reader.scene)
        let ratio = scene.ratio
        // Begins on a multiple, so that tiles see the same grid; ends on one, past the scene's edge where need be.
        func stretch(_ range: Range<Int>, _ count: Int) -> Range<Int> {
            let start = max(0, range.lowerBound - context) / multiple * multiple
            let end = min(count, range.upperBound + context)
            return start..<(end + multiple - 1) / multiple * multiple
        }
        let (rows, columns) = (stretch(region.rows, scene.panHeight), stretch(region.columns, scene.panWidth))
        (firstRow, firstColumn) = (rows.lowerBound, columns.lowerBound)
        let inside = PixelRegion(
            rows: rows.clamped(to: 0..<scene.panHeight), columns: columns.clamped(to: 0..<scene.panWidth))
        // A network looks over the whole tile, so every unknown pixel is filled.
        let panPart = try reader.panPart(inside, reach: max(scene.panHeight, scene.panWidth), frame: 0)

        let upsampler = Upsampler(
            ratio: ratio, border: .symmetric, rowShift: pair.rowShift, columnShift: pair.columnShift)
        let msRegion = upsampler.coarseRegion(
            for: PixelRegion(rows: rows, columns: columns), height: scene.msHeight, width: scene.msWidth)
        let msPart = try reader.msPart(msRegion, reach: max(scene.msHeight, scene.msWidth), frame: 0)
        let aligned = upsampler.applyDecimated(
            to: msPart.window, rows: rows.lowerBound / ratio..<rows.upperBound / ratio,
            columns: columns.lowerBound / ratio..<columns.upperBound / ratio)

        pan = Self.mirrored(panPart.window.image, height: rows.count, width: columns.count)
        ms = aligned.values.map { Float($0) }
        panShape = [1, pair.panBands.count, rows.count, columns.count]
        msShape = [1, scene.bands, aligned.height, aligned.width]
        valid = reader.validity(of: region, pan: panPart, ms: msPart)
    }

    /// Whether no pixel is known.
    var isEmpty: Bool { valid.map { !$0.contains(1) } ?? false }

    /// The rows of the network's output that are a region's.
    func rows(of region: PixelRegion) -> Range<Int> {
        region.rows.lowerBound - firstRow..<region.rows.upperBound - firstRow
    }

    /// The columns of the network's output that are a region's.
    func columns(of region: PixelRegion) -> Range<Int> {
        region.columns.lowerBound - firstColumn..<region.columns.upperBound - firstColumn
    }

    /// All bands grown to the right and downward by what lies on the other side of the edge.
    private static func mirrored(_ image: Image, height: Int, width: Int) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(image.bands * height * width)
        let columns = (0..<width).map { Border.symmetric.index($0, count: image.width) }
        for band in 0..<image.bands {
            for row in 0..<height {
                let source = (band * image.height + Border.symmetric.index(row, count: image.height)) * image.width
                for column in columns { result.append(Float(image.values[source + column])) }
            }
        }
        return result
    }
}
