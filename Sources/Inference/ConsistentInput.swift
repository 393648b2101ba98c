import Foundation
import Networks
import Raster
import Sensors
import Torch

/// What the network for any sensor reads for one tile: PAN and the multispectral samples that lie on it, unknown pixels filled.
struct ConsistentInput {
    /// Which pixels of the tile's own region are known; nil when all are.
    let valid: [UInt8]?
    private let region: PixelRegion
    private let pan: SceneWindow
    private let ms: SceneWindow
    private let rows: CoarseGrid.Axis
    private let columns: CoarseGrid.Axis
    private let ratio: Int
    private let gains: [Double]
    /// Which multispectral samples are known and belong to the region; nil when there are none.
    private let owned: [Int64]

    /// - Parameters:
    ///   - region: the PAN pixels that are wanted.
    ///   - context: PAN pixels to read around the region, as far as the scene goes.
    init(_ region: PixelRegion, reader: SceneReader, context: Int) throws {
        let (scene, ratio) = (reader.scene, reader.scene.ratio)
        self.region = region
        self.ratio = ratio
        gains = reader.gains
        let wide = region.expanded(by: context, height: scene.panHeight, width: scene.panWidth)
        /// The samples that are next to the pixels of a range.
        func samples(_ pixels: Range<Int>, _ shift: Double, _ count: Int) -> (Range<Int>, CoarseGrid.Axis) {
            let first = reader.pair.msIndex(of: pixels.lowerBound, shift: shift, count: count)
            let last = reader.pair.msIndex(of: pixels.upperBound - 1, shift: shift, count: count)
            let phase = Double(first * ratio + ratio / 2 - pixels.lowerBound) + shift
            return (first..<last + 1, .init(pixels: pixels.count, samples: last + 1 - first, phase: phase))
        }
        let (msRows, rows) = samples(wide.rows, reader.pair.rowShift, scene.msHeight)
        let (msColumns, columns) = samples(wide.columns, reader.pair.columnShift, scene.msWidth)
        (self.rows, self.columns) = (rows, columns)
        // A network looks over the whole tile, so every unknown pixel is filled.
        let panPart = try reader.panPart(wide, reach: max(scene.panHeight, scene.panWidth), frame: 0)
        let msRegion = PixelRegion(rows: msRows, columns: msColumns)
        let msPart = try reader.msPart(msRegion, reach: max(scene.msHeight, scene.msWidth), frame: 0)
        (pan, ms) = (panPart.window, msPart.window)
        valid = reader.validity(of: region, pan: panPart, ms: msPart)

        /// Whether PAN pixels nearest to samples are the region's own.
        func isOwn(_ axis: CoarseGrid.Axis, _ start: Int, _ own: Range<Int>) -> [Bool] {
            (0..<axis.samples).map { own.contains(Int((axis.phase + Double($0 * ratio)).rounded()) + start) }
        }
        let (ownRows, ownColumns) = (
            isOwn(rows, wide.rows.lowerBound, region.rows), isOwn(columns, wide.columns.lowerBound, region.columns)
        )
        owned = ownRows.indices.flatMap { row in
            ownColumns.indices.compactMap { column in
                let index = row * ownColumns.count + column
                return ownRows[row] && ownColumns[column] && (msPart.valid.map { $0[index] != 0 } ?? true)
                    ? Int64(index) : nil
            }
        }
    }

    /// Whether no pixel is known.
    var isEmpty: Bool { valid.map { !$0.contains(1) } ?? false }

    /// (1, 1, H, W).
    func panTensor(_ device: Device) -> Tensor { Self.tensor(pan, device) }

    /// (1, B, h, w).
    func msTensor(_ device: Device) -> Tensor { Self.tensor(ms, device) }

    private static func tensor(_ window: SceneWindow, _ device: Device) -> Tensor {
        let image = window.image
        return Tensor(image.values.map { Float($0) }, shape: [1, image.bands, image.height, image.width]).to(device)
    }

    /// How both lie to each other.
    func grid(_ device: Device) -> CoarseGrid {
        grid(gains: gains, moved: 0, device)
    }

    /// The grid of an instrument with other gains, whose samples lie further down and right by some PAN pixels.
    func grid(gains: [Double], moved: Double, _ device: Device) -> CoarseGrid {
        func axis(_ axis: CoarseGrid.Axis) -> CoarseGrid.Axis {
            .init(pixels: axis.pixels, samples: axis.samples, phase: axis.phase + moved)
        }
        return CoarseGrid(rows: axis(rows), columns: axis(columns), ratio: ratio, gains: gains, device: device)
    }

    /// The known samples of the region, bands and PAN's low pass: (B + 1, samples); nil when there are none.
    func samples(device: Device) -> Tensor? {
        guard !owned.isEmpty else { return nil }
        let lowPass = grid(device).observed(panTensor(device)).mean(1, keepingAxes: true)
        let all = Tensor.concatenated([msTensor(device), lowPass], axis: 1).flattened(from: 2).squeezed(0)
        return all.selected(axis: 1, indices: Tensor(owned, shape: [owned.count]).to(device))
    }

    /// The rows of the network's output that are a region's.
    func rows(of region: PixelRegion) -> Range<Int> {
        let start = pan.region.rows.lowerBound
        return region.rows.lowerBound - start..<region.rows.upperBound - start
    }

    /// The columns of the network's output that are a region's.
    func columns(of region: PixelRegion) -> Range<Int> {
        let start = pan.region.columns.lowerBound
        return region.columns.lowerBound - start..<region.columns.upperBound - start
    }
}
