/// Values for pixels without a measurement, so that filters do not carry nodata into its surroundings.
///
/// Step by step, each unknown pixel that touches known ones (of eight neighbours) becomes their mean. After n steps a
/// value depends only on pixels at most n away, so tiles that read that much of a frame agree to the bit.
package enum NodataFilling {
    private static let unknown: UInt8 = 0
    private static let known: UInt8 = 1
    /// Touches known pixels, so that it is filled in the next step.
    private static let waiting: UInt8 = 2

    /// Fills the pixels that are not valid, up to `reach` pixels away from valid ones; 0 beyond.
    ///
    /// - Parameters:
    ///   - values: (C, H, W).
    ///   - valid: (H, W), 0 where a pixel has no measurement.
    package static func fill(
        _ values: inout [Double], bands: Int, height: Int, width: Int, valid: [UInt8], reach: Int
    ) {
        let plane = height * width
        precondition(values.count == bands * plane && valid.count == plane, "a mask of another size than the image")
        var states = valid.map { $0 == 0 ? unknown : known }
        values.withUnsafeMutableBufferPointer { values in
            states.withUnsafeMutableBufferPointer { states in
                for band in 0..<bands {
                    for pixel in 0..<plane where states[pixel] == unknown { values[band * plane + pixel] = 0 }
                }
                var front: [Int] = []
                for pixel in 0..<plane where states[pixel] == unknown {
                    if neighbours(of: pixel, height: height, width: width, { states[$0] == known }) {
                        front.append(pixel)
                    }
                }
                for pixel in front { states[pixel] = waiting }
                var next: [Int] = []
                for _ in 0..<reach where !front.isEmpty {
                    for pixel in front {
                        setToMean(pixel, of: values, bands: bands, height: height, width: width, states: states)
                    }
                    for pixel in front { states[pixel] = known }
                    next.removeAll(keepingCapacity: true)
                    for pixel in front {
                        forNeighbours(of: pixel, height: height, width: width) { neighbour in
                            guard states[neighbour] == unknown else { return }
                            states[neighbour] = waiting
                            next.append(neighbour)
                        }
                    }
                    swap(&front, &next)
                }
            }
        }
    }

    /// Gives a pixel the mean of the known pixels around it, of which there is one at least.
    @inline(__always)
    private static func setToMean(
        _ pixel: Int, of values: UnsafeMutableBufferPointer<Double>, bands: Int, height: Int, width: Int,
        states: UnsafeMutableBufferPointer<UInt8>
    ) {
        for band in 0..<bands {
            let start = band * height * width
            var (sum, count) = (0.0, 0.0)
            forNeighbours(of: pixel, height: height, width: width) { neighbour in
                guard states[neighbour] == known else { return }
                sum += values[start + neighbour]
                count += 1
            }
            values[start + pixel] = sum / count
        }
    }

    @inline(__always)
    private static func neighbours(
        of pixel: Int, height: Int, width: Int, _ condition: (Int) -> Bool
    ) -> Bool {
        var result = false
        forNeighbours(of: pixel, height: height, width: width) { result = result || condition($0) }
        return result
    }

    /// Calls `body` for up to eight neighbours, row by row.
    @inline(__always)
    private static func forNeighbours(of pixel: Int, height: Int, width: Int, _ body: (Int) -> Void) {
        let (row, column) = (pixel / width, pixel % width)
        for i in max(0, row - 1)...min(height - 1, row + 1) {
            for j in max(0, column - 1)...min(width - 1, column + 1) where i != row || j != column {
                body(i * width + j)
            }
        }
    }
}
