import Inference
import Raster
import Sensors

extension SharpeningComparison {
    func newView(of part: Window, scene: Window) -> ComparisonView {
        let bands = BandChoice.bands(of: pair.ms.profile, at: pair.msBands, sensor: sensor)
        return ComparisonView(
            window: part, scene: scene, bands: bands, compositions: BandChoice.compositions(of: bands), unit: "DN")
    }

    /// The part that pictures show at reduced resolution, in pixels of the truth: around what they show at full resolution.
    ///
    /// - Parameters:
    ///   - scene: the part of the multispectral image that takes part.
    ///   - region: what is shown at full resolution, in PAN pixels.
    func shownPart(of scene: Window, side: Int, around region: Window) -> Window {
        func start(_ centre: Int, _ corner: Double, _ length: Int, _ axis: Range<Int>) -> Int {
            let middle = (centre - Int(corner)) / pair.ratio
            return Swift.min(Swift.max(middle - length / 2 - axis.lowerBound, 0), axis.count - length)
        }
        let (width, height) = (Swift.min(side, scene.width), Swift.min(side, scene.height))
        return Window(
            column: start(region.column + region.width / 2, pair.cornerOffset.columns, width, scene.columns),
            row: start(region.row + region.height / 2, pair.cornerOffset.rows, height, scene.rows),
            width: width, height: height)
    }

    /// The multispectral image at PAN's pixels, each the one that it lies in.
    func multispectral(_ part: Window) throws -> ComparisonView.Layer {
        let profile = pair.ms.profile
        let rows = part.rows.map { pair.msIndex(of: $0, shift: pair.rowShift, count: profile.height) }
        let columns = part.columns.map { pair.msIndex(of: $0, shift: pair.columnShift, count: profile.width) }
        return .init(name: "MS", role: .source, image: try Self.picked(pair.ms, rows: rows, columns: columns))
    }

    /// The samples at chosen rows and columns, which ascend; NaN where nothing is known.
    static func picked(_ reader: RasterReader, rows: [Int], columns: [Int]) throws -> Image {
        let window = Window(
            columns: (columns.first ?? 0)..<(columns.last ?? 0) + 1, rows: (rows.first ?? 0)..<(rows.last ?? 0) + 1)
        let image = try KnownImage(reader, window: window).marked
        var result = Image(bands: image.bands, height: rows.count, width: columns.count)
        var index = 0
        for band in 0..<image.bands {
            for row in rows {
                let start = (band * image.height + row - window.row) * image.width - window.column
                for column in columns {
                    result.values[index] = image.values[start + column]
                    index += 1
                }
            }
        }
        return result
    }
}
