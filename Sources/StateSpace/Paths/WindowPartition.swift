import Torch

/// A map cut into square windows that become the batch (LE-Mamba, Cao et al. 2024), so that nothing crosses their borders.
/// The order is: batch, row of windows, column of windows. The tokens of a map's windows, one window after the other, are
/// those of ``ScanPath/windows(_:_:)`` by rows.
public struct WindowPartition: Hashable, Sendable {
    /// The side of a window in pixels.
    public let window: Int
    /// Rows of the map.
    public let height: Int
    /// Columns of the map.
    public let width: Int

    /// Windows in a map.
    public var count: Int { (height / window) * (width / window) }

    /// A partition of maps of one size.
    ///
    /// - Throws: ``ScanPathError`` for a size or window below 1, for 2³¹ pixels or more, and where the window doesn't divide
    ///   the map: fill the map up first.
    public init(window: Int, height: Int, width: Int) throws(ScanPathError) {
        _ = try ScanPath.windows(window).length(height: height, width: width)
        guard height % window == 0, width % window == 0 else {
            throw ScanPathError(
                message: "windows of \(window) don't divide a map of \(height) × \(width) pixels; fill it up to "
                    + "multiples of \(window).")
        }
        (self.window, self.height, self.width) = (window, height, width)
    }

    /// - Parameter map: (B, height, width, D).
    /// - Returns: (B · ``count``, window, window, D).
    /// - Throws: ``ScanPathError`` for another shape.
    public func windows(of map: Tensor) throws(ScanPathError) -> Tensor {
        let shape = map.shape
        guard shape.count == 4, shape[1] == height, shape[2] == width else {
            throw ScanPathError(message: "a map of shape \(shape); it must be (B, \(height), \(width), D).")
        }
        return map.unflattened(axis: 2, sizes: [width / window, window])
            .unflattened(axis: 1, sizes: [height / window, window])
            .transposed(2, 3).flattened(from: 0, to: 2)
    }

    /// - Parameter windows: (B · ``count``, window, window, D).
    /// - Returns: (B, height, width, D).
    /// - Throws: ``ScanPathError`` for another shape.
    public func map(of windows: Tensor) throws(ScanPathError) -> Tensor {
        let shape = windows.shape
        guard shape.count == 4, shape[0] % count == 0, shape[1] == window, shape[2] == window else {
            throw ScanPathError(
                message: "windows of shape \(shape); they must be (B · \(count), \(window), \(window), D).")
        }
        return windows.unflattened(axis: 0, sizes: [shape[0] / count, height / window, width / window])
            .transposed(2, 3).flattened(from: 3, to: 4).flattened(from: 1, to: 2)
    }
}
