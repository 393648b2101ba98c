/// A rectangle of pixels of a scene.
public struct PixelRegion: Sendable, Hashable {
    /// Rows of the scene.
    public let rows: Range<Int>
    /// Columns of the scene.
    public let columns: Range<Int>

    /// A rectangle of rows and columns.
    public init(rows: Range<Int>, columns: Range<Int>) {
        self.rows = rows
        self.columns = columns
    }

    /// Number of pixels.
    public var pixels: Int { rows.count * columns.count }

    /// Whether every pixel of another rectangle is one of this.
    public func contains(_ other: PixelRegion) -> Bool {
        rows.lowerBound <= other.rows.lowerBound && other.rows.upperBound <= rows.upperBound
            && columns.lowerBound <= other.columns.lowerBound && other.columns.upperBound <= columns.upperBound
    }

    /// This rectangle with a frame around it, as far as the scene goes.
    public func expanded(by halo: Int, height: Int, width: Int) -> PixelRegion {
        PixelRegion(
            rows: max(0, rows.lowerBound - halo)..<min(height, rows.upperBound + halo),
            columns: max(0, columns.lowerBound - halo)..<min(width, columns.upperBound + halo))
    }
}

/// A part of a scene that is too large to be in memory, and where it lies.
///
/// Every filter of this module takes one, and gives at a pixel the same bits whatever part of the scene was handed in, as
/// long as the part holds the pixels that the filter reaches. Beyond the edge of the *scene* the filter's border rule
/// holds; pixels of the scene that were needed and not handed in are a mistake of the caller and trap.
public struct SceneWindow: Sendable {
    /// The samples, (C, H, W) with the height and width of ``region``.
    public let image: Image
    /// Where the samples lie in the scene.
    public let region: PixelRegion
    /// Rows of the whole scene.
    public let sceneHeight: Int
    /// Columns of the whole scene.
    public let sceneWidth: Int

    /// A part of a scene.
    public init(_ image: Image, region: PixelRegion, sceneHeight: Int, sceneWidth: Int) {
        precondition(
            image.height == region.rows.count && image.width == region.columns.count,
            "\(image.height) × \(image.width) samples for a window of \(region.rows.count) × \(region.columns.count)")
        precondition(
            PixelRegion(rows: 0..<sceneHeight, columns: 0..<sceneWidth).contains(region),
            "the window \(region.rows), \(region.columns) leaves the scene of \(sceneHeight) × \(sceneWidth)")
        self.image = image
        self.region = region
        self.sceneHeight = sceneHeight
        self.sceneWidth = sceneWidth
    }

    /// A whole scene.
    public init(whole image: Image) {
        self.init(
            image, region: PixelRegion(rows: 0..<image.height, columns: 0..<image.width),
            sceneHeight: image.height, sceneWidth: image.width)
    }

    /// The samples of a part of this window; traps when the part is not inside.
    public func samples(of part: PixelRegion) -> Image {
        precondition(region.contains(part), "rows \(part.rows), columns \(part.columns) are not in the window")
        if part == region { return image }
        return image.cropped(
            rows: part.rows.lowerBound - region.rows.lowerBound..<part.rows.upperBound - region.rows.lowerBound,
            columns: part.columns.lowerBound - region.columns.lowerBound..<part.columns.upperBound
                - region.columns.lowerBound)
    }

    /// For each position of a stretch of the rows' axis, the row of ``image`` that holds it.
    func rowTable(_ positions: Range<Int>, border: Border) -> [Int] {
        Self.table(positions, border: border, count: sceneHeight, window: region.rows)
    }

    /// For each position of a stretch of the columns' axis, the column of ``image`` that holds it.
    func columnTable(_ positions: Range<Int>, border: Border) -> [Int] {
        Self.table(positions, border: border, count: sceneWidth, window: region.columns)
    }

    private static func table(_ positions: Range<Int>, border: Border, count: Int, window: Range<Int>) -> [Int] {
        positions.map { position in
            let index = border.index(position, count: count)
            precondition(window.contains(index), "the window \(window) lacks sample \(index), needed at \(position)")
            return index - window.lowerBound
        }
    }
}
