import StateSpace
import Torch

/// The tiles of LE-Mamba's validation (the authors' `PatchMergeModule`): they overlap by three quarters, and of each only the
/// centre counts. For comparison with the authors; scenes are tiled with less overlap and blended.
public struct PatchMerge: Hashable, Sendable {
    /// p, the side of a tile in low-resolution pixels, 4 or more.
    public var tile: Int
    /// r, pixels of the result along one low-resolution pixel.
    public var ratio: Int
    /// Tiles computed at once.
    public var batch: Int

    /// Tiles of a size.
    public init(tile: Int = 16, ratio: Int = 4, batch: Int = 8) {
        (self.tile, self.ratio, self.batch) = (tile, ratio, batch)
    }

    /// Computes an image tile by tile.
    ///
    /// - Parameters:
    ///   - images: (B, …, k · h, k · w), with a k of their own each.
    ///   - height: h, low-resolution rows.
    ///   - width: w, low-resolution columns.
    ///   - body: from tiles of the images, (N, …, k · p, k · p), to tiles of the result, (N, S, r · p, r · p).
    /// - Returns: (B, S, r · h, r · w)
    /// - Throws: `BlockInputError` for images smaller than a tile, and whatever `body` throws.
    public func callAsFunction(
        _ images: [Tensor], height: Int, width: Int, body: ([Tensor]) throws -> Tensor
    ) throws -> Tensor {
        guard tile >= 4, ratio >= 1, batch >= 1, height >= tile, width >= tile else {
            throw BlockInputError(
                "tiles of \(tile) × \(tile) low-resolution pixels; they must be of 4 or more, and \(height) × \(width) "
                    + "pixels must hold one.")
        }
        let rows = axisTiles(height, firstOwns: border)
        let columns = axisTiles(width, firstOwns: border)
        // Quirk: in the rows of the upper border the first tile gives all of its columns (golden file patch_merge).
        let upperColumns = axisTiles(width, firstOwns: side)
        let tiles = rows.keys.sorted().flatMap { row in columns.keys.sorted().map { (row: row, column: $0) } }
        var result: Tensor?
        for first in stride(from: 0, to: tiles.count, by: batch) {
            let group = tiles[first..<min(first + batch, tiles.count)]
            let parts = images.map { image in
                Tensor.concatenated(
                    group.map { window(of: image, at: $0, scale: image.size(2) / height) }, axis: 0)
            }
            let made = try body(parts)
            let sum =
                result
                ?? .zeros(
                    [images[0].size(0), made.size(1), height * ratio, width * ratio], dtype: made.dtype,
                    device: made.device)
            result = sum
            for (part, place) in zip(made.chunked(group.count, axis: 0), group) {
                let (down, across) = (weights(rows[place.row]), weights(columns[place.column]))
                var share = down.unsqueezed(1) * across  // (side, side)
                if place.row == 0 {
                    share[.slice(to: border)] = weights(upperColumns[place.column]).expanded([border, side])
                }
                share = share.to(made.dtype).to(made.device)
                window(of: sum, at: place, scale: ratio).addInPlace(part * share)
            }
        }
        return result ?? images[0]
    }

    /// P, the side of a tile of the result.
    private var side: Int { tile * ratio }
    /// q, what a tile of the result has around its centre.
    private var border: Int { tile / 2 / 2 * ratio }

    private func window(of image: Tensor, at place: (row: Int, column: Int), scale: Int) -> Tensor {
        image.narrowed(axis: 2, start: place.row * scale, length: tile * scale)
            .narrowed(axis: 3, start: place.column * scale, length: tile * scale)
    }

    private func weights(_ values: [Double]?) -> Tensor {
        values.map { Tensor($0, shape: [side]) } ?? .zeros([side], dtype: .float64)
    }

    /// The tiles along an axis of `count` low-resolution pixels: for each by its first pixel, how much each of its P pixels
    /// contributes to the result.
    ///
    /// A pixel is the mean of the tiles that have it in their centre. The first pixels are the first tile's; from about the
    /// middle of a tile before the other end on, pixels are those of a last tile, which ends with the image.
    ///
    /// - Parameter head: how many pixels the first tile gives alone.
    private func axisTiles(_ count: Int, firstOwns head: Int) -> [Int: [Double]] {
        let step = tile / 2 / 2
        let rest = (count - tile) % step
        let last = count - tile
        let regular = Array(stride(from: 0, through: last - rest, by: step))
        let lastPixels = count * ratio - side + ((tile - rest) * ratio + 1) / 2
        var weights: [Int: [Double]] = [:]
        for pixel in 0..<count * ratio {
            let owners =
                pixel >= lastPixels
                ? [last]
                : pixel < head
                    ? [0] : regular.filter { (border..<side - border).contains(pixel - $0 * ratio) }
            for start in owners {
                weights[start, default: [Double](repeating: 0, count: side)][pixel - start * ratio] =
                    1 / Double(owners.count)
            }
        }
        return weights
    }
}

extension LEMamba {
    /// Fuses one batch tile by tile, as the authors' validation does.
    ///
    /// - Parameters:
    ///   - upsampled: (B, msBands, H, W), as for ``callAsFunction(upsampled:guide:)``; H and W are multiples of the ratio.
    ///   - guide: (B, guideBands, H, W).
    ///   - tile: the side of a tile in low-resolution pixels.
    /// - Returns: (B, msBands, H, W), not clamped. It differs from the result of the image as a whole, since a scan sees
    ///   only its tile.
    /// - Throws: `BlockInputError` for images smaller than a tile.
    public func tiled(upsampled: Tensor, guide: Tensor, tile: Int = 16) throws -> Tensor {
        let merge = PatchMerge(tile: tile, ratio: ratio)
        let residual = try merge(
            [upsampled, guide], height: upsampled.size(2) / ratio, width: upsampled.size(3) / ratio
        ) { try self.residual(upsampled: $0[0], guide: $0[1]) }
        return added(residual, upsampled)
    }
}
