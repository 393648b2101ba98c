/// An order in which a scan visits the pixels of a map, or of several maps of one size: a value that gives a permutation
/// for every size.
///
/// The map is cut into square windows, counted from its upper left corner. The path visits window after window and, inside
/// a window, pixel after pixel, both in the same direction; without windows, the map is the only one. Where there are
/// several images, the path visits a window of the first, then the same window of the second, and so on. In every direction
/// the images keep their order: only pixels are reversed.
///
/// Windows at the right and lower edge hold what the map has left there, so every path is a permutation for every size.
/// Where the window divides the map, it is the one that the networks' authors define. A window that is larger than the map
/// is the whole map.
///
/// | path | network |
/// | --- | --- |
/// | ``rows``, ``rowsReversed``, ``columns``, ``columnsReversed`` | VMamba, LE-Mamba, FusionMamba (Peng et al. 2024) |
/// | ``windows(_:_:)`` | MMMamba without its second image; LE-Mamba's windows |
/// | ``interleaved(images:windows:_:)`` | MMMamba (Wang et al. 2025) |
///
/// Skip-sampled scans, where each path visits a part of the pixels, are ``SkipSampledPaths``.
public struct ScanPath: Hashable, Sendable {
    /// Which pixel comes first, and which is its neighbour in time.
    public enum Direction: Int, CaseIterable, Hashable, Sendable {
        /// Left to right, row by row downwards.
        case rows
        /// The reverse of ``rows``.
        case rowsReversed
        /// Downwards, column by column to the right.
        case columns
        /// The reverse of ``columns``.
        case columnsReversed

        /// Whether neighbours of a row follow each other.
        public var isByRows: Bool { self == .rows || self == .rowsReversed }
        /// Whether time runs from the lower right to the upper left.
        public var isReversed: Bool { self == .rowsReversed || self == .columnsReversed }
    }

    /// The direction of windows, and of pixels in a window.
    public var direction: Direction
    /// The side of a window in pixels; nil for the whole map.
    public var window: Int?
    /// How many maps there are. Pixel (r, c) of image m has the index (m · height + r) · width + c.
    public var images: Int

    /// A path.
    ///
    /// - Parameters:
    ///   - direction: of windows, and of pixels in a window.
    ///   - window: the side of a window in pixels, 1 or more; nil for the whole map.
    ///   - images: how many maps there are, 1 or more.
    public init(_ direction: Direction, window: Int? = nil, images: Int = 1) {
        self.direction = direction
        self.window = window
        self.images = images
    }
}

extension ScanPath {
    /// Left to right, row by row downwards:
    ///
    ///      0  1  2  3
    ///      4  5  6  7
    ///      8  9 10 11
    public static let rows = ScanPath(.rows)

    /// The reverse of ``rows``:
    ///
    ///     11 10  9  8
    ///      7  6  5  4
    ///      3  2  1  0
    public static let rowsReversed = ScanPath(.rowsReversed)

    /// Downwards, column by column to the right:
    ///
    ///      0  3  6  9
    ///      1  4  7 10
    ///      2  5  8 11
    public static let columns = ScanPath(.columns)

    /// The reverse of ``columns``:
    ///
    ///     11  8  5  2
    ///     10  7  4  1
    ///      9  6  3  0
    public static let columnsReversed = ScanPath(.columnsReversed)

    /// Windows one after the other. A map of 4 rows and 5 columns, windows of 2, by rows:
    ///
    ///      0  1 |  4  5 |  8
    ///      2  3 |  6  7 |  9
    ///     ------+-------+---
    ///     10 11 | 14 15 | 18
    ///     12 13 | 16 17 | 19
    ///
    /// - Parameters:
    ///   - side: of a window in pixels, 1 or more.
    ///   - direction: of windows, and of pixels in a window.
    public static func windows(_ side: Int, _ direction: Direction = .rows) -> ScanPath {
        ScanPath(direction, window: side)
    }

    /// Several images, window by window (Wang et al. 2025, multimodal interleaved scan): a window of the first image, the
    /// same window of the second, and so on; then the next windows. Two images of 2 rows and 4 columns, windows of 2, by
    /// rows in reverse:
    ///
    ///     image 0         image 1
    ///     11 10 |  3  2   15 14 |  7  6
    ///      9  8 |  1  0   13 12 |  5  4
    ///
    /// - Parameters:
    ///   - images: how many, 1 or more.
    ///   - side: of a window in pixels, 1 or more; 1 interleaves pixel by pixel, nil visits one whole image after the other.
    ///   - direction: of windows, and of pixels in a window; never of images.
    public static func interleaved(images: Int = 2, windows side: Int?, _ direction: Direction = .rows) -> ScanPath {
        ScanPath(direction, window: side, images: images)
    }

    /// The two paths of a bidirectional scan: by rows, forwards and backwards (Zhu et al. 2024, Vision Mamba).
    public static let bidirectional: [ScanPath] = [.rows, .rowsReversed]
}

extension ScanPath: CustomStringConvertible {
    /// Such as "rows, windows of 4, 2 images".
    public var description: String {
        let name =
            switch direction {
            case .rows: "rows"
            case .rowsReversed: "reversed rows"
            case .columns: "columns"
            case .columnsReversed: "reversed columns"
            }
        return name + (window.map { ", windows of \($0)" } ?? "") + (images == 1 ? "" : ", \(images) images")
    }
}
