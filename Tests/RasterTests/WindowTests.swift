import Raster
import Testing

@Suite("Window") struct WindowTests {
    /// Every window with small numbers, some outside the extent, some empty.
    static let small: [Window] = {
        var windows: [Window] = []
        for column in -2...3 {
            for row in -2...3 {
                for width in 0...3 {
                    for height in 0...3 {
                        windows.append(Window(column: column, row: row, width: width, height: height))
                    }
                }
            }
        }
        return windows
    }()

    func pixels(_ window: Window) -> Set<[Int]> {
        Set(window.rows.flatMap { row in window.columns.map { [$0, row] } })
    }

    @Test("intersection, union and containment agree with sets of pixels for all small windows")
    func setsOfPixels() {
        let sets = Self.small.map(pixels)
        var wrong = 0
        for (index, one) in Self.small.enumerated() {
            for (place, other) in Self.small.enumerated() {
                let common = sets[index].intersection(sets[place])
                let met = one.intersection(other)
                if common.isEmpty ? !met.isEmpty : pixels(met) != common { wrong += 1 }
                if one.contains(other) != sets[place].isSubset(of: sets[index]) { wrong += 1 }
                let both = one.union(other)
                if !both.contains(one) || !both.contains(other) { wrong += 1 }
                if !one.isEmpty && !other.isEmpty {
                    let left = min(one.column, other.column), top = min(one.row, other.row)
                    let right = max(one.columns.upperBound, other.columns.upperBound)
                    let bottom = max(one.rows.upperBound, other.rows.upperBound)
                    if both != Window(columns: left..<right, rows: top..<bottom) { wrong += 1 }
                }
            }
        }
        #expect(wrong == 0)
    }

    @Test("expanding, shifting and scaling can be undone", arguments: 0...5)
    func inverses(amount: Int) {
        for window in Self.small {
            #expect(window.expanded(by: amount).expanded(by: -amount) == window)
            #expect(window.shifted(columns: amount, rows: -amount).shifted(columns: -amount, rows: amount) == window)
            let scaled = window.scaled(by: amount + 1)
            #expect(scaled.pixelCount == window.pixelCount * (amount + 1) * (amount + 1))
            #expect(window.expanded(by: amount).contains(window))
        }
        #expect(Window(width: 3, height: 9).expanded(by: -2).isEmpty)
    }

    @Test("tiles cover each pixel exactly once, for every extent and tile up to 12 and at any offset")
    func tiling() {
        var wrong = 0
        for width in 0...12 {
            for height in [0, 1, 5, 12] {
                let extent = Window(column: width - 7, row: 3 - height, width: width, height: height)
                for tileWidth in 1...12 {
                    for tileHeight in [1, 2, 5, 13] {
                        let tiles = extent.tiles(width: tileWidth, height: tileHeight)
                        var seen: [[Int]] = []
                        for tile in tiles {
                            if tile.isEmpty || tile.width > tileWidth || tile.height > tileHeight { wrong += 1 }
                            seen += pixels(tile)
                        }
                        if seen.count != extent.pixelCount || Set(seen) != pixels(extent) { wrong += 1 }
                    }
                }
            }
        }
        #expect(wrong == 0)
        #expect(
            Window(width: 5, height: 3).tiles(width: 4, height: 2).map(\.description) == [
                "4×2 at column 0, row 0", "1×2 at column 4, row 0", "4×1 at column 0, row 2", "1×1 at column 4, row 2",
            ])
    }

    @Test("clipping is idempotent, stays inside, and keeps what was inside")
    func clipping() {
        let extent = Window(column: -1, row: 0, width: 3, height: 2)
        for window in Self.small {
            let clipped = window.clipped(to: extent)
            #expect(extent.contains(clipped))
            #expect(clipped.clipped(to: extent) == clipped)
            if extent.contains(window) && !window.isEmpty { #expect(clipped == window) }
        }
    }

    @Test("a negative size is empty, and counts do not overflow")
    func extremes() {
        #expect(Window(column: 0, row: 0, width: -3, height: 4).isEmpty)
        #expect(Window(width: Int.max, height: 2).pixelCount == Int.max)
        #expect(Window(width: 0, height: 2).contains(column: 0, row: 0) == false)
        #expect(Window(width: 1, height: 1).contains(column: 0, row: 0))
    }
}
