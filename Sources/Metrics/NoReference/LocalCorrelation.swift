import Sensors

/// One of two planes between which correlations in small windows are computed: with each sample's own local mean taken
/// off, and the local sums of squares.
///
/// The window of a pixel covers rows i − w + 1 … i + w and as many columns; beyond the scene both samples and centred
/// samples are 0. The mean that is taken off is that of the window around each sample, not of the window that is summed
/// over, so a correlation may lie a little beyond ±1.
struct LocallyCentred {
    private let halfWidth: Int
    private let region: PixelRegion
    /// Centred samples of the region and what windows reach around it.
    private let centred: Plane
    private let power: Plane

    /// Pixels around a region that are read for it.
    static func reach(halfWidth: Int) -> Int { 2 * halfWidth }

    /// - Parameters:
    ///   - samples: those of `area`, which holds the region and ``reach(halfWidth:)`` around it as far as the scene goes.
    ///   - height: rows of the scene.
    ///   - width: columns of the scene.
    init(
        _ samples: Plane, area: PixelRegion, region: PixelRegion, halfWidth: Int, height: Int, width: Int
    ) {
        self.halfWidth = halfWidth
        self.region = region
        // Everything on one frame: the region with the reach of two windows, 0 beyond the scene.
        let (before, after) = (halfWidth - 1, halfWidth)
        let top = region.rows.lowerBound - 2 * before
        let left = region.columns.lowerBound - 2 * before
        let frame = 2 * (before + after)
        var framed = Plane(height: region.rows.count + frame, width: region.columns.count + frame)
        let columns = (left..<left + framed.width).clamped(to: area.columns)
        for row in 0..<framed.height where area.rows.contains(top + row) && !columns.isEmpty {
            let source =
                (top + row - area.rows.lowerBound) * samples.width + columns.lowerBound - area.columns.lowerBound
            let target = row * framed.width + columns.lowerBound - left
            framed.values.replaceSubrange(
                target..<target + columns.count, with: samples.values[source..<source + columns.count])
        }
        let side = 2 * halfWidth
        let sums = framed.boxSums(side: side)
        var centred = Plane(height: sums.height, width: sums.width)
        let size = Double(side * side)
        let inside = (left + before..<left + before + sums.width).clamped(to: 0..<width)
        for row in 0..<sums.height where (0..<height).contains(top + before + row) {
            let first = inside.lowerBound - left - before
            let sample = (row + before) * framed.width + before
            for column in first..<first + inside.count {
                let place = row * sums.width + column
                centred.values[place] = framed.values[sample + column] - sums.values[place] / size
            }
        }
        self.centred = centred
        power = (centred * centred).boxSums(side: side)
    }

    /// The correlation with another plane at the pixels of the region.
    func correlation(with other: LocallyCentred) -> Plane {
        var result = (centred * other.centred).boxSums(side: 2 * halfWidth)
        result.values.withUnsafeMutableBufferPointer { products in
            power.values.withUnsafeBufferPointer { a in
                other.power.values.withUnsafeBufferPointer { b in
                    for place in products.indices {
                        products[place] /= (max(a[place], 1e-20) * max(b[place], 1e-20)).squareRoot() + 1e-20
                    }
                }
            }
        }
        return result
    }
}

extension Plane {
    /// A plane of zeros.
    init(height: Int, width: Int) {
        self.init(height: height, width: width, values: [Double](repeating: 0, count: height * width))
    }
}
