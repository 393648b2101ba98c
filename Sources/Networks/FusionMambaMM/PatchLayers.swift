import Torch

/// Patches of an image as tokens (the authors' `PatchEmbed2D`).
package final class PatchEmbedding: Module {
    @Child("proj") var projection: Conv2d
    @Child("norm") var norm: LayerNorm

    package init(patch: Int = 4, channels: Int = 1, width: Int) {
        super.init()
        projection = Conv2d(channels, width, kernel: Size2(patch), stride: Size2(patch))
        norm = LayerNorm(width)
    }

    /// - Parameter image: (B, channels, H, W).
    /// - Returns: (B, H/patch, W/patch, width).
    package func callAsFunction(_ image: Tensor) -> Tensor { norm(projection(image).permuted(0, 2, 3, 1)) }
}

/// Half the size and twice the channels (the authors' `PatchMerging2D`).
package final class PatchMerging: Module {
    @Child("reduction") var reduction: Linear
    @Child("norm") var norm: LayerNorm

    package init(width: Int) {
        super.init()
        reduction = Linear(4 * width, 2 * width, hasBias: false)
        norm = LayerNorm(4 * width)
    }

    /// - Parameter map: (B, H, W, C); the last row and column of odd sizes are left out.
    /// - Returns: (B, H/2, W/2, 2C).
    package func callAsFunction(_ map: Tensor) -> Tensor {
        let (rows, columns, width) = (map.size(1) / 2, map.size(2) / 2, map.size(3))
        let cells = map.narrowed(axis: 1, start: 0, length: 2 * rows)
            .narrowed(axis: 2, start: 0, length: 2 * columns)
            .unflattened(axis: 2, sizes: [columns, 2]).unflattened(axis: 1, sizes: [rows, 2])
            .permuted(0, 1, 3, 4, 2, 5)  // (B, H/2, W/2, column, row, C): rows change first
        return reduction(norm(cells.reshaped(-1, rows, columns, 4 * width)))
    }
}

/// A larger size and fewer channels (the authors' `PatchExpand2D`, and with a factor of 4 `Final_PatchExpand2D`).
package final class PatchExpansion: Module {
    @Child("expand") var expansion: Linear
    @Child("norm") var norm: LayerNorm
    private let factor: Int

    /// - Parameters:
    ///   - factor: rows and columns for each row and column.
    ///   - inputs: channels of the map.
    ///   - outputs: channels of the result.
    package init(factor: Int, from inputs: Int, to outputs: Int) {
        self.factor = factor
        super.init()
        expansion = Linear(inputs, factor * factor * outputs, hasBias: false)
        norm = LayerNorm(outputs)
    }

    /// - Parameter map: (B, H, W, inputs).
    /// - Returns: (B, factor · H, factor · W, outputs).
    package func callAsFunction(_ map: Tensor) -> Tensor { arranged(cells(map)) }

    /// The pixels of each cell before they are arranged: (B, H, W, factor, factor, outputs).
    func cells(_ map: Tensor) -> Tensor {
        norm(expansion(map).unflattened(axis: 3, sizes: [factor, factor, -1]))
    }

    /// (B, H, W, factor, factor, C) to (B, factor · H, factor · W, C).
    func arranged(_ cells: Tensor) -> Tensor {
        let (rows, columns) = (cells.size(1), cells.size(2))
        return cells.permuted(0, 1, 3, 2, 4, 5).reshaped(-1, factor * rows, factor * columns, cells.size(5))
    }
}
