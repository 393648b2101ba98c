import Foundation

/// The affine map from positions in an image to positions on Earth, in the units of its projection.
///
/// Pixel is area: a position is that of a pixel's *corner*, so column 0, row 0 is the outer corner of the first pixel
/// and the centre of pixel *i* lies at *i* + ½ (``centre(of:)``). GDAL hands out the same convention for files that
/// are marked `AREA_OR_POINT=Point`, so nothing else in the package needs to know of that mark.
///
///     x = originX + column · columnStepX + row · rowStepX
///     y = originY + column · columnStepY + row · rowStepY
public struct GeoTransform: Hashable, Sendable {
    /// Position of the upper left corner of the image.
    public var originX: Double, originY: Double
    /// What one column to the right adds; x is the width of a pixel in an image that is not rotated.
    public var columnStepX: Double, columnStepY: Double
    /// What one row down adds; y is minus the height of a pixel in an image with north up.
    public var rowStepX: Double, rowStepY: Double

    /// A map from its six numbers.
    public init(
        originX: Double, originY: Double, columnStepX: Double, columnStepY: Double = 0, rowStepX: Double = 0,
        rowStepY: Double
    ) {
        (self.originX, self.originY) = (originX, originY)
        (self.columnStepX, self.columnStepY) = (columnStepX, columnStepY)
        (self.rowStepX, self.rowStepY) = (rowStepX, rowStepY)
    }

    /// The six numbers in GDAL's order; nil unless there are six.
    init?(coefficients: [Double]) {
        guard coefficients.count == 6 else { return nil }
        self.init(
            originX: coefficients[0], originY: coefficients[3], columnStepX: coefficients[1],
            columnStepY: coefficients[4], rowStepX: coefficients[2], rowStepY: coefficients[5])
    }

    /// The six numbers in GDAL's order: x origin, column and row step, then y.
    public var coefficients: [Double] {
        [originX, columnStepX, rowStepX, originY, columnStepY, rowStepY]
    }

    /// The map that changes nothing.
    public static let identity = GeoTransform(originX: 0, originY: 0, columnStepX: 1, rowStepY: 1)

    /// The position of a pixel's centre, for ``position(column:row:)``.
    public static func centre(of pixel: Int) -> Double { Double(pixel) + 0.5 }

    /// The position on Earth of a position in the image (pixel corners at whole numbers, centres at + ½).
    public func position(column: Double, row: Double) -> (x: Double, y: Double) {
        (
            originX + column * columnStepX + row * rowStepX,
            originY + column * columnStepY + row * rowStepY
        )
    }

    /// The area of a pixel, negative where north is up.
    var determinant: Double { columnStepX * rowStepY - rowStepX * columnStepY }

    /// The map from Earth to the image; nil where pixels have no area.
    ///
    /// The result takes x as its column and y as its row.
    public var inverse: GeoTransform? {
        let area = determinant
        guard area.isFinite, area != 0 else { return nil }
        let (a, b) = (rowStepY / area, -rowStepX / area)
        let (c, d) = (-columnStepY / area, columnStepX / area)
        guard [a, b, c, d].allSatisfy(\.isFinite) else { return nil }
        return GeoTransform(
            originX: -(a * originX + b * originY), originY: -(c * originX + d * originY), columnStepX: a,
            columnStepY: c, rowStepX: b, rowStepY: d)
    }

    /// The map that first applies `first` and then this one.
    ///
    /// `b.inverse?.after(a)` takes positions in the image of `a` to positions in the image of `b`.
    public func after(_ first: GeoTransform) -> GeoTransform {
        let origin = position(column: first.originX, row: first.originY)
        return GeoTransform(
            originX: origin.x, originY: origin.y,
            columnStepX: columnStepX * first.columnStepX + rowStepX * first.columnStepY,
            columnStepY: columnStepY * first.columnStepX + rowStepY * first.columnStepY,
            rowStepX: columnStepX * first.rowStepX + rowStepX * first.rowStepY,
            rowStepY: columnStepY * first.rowStepX + rowStepY * first.rowStepY)
    }

    /// The map of the image that a window cuts out.
    public func of(_ window: Window) -> GeoTransform {
        var moved = self
        (moved.originX, moved.originY) = position(column: Double(window.column), row: Double(window.row))
        return moved
    }

    /// The map of the same extent with `ratio` times as many pixels on each axis; below 1 there are fewer.
    public func zoomed(by ratio: Double) -> GeoTransform { zoomed(columns: ratio, rows: ratio) }

    /// The map of the same extent with `columns` times as many columns and `rows` times as many rows.
    public func zoomed(columns: Double, rows: Double) -> GeoTransform {
        var zoomed = self
        zoomed.columnStepX /= columns
        zoomed.columnStepY /= columns
        zoomed.rowStepX /= rows
        zoomed.rowStepY /= rows
        return zoomed
    }

    /// The length of a pixel's upper edge, in units of the projection.
    public var pixelWidth: Double { hypot(columnStepX, columnStepY) }
    /// The length of a pixel's left edge, in units of the projection.
    public var pixelHeight: Double { hypot(rowStepX, rowStepY) }
}
