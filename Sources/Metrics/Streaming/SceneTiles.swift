import Sensors

/// The parts in which an image is measured.
///
/// Their places follow from the image alone, never from memory or threads, and their results are merged in their order:
/// so an index has the same bits however it was computed. They begin at multiples of 32, the side of the blocks of
/// several indices.
struct SceneTiles: Sendable {
    let regions: [PixelRegion]
    let height: Int
    let width: Int

    /// The tiles of an image; the more bands, the smaller.
    init(height: Int, width: Int, bands: Int) {
        (self.height, self.width) = (height, width)
        let side = Self.side(bands: bands)
        regions = stride(from: 0, to: height, by: side).flatMap { row in
            stride(from: 0, to: width, by: side).map { column in
                PixelRegion(rows: row..<min(row + side, height), columns: column..<min(column + side, width))
            }
        }
    }

    /// Rows and columns of a tile.
    static func side(bands: Int) -> Int { bands <= 8 ? 512 : bands <= 32 ? 256 : 128 }

    /// Measures all tiles and merges what comes out in their order.
    ///
    /// - Parameters:
    ///   - threads: how many tiles are in work at once.
    ///   - progress: called after each tile with the number of its pixels, from any thread; an error ends the work.
    func reduce<Sums: Sendable>(
        into empty: Sums, threads: Int, progress: @escaping @Sendable (Int) throws -> Void,
        merge: (inout Sums, Sums) -> Void, measure: @escaping @Sendable (PixelRegion) throws -> Sums
    ) throws -> Sums {
        let results = Results<Sums>(count: regions.count)
        let regions = regions
        try Workers.run(regions.count, threads: threads) { index in
            results.set(try measure(regions[index]), at: index)
            try progress(regions[index].pixels)
        }
        var sums = empty
        for result in results.all { merge(&sums, result) }
        return sums
    }
}
