import Raster
import Sensors

/// The pixels of both files that a patch depends on.
struct PatchReach: Sendable {
    let grid: SceneGrid
    let resolution: ScenePatchSource.Resolution
    let patch: Int

    /// The area that patches lie in, in sharp pixels of the samples, from (0, 0).
    var extent: Window {
        let area = resolution == .reduced ? grid.ms : grid.pan
        return Window(width: area.width, height: area.height)
    }

    /// Pixels of the multispectral file for the patch at a corner.
    func msPart(_ corner: (row: Int, column: Int)) -> Window {
        let wanted: Window
        switch resolution {
        case .reduced: wanted = square(corner, side: patch).expanded(by: MTFFilter.radius)
        case .full:
            wanted = square((corner.row / grid.ratio, corner.column / grid.ratio), side: patch / grid.ratio)
        }
        return wanted.shifted(columns: grid.ms.column, rows: grid.ms.row).clipped(to: grid.ms)
    }

    /// Pixels of the PAN file for the patch at a corner.
    func panPart(_ corner: (row: Int, column: Int)) -> Window {
        let wanted: Window
        switch resolution {
        case .reduced:
            wanted = square(corner, side: patch).scaled(by: grid.ratio)
                .expanded(by: Resize.reductionHalo(by: grid.ratio))
        case .full: wanted = square(corner, side: patch)
        }
        return wanted.shifted(columns: grid.pan.column, rows: grid.pan.row).clipped(to: grid.pan)
    }

    private func square(_ corner: (row: Int, column: Int), side: Int) -> Window {
        Window(column: corner.column, row: corner.row, width: side, height: side)
    }

    /// The corners of the patches whose pixels are all known, row by row. Reads the masks of one row of patches at a time.
    func knownCorners(stride step: Int, pan: RasterReader, ms: RasterReader) throws -> [(row: Int, column: Int)] {
        var corners: [(row: Int, column: Int)] = []
        let columns = Array(stride(from: 0, through: extent.width - patch, by: step))
        guard !columns.isEmpty else { return [] }
        for row in stride(from: 0, through: extent.height - patch, by: step) {
            let msStrip = try MaskStrip(ms, rows: msPart((row, 0)).rows, columns: grid.ms.columns)
            let panStrip = try MaskStrip(pan, rows: panPart((row, 0)).rows, columns: grid.pan.columns)
            for column in columns {
                let corner = (row: row, column: column)
                if msStrip.isKnown(msPart(corner).columns), panStrip.isKnown(panPart(corner).columns) {
                    corners.append(corner)
                }
            }
        }
        return corners
    }
}

/// Which columns of some rows of an image have no unknown pixel.
private struct MaskStrip {
    private let first: Int
    /// Columns with unknown pixels among those before each.
    private let unknownBefore: [Int]

    init(_ reader: RasterReader, rows: Range<Int>, columns: Range<Int>) throws {
        let mask = try reader.readMask(Window(columns: columns, rows: rows), bands: reader.profile.dataBands)
        var isUnknown = [Bool](repeating: false, count: columns.count)
        for index in mask.indices where mask[index] == 0 { isUnknown[index % columns.count] = true }
        var sum = 0
        unknownBefore =
            [0]
            + isUnknown.map { unknown in
                sum += unknown ? 1 : 0
                return sum
            }
        first = columns.lowerBound
    }

    func isKnown(_ columns: Range<Int>) -> Bool {
        unknownBefore[columns.upperBound - first] == unknownBefore[columns.lowerBound - first]
    }
}
