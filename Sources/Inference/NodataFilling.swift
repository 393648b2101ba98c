/// Values for pixels without a measurement, so that filters do not carry nodata into its surroundings.
///
/// Step by step, each unknown pixel that touches known ones (of eight neighbours) becomes their mean. After n steps a
/// value depends only on pixels at most n away, so tiles that read that much of a frame agree to the bit.
enum NodataFilling {
    /// Fills the pixels that are not valid, up to `reach` pixels away from valid ones; 0 beyond.
    ///
    /// - Parameters:
    ///   - values: (C, H, W).
    ///   - valid: (H, W), 0 where a pixel has no measurement.
    static func fill(
        _ values: inout [Double], bands: Int, height: Int, width: Int, valid: [UInt8], reach: Int
    ) {
        let plane = height * width
        var known = valid
        for pixel in 0..<plane where valid[pixel] == 0 {
            for band in 0..<bands { values[band * plane + pixel] = 0 }
        }
        var frontier = (0..<plane).filter { valid[$0] == 0 }
        for _ in 0..<reach where !frontier.isEmpty {
            var filled: [(pixel: Int, neighbours: [Int])] = []
            var rest: [Int] = []
            for pixel in frontier {
                let neighbours = neighbours(of: pixel, height: height, width: width).filter { known[$0] != 0 }
                if neighbours.isEmpty { rest.append(pixel) } else { filled.append((pixel, neighbours)) }
            }
            if filled.isEmpty { return }
            for (pixel, neighbours) in filled {
                for band in 0..<bands {
                    var sum = 0.0
                    for neighbour in neighbours { sum += values[band * plane + neighbour] }
                    values[band * plane + pixel] = sum / Double(neighbours.count)
                }
            }
            for (pixel, _) in filled { known[pixel] = 1 }
            frontier = rest
        }
    }

    private static func neighbours(of pixel: Int, height: Int, width: Int) -> [Int] {
        let (row, column) = (pixel / width, pixel % width)
        var result: [Int] = []
        for i in max(0, row - 1)...min(height - 1, row + 1) {
            for j in max(0, column - 1)...min(width - 1, column + 1) where i != row || j != column {
                result.append(i * width + j)
            }
        }
        return result
    }
}
