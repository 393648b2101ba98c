/// The mean, or the standard deviation, of the pixels in a square around each.
public struct BoxFilter: Sendable, Hashable {
    /// Pixels on each side of the centre; the square has the side 2·radius + 1.
    public let radius: Int

    /// A filter whose square has an odd side.
    public init(radius: Int) {
        precondition(radius >= 0, "a radius of \(radius)")
        self.radius = radius
    }

    /// The mean of each square.
    ///
    /// - Parameters:
    ///   - window: the pixels of the scene within ``radius`` of the outputs.
    ///   - border: what lies beyond the edge of the scene.
    /// - Returns: (C, rows, columns).
    public func mean(
        of window: SceneWindow, rows: Range<Int>, columns: Range<Int>, border: Border = .replicate
    ) -> Image {
        let side = 2 * radius + 1
        return sums(of: window, rows: rows, columns: columns, border: border, weight: 1 / Double(side))
    }

    /// The standard deviation of each square, with the divisor n − 1 (MATLAB's `stdfilt`); border: symmetric.
    ///
    /// - Parameter window: the pixels of the scene within ``radius`` of the outputs.
    /// - Returns: (C, rows, columns).
    public func deviation(of window: SceneWindow, rows: Range<Int>, columns: Range<Int>) -> Image {
        let count = Double((2 * radius + 1) * (2 * radius + 1))
        var squares = window.image
        for index in squares.values.indices { squares.values[index] *= squares.values[index] }
        let sums = sums(of: window, rows: rows, columns: columns, border: .symmetric, weight: 1)
        var result = self.sums(
            of: SceneWindow(
                squares, region: window.region, sceneHeight: window.sceneHeight, sceneWidth: window.sceneWidth),
            rows: rows, columns: columns, border: .symmetric, weight: 1)
        result.values.withUnsafeMutableBufferPointer { result in
            sums.values.withUnsafeBufferPointer { sums in
                for index in result.indices {
                    let variance =
                        result[index] / (count - 1) - sums[index] * sums[index] / (count * (count - 1))
                    result[index] = max(variance, 0).squareRoot()
                }
            }
        }
        return result
    }

    private func sums(
        of window: SceneWindow, rows: Range<Int>, columns: Range<Int>, border: Border, weight: Double
    ) -> Image {
        func operation(_ outputs: Range<Int>) -> AxisOperator {
            AxisOperator(
                weights: [[Double](repeating: weight, count: 2 * radius + 1)],
                outputs: outputs.map { .init(first: $0 - radius, weights: 0) })
        }
        return AxisOperator.apply(rows: operation(rows), columns: operation(columns), to: window, border: border)
    }
}
