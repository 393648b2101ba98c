import Torch

extension ScanPath {
    /// The permutation of a map's pixels and its inverse, from the cache where they have been made before.
    ///
    /// - Parameters:
    ///   - height: rows of the map, 1 or more.
    ///   - width: columns of the map, 1 or more.
    ///   - device: where the tensors shall lie.
    /// - Returns: `pixels`, the pixel of each token in the order of time, and `positions`, the token of each pixel; both
    ///   (L), int32, L = images · height · width. They are shared: don't change their elements.
    /// - Throws: ``ScanPathError`` for a size, a window or a number of images below 1, and for 2³¹ pixels or more.
    public func permutation(
        height: Int, width: Int, device: Device = .cpu
    ) throws(ScanPathError) -> (pixels: Tensor, positions: Tensor) {
        let paths = try ScanPaths([self], height: height, width: width, device: device)
        return (paths.pixels[.at(0)], paths.positions[.at(0)])
    }

    /// L, the number of tokens, for a map of a size.
    func length(height: Int, width: Int) throws(ScanPathError) -> Int {
        if let window, window < 1 {
            throw ScanPathError(message: "a window of \(window) pixels; give 1 or more.")
        }
        guard images >= 1 else { throw ScanPathError(message: "\(images) images; give 1 or more.") }
        return try MapSize(height, width).pixels(images: images)
    }

    /// Writes the permutation and its inverse, of ``length(height:width:)`` elements each.
    func write(
        height: Int, width: Int, pixels: UnsafeMutableBufferPointer<Int32>,
        positions: UnsafeMutableBufferPointer<Int32>
    ) {
        let (windowHeight, windowWidth) = (min(window ?? height, height), min(window ?? width, width))
        let (windowRows, windowColumns) = (
            (height + windowHeight - 1) / windowHeight, (width + windowWidth - 1) / windowWidth
        )
        let (isByRows, isReversed) = (direction.isByRows, direction.isReversed)
        let windows = windowRows * windowColumns
        // Of windows and of pixels, `slow` counts what changes rarely: rows of them for a direction by rows.
        let fastWindows = isByRows ? windowColumns : windowRows
        let (rowStep, columnStep) = isReversed ? (-width, -1) : (width, 1)
        let (slowStep, fastStep) = isByRows ? (rowStep, columnStep) : (columnStep, rowStep)
        var token = 0
        for visited in 0..<windows {
            let (slow, fast) = (isReversed ? windows - 1 - visited : visited).quotientAndRemainder(
                dividingBy: fastWindows)
            let (windowRow, windowColumn) = isByRows ? (slow, fast) : (fast, slow)
            let (top, left) = (windowRow * windowHeight, windowColumn * windowWidth)
            let (bottom, right) = (min(top + windowHeight, height), min(left + windowWidth, width))
            let (slowCount, fastCount) = isByRows ? (bottom - top, right - left) : (right - left, bottom - top)
            let first = isReversed ? (bottom - 1) * width + right - 1 : top * width + left
            for image in 0..<images {
                var line = image * height * width + first
                for _ in 0..<slowCount {
                    var pixel = line
                    for _ in 0..<fastCount {
                        pixels[token] = Int32(truncatingIfNeeded: pixel)
                        positions[pixel] = Int32(truncatingIfNeeded: token)
                        token += 1
                        pixel += fastStep
                    }
                    line += slowStep
                }
            }
        }
    }
}

/// Rows and columns of a map that can have scan paths.
package struct MapSize: Hashable, Sendable {
    let height: Int
    let width: Int

    package init(_ height: Int, _ width: Int) throws(ScanPathError) {
        guard height >= 1, width >= 1 else {
            throw ScanPathError(
                message: "a map of \(height) × \(width) pixels; it has at least one row and one column.")
        }
        (self.height, self.width) = (height, width)
    }

    /// The pixels of several maps of this size, as far as int32 can count them.
    func pixels(images: Int = 1) throws(ScanPathError) -> Int {
        let (map, overflow) = height.multipliedReportingOverflow(by: width)
        let (all, overflowOfAll) = map.multipliedReportingOverflow(by: images)
        guard !overflow, !overflowOfAll, all <= Int(Int32.max) else {
            throw ScanPathError(
                message: "\(images == 1 ? "a map" : "\(images) maps") of \(height) × \(width) pixels; at most "
                    + "\(Int32.max) pixels can be counted. Cut it into tiles.")
        }
        return all
    }
}
