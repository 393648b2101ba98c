import Torch

/// The four paths of the skip-sampled scan of EfficientVMamba and of FusionMamba (Xie et al. 2024, ES2D with step 2), each
/// over a quarter of the pixels: every pixel is a token of one path only.
///
/// The map is filled up with zeros to even sides, right and below, and cut into cells of 2 × 2 pixels. Path a takes the upper
/// left pixel of each cell, row by row; b the lower left, column by column; c the upper right, row by row; d the lower right,
/// column by column. Over 3 rows and 5 columns, tokens of zeros in parentheses:
///
///      a0   c0   a1   c1   a2  (c2)
///      b0   d0   b2   d2   b4  (d4)
///      a3   c3   a4   c4   a5  (c5)
///     (b1) (d1) (b3) (d3) (b5) (d5)
public struct SkipSampledPaths: Sendable {
    /// Rows of the map.
    public let height: Int
    /// Columns of the map.
    public let width: Int
    /// L, the tokens of each path: a quarter of the pixels of the map with even sides.
    public var length: Int { rowsOfCells * columnsOfCells }
    /// The number of paths.
    public static let count = 4

    /// (L, 4), int32: the pixel of each token, path by path for each time; height · width stands for a zero.
    private let order: Tensor
    /// (height · width), int32: where ``order`` holds each pixel.
    private let places: Tensor
    private var rowsOfCells: Int { (height + 1) / 2 }
    private var columnsOfCells: Int { (width + 1) / 2 }
    var isPadded: Bool { height % 2 == 1 || width % 2 == 1 }

    /// The paths for a size of map, from the cache where they have been made before.
    ///
    /// - Parameters:
    ///   - height: rows of the map, 1 or more.
    ///   - width: columns of the map, 1 or more.
    ///   - device: where the maps will lie.
    /// - Throws: ``ScanPathError`` for a size below 1, and for 2³¹ pixels or more.
    public init(height: Int, width: Int, device: Device = .cpu) throws(ScanPathError) {
        let size = try MapSize(height, width)
        (self.height, self.width) = (height, width)
        _ = try size.pixels()
        let (rows, columns) = (height / 2 + height % 2, width / 2 + width % 2)
        let length = try MapSize(2 * rows, 2 * columns).pixels() / Self.count
        let tables = try IndexTablesCache.shared.tables(
            IndexTablesKey(.skipSampled, size, device)
        ) { () throws(ScanPathError) in
            try IndexTables(pixels: [length, Self.count], positions: [height * width], device: device) {
                Self.write(height: height, width: width, order: $0, places: $1)
            }
        }
        (order, places) = (tables.pixels, tables.positions)
    }

    private static func write(
        height: Int, width: Int, order: UnsafeMutableBufferPointer<Int32>, places: UnsafeMutableBufferPointer<Int32>
    ) {
        let (rows, columns) = ((height + 1) / 2, (width + 1) / 2)
        let padding = Int32(truncatingIfNeeded: height * width)
        for path in 0..<count {
            let (rowPhase, columnPhase) = (path % 2, path / 2)
            for cellRow in 0..<rows {
                for cellColumn in 0..<columns {
                    let (row, column) = (2 * cellRow + rowPhase, 2 * cellColumn + columnPhase)
                    let token = rowPhase == 0 ? cellRow * columns + cellColumn : cellColumn * rows + cellRow
                    let place = token * count + path
                    if row < height, column < width {
                        let pixel = row * width + column
                        order[place] = Int32(truncatingIfNeeded: pixel)
                        places[pixel] = Int32(truncatingIfNeeded: place)
                    } else {
                        order[place] = padding
                    }
                }
            }
        }
    }

    /// (4, L), int32: the pixel r · width + c of each token; -1 for a zero.
    public var pixels: Tensor {
        let byPath = order.transposed(0, 1).contiguous()
        return byPath.maskedFilling(byPath .== height * width, -1)
    }

    /// The tokens of a map. Its gradient is ``map(of:)``.
    ///
    /// - Parameter map: (B, height, width, D), any type.
    /// - Returns: (B, 4, L, D), a view of (B, L, 4, D), so that (B, 4 · D, L), which the selective scan takes, is a view too.
    /// - Throws: ``ScanPathError`` for another shape.
    public func tokens(of map: Tensor) throws(ScanPathError) -> Tensor {
        let shape = map.shape
        guard shape.count == 4, shape[1] == height, shape[2] == width else {
            throw ScanPathError(message: "a map of shape \(shape); it must be (B, \(height), \(width), D).")
        }
        return sampled(map)
    }

    /// The map of which each pixel is its token. Its gradient is ``tokens(of:)``: tokens of zeros have none.
    ///
    /// - Parameter tokens: (B, 4, L, D).
    /// - Returns: (B, height, width, D), contiguous.
    /// - Throws: ``ScanPathError`` for another shape.
    public func map(of tokens: Tensor) throws(ScanPathError) -> Tensor {
        let shape = tokens.shape
        guard shape.count == 4, shape[1] == Self.count, shape[2] == length else {
            throw ScanPathError(message: "tokens of shape \(shape); they must be (B, 4, \(length), D).")
        }
        return placed(tokens)
    }

    private func sampled(_ map: Tensor) -> Tensor {
        differentiable(
            "skip-sampled scan", [map],
            forward: {
                let pixels = map.flattened(from: 1, to: 2)
                let filled = isPadded ? pixels.padded([0, 0, 0, 1]) : pixels
                return [
                    filled.selected(axis: 1, indices: order.reshaped(-1))
                        .unflattened(axis: 1, sizes: [length, Self.count]).transposed(1, 2)
                ]
            },
            backward: { [placed($0[0])] })[0]
    }

    private func placed(_ tokens: Tensor) -> Tensor {
        differentiable(
            "skip-sampled merge", [tokens],
            forward: {
                [
                    tokens.transposed(1, 2).flattened(from: 1, to: 2).selected(axis: 1, indices: places)
                        .unflattened(axis: 1, sizes: [height, width])
                ]
            },
            backward: { [sampled($0[0])] })[0]
    }
}
