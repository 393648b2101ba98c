import Torch

extension ScanPaths {
    /// Paths over maps of a size, from the cache where they have been made before.
    ///
    /// The tensors are shared: don't change their elements. The cache holds at most 256 MiB for the whole process; larger
    /// paths are made anew each time (8 bytes a path and pixel).
    ///
    /// - Parameters:
    ///   - paths: one or more, all over the same number of images. Their order is that of the scans' parameters.
    ///   - height: rows of a map, 1 or more.
    ///   - width: columns of a map, 1 or more.
    ///   - device: where the tensors shall lie.
    /// - Throws: ``ScanPathError`` for a size, a window or a number of images below 1, for 2³¹ pixels or more, and for paths
    ///   over different numbers of images.
    public init(_ paths: [ScanPath], height: Int, width: Int, device: Device = .cpu) throws(ScanPathError) {
        try self.init(paths, height: height, width: width, device: device, cache: .shared)
    }

    package init(
        _ paths: [ScanPath], height: Int, width: Int, device: Device = .cpu, cache: IndexTablesCache
    ) throws(ScanPathError) {
        guard let first = paths.first else { throw ScanPathError(message: "there is none.") }
        let size = try MapSize(height, width)
        let length = try first.length(height: height, width: width)
        for path in paths where try path.length(height: height, width: width) != length {
            throw ScanPathError(message: "paths over \(first.images) and over \(path.images) images can't be joined.")
        }
        let key = IndexTablesKey(.paths(paths), size, device)
        let tables = try cache.tables(key) { () throws(ScanPathError) in
            let shape = [paths.count, length]
            return try IndexTables(pixels: shape, positions: shape, device: device) { pixels, positions in
                for (index, path) in paths.enumerated() {
                    let range = index * length..<(index + 1) * length
                    path.write(
                        height: height, width: width, pixels: UnsafeMutableBufferPointer(rebasing: pixels[range]),
                        positions: UnsafeMutableBufferPointer(rebasing: positions[range]))
                }
            }
        }
        self.init(tables)
    }

    init(_ tables: IndexTables) { self.init(pixels: tables.pixels, positions: tables.positions) }
}
