import Sensors

/// The point spread function between two images, found from them: the taps b that make of the sharp bands what the response makes
/// of the hyperspectral ones, R·Y ≈ D(sharp ∗ b).
///
/// Least squares with λ times the squared differences of neighbouring taps, which sum to 1 afterwards. The taps reach r + 1 pixels
/// to each side of the place of a coarse sample.
package struct BlurEstimate: Sendable {
    /// Taps on each side of the centre.
    package let radius: Int
    /// (2·radius + 1)², row by row; b(d) weighs the pixel at distance d from the sample's place.
    package let taps: [Double]

    /// Estimates the taps; equal ones where the images tell nothing, as when both are constant.
    ///
    /// - Parameters:
    ///   - sharp: (sharp bands, H, W).
    ///   - observed: R·Y, (sharp bands, h, w).
    ///   - ratio: r.
    ///   - smoothness: λ.
    package init(sharp: Image, observed: Image, ratio: Int, smoothness: Double) {
        let radius = ratio + 1
        let (side, count) = (2 * radius + 1, (2 * radius + 1) * (2 * radius + 1))
        var gram = Matrix(rows: count, columns: count)
        var products = [Double](repeating: 0, count: count)
        for band in 0..<sharp.bands {
            let surroundings = Self.surroundings(of: sharp, band: band, coarse: observed, ratio: ratio, radius: radius)
            guard surroundings.patches.columns > 0 else { continue }
            let own = surroundings.patches.timesTransposed(surroundings.patches)
            for index in own.values.indices { gram.values[index] += own.values[index] }
            let target = surroundings.patches.timesTransposed(surroundings.observed)
            for index in products.indices { products[index] += target.values[index] }
        }
        for row in 0..<side {
            for column in 0..<side {
                let tap = row * side + column
                for next in [column + 1 < side ? tap + 1 : nil, row + 1 < side ? tap + side : nil].compactMap({ $0 }) {
                    gram[tap, tap] += smoothness
                    gram[next, next] += smoothness
                    gram[tap, next] -= smoothness
                    gram[next, tap] -= smoothness
                }
            }
        }
        let solved = LeastSquares.solution(gram.values, products)?.values ?? []
        let sum = solved.reduce(0, +)
        self.radius = radius
        taps =
            sum > 0.1 && sum.isFinite
            ? solved.map { $0 / sum } : [Double](repeating: 1 / Double(count), count: count)
    }

    /// For every coarse sample whose taps lie in the scene the pixels around its place, and what was observed there.
    private static func surroundings(
        of sharp: Image, band: Int, coarse: Image, ratio: Int, radius: Int
    ) -> (patches: Matrix, observed: Matrix) {
        func places(_ count: Int, _ length: Int) -> [Int] {
            (0..<count).filter { $0 * ratio + ratio / 2 >= radius && $0 * ratio + ratio / 2 + radius < length }
        }
        let (rows, columns) = (places(coarse.height, sharp.height), places(coarse.width, sharp.width))
        let side = 2 * radius + 1
        let pixels = rows.count * columns.count
        var patches = Matrix(rows: side * side, columns: pixels)
        var observed = Matrix(rows: 1, columns: pixels)
        for (i, row) in rows.enumerated() {
            for (j, column) in columns.enumerated() {
                observed.values[i * columns.count + j] = coarse[band, row, column]
                let (top, left) = (row * ratio + ratio / 2 - radius, column * ratio + ratio / 2 - radius)
                for tap in 0..<side * side {
                    patches.values[tap * pixels + i * columns.count + j] =
                        sharp[band, top + tap / side, left + tap % side]
                }
            }
        }
        return (patches, observed)
    }
}
