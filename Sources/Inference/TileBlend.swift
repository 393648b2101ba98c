import Raster

/// Joins tiles that overlap into one image without a seam, a tile at a time.
///
/// Where neighbours overlap, each counts with a weight that falls linearly to zero towards its edge; the weights of all
/// tiles at a pixel add up to 1. Tiles come row by row. Only what later tiles still add to is kept: a strip below the
/// current row of tiles and one to the right of the current tile, not the scene.
package struct TileBlend {
    /// One tile: its own part, and the part to which it contributes.
    package struct Tile: Hashable {
        /// Pixels that no other tile owns.
        package let core: Window
        /// Core and overlap.
        package let area: Window
    }

    package let tiles: [Tile]
    private let scene: Window
    private let overlap: Int
    private let bands: Int
    /// Weighted sums that the next row of tiles adds to: rows `aboveRows` of the whole scene.
    private var above: [Float] = []
    private var aboveRows = 0..<0
    /// Weighted sums that the next tile of the row adds to.
    private var left: [Float] = []
    private var leftArea = Window(width: 0, height: 0)

    /// - Parameters:
    ///   - scene: the whole image, from (0, 0).
    ///   - side: rows and columns of a core.
    ///   - overlap: pixels that a tile contributes beyond its core; at most a quarter of `side`.
    package init(scene: Window, side: Int, overlap: Int, bands: Int) {
        precondition(4 * overlap <= side, "an overlap of \(overlap) for tiles of \(side)")
        self.scene = scene
        self.overlap = overlap
        self.bands = bands
        // Tiles of about equal size, so that the last ones are not slivers narrower than their overlap.
        let rows = Self.parts(scene.height, side: side)
        let columns = Self.parts(scene.width, side: side)
        tiles = rows.flatMap { rows in
            columns.map { columns in
                let core = Window(columns: columns, rows: rows)
                return Tile(core: core, area: core.expanded(by: overlap).clipped(to: scene))
            }
        }
    }

    /// Splits an axis into the fewest equal parts of at most `side`.
    private static func parts(_ length: Int, side: Int) -> [Range<Int>] {
        let count = max(1, (length + side - 1) / side)
        return (0..<count).map { $0 * length / count..<($0 + 1) * length / count }
    }

    /// Takes the next tile's pixels and gives back the part of the image that is final now.
    ///
    /// - Parameter pixels: (C, H, W) of the tile's area.
    /// - Returns: a window and its pixels (C, H, W).
    package mutating func add(_ tile: Tile, _ pixels: [Float]) -> (window: Window, pixels: [Float]) {
        let area = tile.area
        var sums = weighted(tile, pixels)
        let isFirstOfRow = area.column == scene.column
        if isFirstOfRow { left = [] }
        // What the tile on the left has left behind holds the sums from above already.
        if !left.isEmpty { Self.add(left, leftArea, to: &sums, area, bands) }
        if !above.isEmpty {
            let firstColumn = left.isEmpty ? area.column : leftArea.column + leftArea.width
            let shared = Window(columns: firstColumn..<area.column + area.width, rows: aboveRows)
            Self.add(strip(of: above, rows: aboveRows, shared), shared, to: &sums, area, bands)
        }

        // The end of what no tile to the right, or below, adds to.
        let isLastOfRow = area.column + area.width == scene.column + scene.width
        let isLastRow = area.row + area.height == scene.row + scene.height
        let right = isLastOfRow ? area.column + area.width : tile.core.column + tile.core.width - overlap
        let bottom = isLastRow ? area.row + area.height : tile.core.row + tile.core.height - overlap
        leftArea = Window(
            columns: right..<area.column + area.width, rows: area.row..<area.row + area.height)
        left = isLastOfRow ? [] : Self.cut(sums, area, leftArea, bands)
        if !isLastRow {
            if isFirstOfRow {
                nextAbove = [Float](repeating: 0, count: bands * (area.row + area.height - bottom) * scene.width)
            }
            let kept = Window(columns: area.column..<right, rows: bottom..<area.row + area.height)
            store(Self.cut(sums, area, kept, bands), kept)
            if isLastOfRow {
                above = nextAbove
                aboveRows = kept.row..<kept.row + kept.height
            }
        } else if isLastOfRow {
            above = []
        }
        let window = Window(columns: area.column..<right, rows: area.row..<bottom)
        return (window, Self.cut(sums, area, window, bands))
    }

    /// The strip below the row of tiles that is being added.
    private var nextAbove: [Float] = []

    private mutating func store(_ values: [Float], _ window: Window) {
        for band in 0..<bands {
            for row in 0..<window.height {
                let source = (band * window.height + row) * window.width
                let target = (band * window.height + row) * scene.width + window.column - scene.column
                nextAbove.replaceSubrange(target..<target + window.width, with: values[source..<source + window.width])
            }
        }
    }

    private func strip(of values: [Float], rows: Range<Int>, _ window: Window) -> [Float] {
        Self.cut(
            values, Window(columns: scene.column..<scene.column + scene.width, rows: rows), window, bands)
    }

    /// The tile's pixels times its weights.
    private func weighted(_ tile: Tile, _ pixels: [Float]) -> [Float] {
        let area = tile.area
        let columnWeights = weights(area.column, area.width, scene.column, scene.width)
        let rowWeights = weights(area.row, area.height, scene.row, scene.height)
        var result = pixels
        for band in 0..<bands {
            for row in 0..<area.height {
                let start = (band * area.height + row) * area.width
                for column in 0..<area.width { result[start + column] *= rowWeights[row] * columnWeights[column] }
            }
        }
        return result
    }

    /// Weights along an axis: a ramp over twice the overlap at each end that is not the scene's.
    private func weights(_ start: Int, _ count: Int, _ sceneStart: Int, _ sceneCount: Int) -> [Float] {
        var result = [Float](repeating: 1, count: count)
        let ramp = min(2 * overlap, count)
        for step in 0..<ramp {
            let weight = (Float(step) + 0.5) / Float(ramp)
            if start > sceneStart { result[step] *= weight }
            if start + count < sceneStart + sceneCount { result[count - 1 - step] *= weight }
        }
        return result
    }

    private static func add(
        _ values: [Float], _ window: Window, to sums: inout [Float], _ area: Window, _ bands: Int
    ) {
        for band in 0..<bands {
            for row in 0..<window.height {
                let source = (band * window.height + row) * window.width
                let target =
                    (band * area.height + window.row - area.row + row) * area.width + window.column - area.column
                for column in 0..<window.width { sums[target + column] += values[source + column] }
            }
        }
    }

    private static func cut(_ values: [Float], _ area: Window, _ window: Window, _ bands: Int) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(bands * window.pixelCount)
        for band in 0..<bands {
            for row in 0..<window.height {
                let source =
                    (band * area.height + window.row - area.row + row) * area.width + window.column - area.column
                result.append(contentsOf: values[source..<source + window.width])
            }
        }
        return result
    }
}
