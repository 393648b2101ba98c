import StateSpace
import Testing
import Torch

@Suite("The merge of MMMamba's released program")
struct ReleasedMergeTests {
    @Test("exchanges pixels, and none on square maps", arguments: 1...5, 1...5)
    func permutation(rows: Int, columns: Int) throws {
        for window in 1...4 {
            let (height, width) = (rows * window, columns * window)
            let merge = try ScanPaths.releasedColumnMerge(window: window, height: height, width: width)
            let pixels = merge.pixels.array(of: Int.self)
            #expect(pixels.sorted() == Array(0..<height * width))
            #expect(merge.positions.selected(axis: 1, indices: merge.pixels[.at(0)]).array() == Array(0..<pixels.count))
            if rows == columns { #expect(pixels == Array(0..<pixels.count)) }
        }
    }

    /// What the program does, in its own operations: the sequence taken for Hg × Wg windows instead of Wg × Hg.
    @Test(
        "is what comes of reading the grid of windows the wrong way",
        arguments: [ScanPath.Direction.columns, .columnsReversed], [(2, 4, 2), (3, 2, 4), (1, 5, 3), (4, 6, 1)])
    func released(direction: ScanPath.Direction, grid: (rows: Int, columns: Int, window: Int)) throws {
        let (height, width) = (grid.rows * grid.window, grid.columns * grid.window)
        let path = try ScanPaths([.windows(grid.window, direction)], height: height, width: width)
        let map = Tensor.range(to: height * width).reshaped(1, 1, -1)
        var sequence = try path.sequences(of: map).reshaped(-1)
        if direction.isReversed { sequence = sequence.flipped(0) }
        // The program's windows of a row, which lie in a column, then its rows of windows; pixels column by column.
        let released = sequence.reshaped(grid.rows, grid.columns, grid.window, grid.window).permuted(1, 3, 0, 2)
        let merge = try ScanPaths.releasedColumnMerge(window: grid.window, height: height, width: width)
        let found = try merge.sequences(of: path.merged(path.sequences(of: map)))
        #expect(found.array(of: Float.self) == released.array(of: Float.self))
    }

    @Test("needs windows that divide the map; the whole map is one")
    func refusals() throws {
        #expect(throws: ScanPathError.self) { try ScanPaths.releasedColumnMerge(window: 4, height: 6, width: 8) }
        #expect(throws: ScanPathError.self) { try ScanPaths.releasedColumnMerge(window: 0, height: 6, width: 8) }
        #expect(throws: ScanPathError.self) { try ScanPaths.releasedColumnMerge(window: nil, height: 0, width: 8) }
        let whole = try ScanPaths.releasedColumnMerge(window: nil, height: 2, width: 3)
        #expect(whole.pixels.array() == [0, 1, 2, 3, 4, 5])
    }
}
