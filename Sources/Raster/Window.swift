/// A rectangle of whole pixels: where it begins and how large it is.
///
/// Columns grow to the right, rows downward, pixel (0, 0) is the upper left one. A window may lie outside an image
/// (negative columns, a halo over the border); ``clipped(to:)`` brings it back. An empty window has no pixels,
/// wherever it begins. Pure arithmetic: nothing here knows files.
public struct Window: Hashable, Sendable {
    /// First column.
    public var column: Int
    /// First row.
    public var row: Int
    /// Number of columns, 0 or more.
    public var width: Int
    /// Number of rows, 0 or more.
    public var height: Int

    /// A window from its first pixel and its size; a negative size becomes 0.
    public init(column: Int, row: Int, width: Int, height: Int) {
        self.column = column
        self.row = row
        self.width = max(0, width)
        self.height = max(0, height)
    }

    /// The window of a whole image.
    public init(width: Int, height: Int) {
        self.init(column: 0, row: 0, width: width, height: height)
    }

    /// A window from its ranges of columns and rows.
    public init(columns: Range<Int>, rows: Range<Int>) {
        self.init(column: columns.lowerBound, row: rows.lowerBound, width: columns.count, height: rows.count)
    }

    /// The columns covered.
    public var columns: Range<Int> { column..<column + width }
    /// The rows covered.
    public var rows: Range<Int> { row..<row + height }
    /// Whether there is no pixel in it.
    public var isEmpty: Bool { width == 0 || height == 0 }

    /// The number of pixels, `Int.max` where it would not fit.
    public var pixelCount: Int { saturatingProduct(width, height) }

    /// The pixels that belong to both windows; empty where they do not meet.
    public func intersection(_ other: Window) -> Window {
        Window(columns: columns.clamped(to: other.columns), rows: rows.clamped(to: other.rows))
    }

    /// The smallest window that contains both; an empty window adds nothing.
    public func union(_ other: Window) -> Window {
        if other.isEmpty { return self }
        if isEmpty { return other }
        return Window(
            columns: min(column, other.column)..<max(columns.upperBound, other.columns.upperBound),
            rows: min(row, other.row)..<max(rows.upperBound, other.rows.upperBound))
    }

    /// The window with `halo` more pixels on each side; a negative halo shrinks it, at most to nothing.
    public func expanded(by halo: Int) -> Window {
        Window(column: column - halo, row: row - halo, width: width + 2 * halo, height: height + 2 * halo)
    }

    /// The window moved to the right and down.
    public func shifted(columns: Int, rows: Int) -> Window {
        Window(column: column + columns, row: row + rows, width: width, height: height)
    }

    /// The part of the window that lies in an extent, such as an image.
    public func clipped(to extent: Window) -> Window { intersection(extent) }

    /// The window on a grid whose pixels are `ratio` times smaller.
    public func scaled(by ratio: Int) -> Window {
        Window(column: column * ratio, row: row * ratio, width: width * ratio, height: height * ratio)
    }

    /// Whether a pixel belongs to the window.
    public func contains(column: Int, row: Int) -> Bool {
        columns.contains(column) && rows.contains(row)
    }

    /// Whether every pixel of another window belongs to this one; true for an empty one.
    public func contains(_ other: Window) -> Bool {
        other.isEmpty || intersection(other) == other
    }

    /// Cuts the window into tiles, row by row from the upper left.
    ///
    /// - Parameters:
    ///   - width: columns of a tile, 1 or more; the last tile of a row is narrower where it does not divide.
    ///   - height: rows of a tile, 1 or more; likewise.
    /// - Returns: windows that cover each pixel exactly once; none for an empty window.
    public func tiles(width tileWidth: Int, height tileHeight: Int) -> [Window] {
        precondition(tileWidth > 0 && tileHeight > 0, "A tile has at least one pixel.")
        if isEmpty { return [] }
        return stride(from: row, to: rows.upperBound, by: tileHeight).flatMap { top in
            stride(from: column, to: columns.upperBound, by: tileWidth).map { left in
                Window(column: left, row: top, width: tileWidth, height: tileHeight).clipped(to: self)
            }
        }
    }
}

extension Window: CustomStringConvertible {
    /// Such as "256×128 at column 512, row 0".
    public var description: String { "\(width)×\(height) at column \(column), row \(row)" }
}

/// The product of two counts, `Int.max` where it does not fit.
package func saturatingProduct(_ first: Int, _ second: Int) -> Int {
    let (product, overflow) = first.multipliedReportingOverflow(by: second)
    return overflow ? Int.max : product
}
