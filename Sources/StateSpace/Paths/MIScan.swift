import Torch

extension ScanPath.Direction {
    /// The direction that MMMamba's authors call by a name such as "ltr_utd" (left to right, up to down); nil for names
    /// that they don't have.
    public init?(miScan name: String) {
        switch name {
        case "ltr_utd": self = .rows
        case "rtl_dtu": self = .rowsReversed
        case "utd_ltr": self = .columns
        case "dtu_rtl": self = .columnsReversed
        default: return nil
        }
    }

    /// What MMMamba's authors call the direction.
    public var miScanName: String {
        switch self {
        case .rows: "ltr_utd"
        case .rowsReversed: "rtl_dtu"
        case .columns: "utd_ltr"
        case .columnsReversed: "dtu_rtl"
        }
    }
}

extension ScanPaths {
    /// The mistake of MMMamba's released program on maps that are not square, as a path over one image.
    ///
    /// The program brings what it scanned by columns, forwards or backwards, back to other pixels than it came from: it
    /// takes the grid of windows for its transpose. The exchange is the same for both directions and inside each image, so
    /// it can be made after their results are merged: pixel p of the released result is pixel `pixels[0, p]` of the exact
    /// one, which is `sequences(of: exact)`. Directions by rows have no such mistake, nor do square maps.
    ///
    /// - Parameters:
    ///   - window: the side of a window in pixels; nil for the whole map, where nothing is exchanged.
    ///   - height: rows of the map.
    ///   - width: columns of the map.
    ///   - device: where the tensors shall lie.
    /// - Throws: ``ScanPathError`` for a size or window below 1, for 2³¹ pixels or more, and for a window that doesn't divide
    ///   the map: the released program has none.
    public static func releasedColumnMerge(
        window: Int?, height: Int, width: Int, device: Device = .cpu
    ) throws(ScanPathError) -> ScanPaths {
        guard let window else { return try ScanPaths([.rows], height: height, width: width, device: device) }
        let partition = try WindowPartition(window: window, height: height, width: width)
        let key = IndexTablesKey(.releasedMerge(window: window), try MapSize(height, width), device)
        return ScanPaths(
            try IndexTablesCache.shared.tables(key) { () throws(ScanPathError) in
                let shape = [1, height * width]
                return try IndexTables(pixels: shape, positions: shape, device: device) { pixels, positions in
                    writeReleasedColumnMerge(partition, pixels: pixels, positions: positions)
                }
            })
    }

    private static func writeReleasedColumnMerge(
        _ partition: WindowPartition, pixels: UnsafeMutableBufferPointer<Int32>,
        positions: UnsafeMutableBufferPointer<Int32>
    ) {
        let (height, width, window) = (partition.height, partition.width, partition.window)
        let (windowRows, windowColumns) = (height / window, width / window)
        for row in 0..<height {
            for column in 0..<width {
                // The place of the pixel in the scan by columns, and where the program puts what stands there.
                let windowRank = (column / window) * windowRows + row / window
                let rank = (column % window) * window + row % window
                let released =
                    ((windowRank % windowColumns) * window + rank % window) * height
                    + (windowRank / windowColumns) * window + rank / window
                pixels[released] = Int32(truncatingIfNeeded: row * width + column)
                positions[row * width + column] = Int32(truncatingIfNeeded: released)
            }
        }
    }
}
