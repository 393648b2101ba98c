/// The low pass of a pyramid of half gradients: each level is the mean of dilation and erosion of the one below, halved.
///
/// The structuring element is the 3 × 3 cross; pixels beyond the edge do not count. The first level keeps odd rows and
/// columns, later ones even ones. The last level is brought back by bilinear enlargement to the size of each finer level.
/// Restaino, Vivone, Dalla Mura, Chanussot, "Fusion of multispectral and panchromatic images based on morphological
/// operators", IEEE TIP 25(6), 2016.
///
/// Quirk: the published program stores the size of inner levels as (rows, rows), which is right for square images only;
/// here it is (rows, columns).
public struct MorphologicalPyramid: Sendable, Hashable {
    /// Halvings.
    public let levels: Int

    /// A pyramid whose last level has 1/2^levels of the size.
    public init(levels: Int) {
        precondition(levels >= 1, "\(levels) levels")
        self.levels = levels
    }

    /// Pixels on each side of an output that it depends on, at most.
    public var reach: Int { 10 << levels }

    /// Samples of an axis at each level.
    private func sizes(_ count: Int) -> [Int] {
        (0..<levels).reduce(into: [count]) { sizes, level in
            let below = sizes[level]
            sizes.append(level == 0 ? below / 2 : (below + 1) / 2)
        }
    }

    /// For each level the stretch of an axis that enlarging reads.
    private func enlarged(_ outputs: Range<Int>, sizes: [Int]) -> [Range<Int>] {
        (0..<levels).reduce(into: [outputs]) { ranges, level in
            ranges.append(
                Resize.inputs(
                    of: ranges[level], count: sizes[level + 1],
                    scale: Double(sizes[level]) / Double(sizes[level + 1]), kernel: .bilinear))
        }
    }

    /// For each level the stretch of an axis that the levels above are made from.
    private func reduced(_ last: Range<Int>, sizes: [Int]) -> [Range<Int>] {
        var ranges = [last]
        for level in (0..<levels).reversed() {
            let above = ranges[0]
            let first = level == 0 ? 1 : 0
            ranges.insert(
                max(0, 2 * above.lowerBound + first - 1)..<min(sizes[level], 2 * (above.upperBound - 1) + first + 2),
                at: 0)
        }
        return ranges
    }

    /// The low pass of a part of a scene.
    ///
    /// - Parameters:
    ///   - window: one band, the pixels of the scene within ``reach`` of the region; the scene has at least 2 × 2 pixels.
    ///   - region: the pixels wanted.
    /// - Returns: (1, rows, columns) of the region.
    public func apply(to window: SceneWindow, region: PixelRegion) -> Image {
        let (heights, widths) = (sizes(window.sceneHeight), sizes(window.sceneWidth))
        let (rows, columns) = (enlarged(region.rows, sizes: heights), enlarged(region.columns, sizes: widths))
        let readRows = reduced(rows[levels], sizes: heights)
        let readColumns = reduced(columns[levels], sizes: widths)
        var current = window.samples(of: PixelRegion(rows: readRows[0], columns: readColumns[0]))
        for level in 0..<levels {
            let first = level == 0 ? 1 : 0
            current = Self.halve(
                current, rows: readRows[level + 1].map { 2 * $0 + first - readRows[level].lowerBound },
                columns: readColumns[level + 1].map { 2 * $0 + first - readColumns[level].lowerBound })
        }
        for level in (0..<levels).reversed() {
            let coarse = SceneWindow(
                current, region: PixelRegion(rows: rows[level + 1], columns: columns[level + 1]),
                sceneHeight: heights[level + 1], sceneWidth: widths[level + 1])
            current = AxisOperator.apply(
                rows: Resize.operation(
                    outputs: rows[level], scale: Double(heights[level]) / Double(heights[level + 1]),
                    kernel: .bilinear),
                columns: Resize.operation(
                    outputs: columns[level], scale: Double(widths[level]) / Double(widths[level + 1]),
                    kernel: .bilinear),
                to: coarse, border: .symmetric)
        }
        return current
    }

    /// The mean of the largest and the smallest pixel of the cross around each place; a neighbour that the image lacks
    /// lies beyond the edge of the scene.
    private static func halve(_ image: Image, rows: [Int], columns: [Int]) -> Image {
        var result = Image(bands: 1, height: rows.count, width: columns.count)
        image.values.withUnsafeBufferPointer { values in
            result.values.withUnsafeMutableBufferPointer { result in
                for (target, row) in rows.enumerated() {
                    let line = row * image.width
                    // At the edge the pixel itself stands for the missing neighbour: it changes neither extreme.
                    let above = row > 0 ? line - image.width : line
                    let below = row + 1 < image.height ? line + image.width : line
                    for (place, column) in columns.enumerated() {
                        let left = column > 0 ? column - 1 : column
                        let right = column + 1 < image.width ? column + 1 : column
                        let centre = values[line + column]
                        let (north, south) = (values[above + column], values[below + column])
                        let (west, east) = (values[line + left], values[line + right])
                        let largest = max(max(max(north, south), max(west, east)), centre)
                        let smallest = min(min(min(north, south), min(west, east)), centre)
                        result[target * columns.count + place] = (largest + smallest) / 2
                    }
                }
            }
        }
        return result
    }
}
