import Sensors

/// The arithmetic of Q2n on one block after another, with its memory.
///
/// The hypercomplex covariance is the matrix of all covariances of a band of one image with one of the other, signed and
/// summed by the table of the algebra. Bands that fill up to a power of two are constant: they add to the means only.
struct Q2nBlock {
    private let bands: Int
    private let side: Int
    private let pixels: Int
    private let algebra: Hypercomplex
    private var truth: [Double]
    private var fused: [Double]
    private var products: [Double]
    private var number: [Double]

    init(bands: Int, side: Int) {
        (self.bands, self.side, pixels) = (bands, side, side * side)
        var components = 1
        while components < bands { components *= 2 }
        algebra = Hypercomplex(count: components)
        truth = [Double](repeating: 0, count: bands * pixels)
        fused = truth
        products = [Double](repeating: 0, count: bands * bands)
        number = [Double](repeating: 0, count: components)
    }

    /// The index of a block.
    ///
    /// - Parameters:
    ///   - rows: the rows of the block in the tile's area.
    ///   - columns: its columns.
    mutating func index(_ tile: PairTile, rows: [Int], columns: [Int]) -> Double {
        gather(tile.reference, rows, columns, into: &truth)
        gather(tile.fused, rows, columns, into: &fused)
        return index()
    }

    /// A block of every band as 16-bit unsigned integers: rounded half away from zero, saturated.
    private func gather(_ image: Image, _ rows: [Int], _ columns: [Int], into block: inout [Double]) {
        let (first, isRun) = (columns[0], columns[columns.count - 1] - columns[0] == columns.count - 1)
        image.values.withUnsafeBufferPointer { values in
            block.withUnsafeMutableBufferPointer { block in
                for band in 0..<bands {
                    for (i, row) in rows.enumerated() {
                        let source = (band * image.height + row) * image.width
                        let target = band * pixels + i * side
                        if isRun {
                            for j in 0..<side { block[target + j] = Self.sixteenBits(values[source + first + j]) }
                        } else {
                            for j in 0..<side { block[target + j] = Self.sixteenBits(values[source + columns[j]]) }
                        }
                    }
                }
            }
        }
    }

    /// Without a call of the C library: samples in range become whole by truncation of what is half more.
    @inline(__always)
    private static func sixteenBits(_ value: Double) -> Double {
        let limited = min(max(value, 0), 65535)
        let whole = Double(Int32(limited))
        return limited - whole >= 0.5 ? whole + 1 : whole
    }

    private mutating func index() -> Double {
        let size = Double(pixels)
        let unbiased = size / (size - 1)
        let (bands, pixels) = (bands, pixels)
        // The filling bands are 1 everywhere in both.
        let filling = Double(algebra.count - bands)
        var (xPower, yPower, power) = (filling, filling, 2 * filling)
        let spread = truth.withUnsafeMutableBufferPointer { truth in
            fused.withUnsafeMutableBufferPointer { fused in
                products.withUnsafeMutableBufferPointer { products in
                    for band in 0..<bands {
                        let range = band * pixels..<(band + 1) * pixels
                        let x = UnsafeMutableBufferPointer(rebasing: truth[range])
                        let y = UnsafeMutableBufferPointer(rebasing: fused[range])
                        Self.scale(x, y)
                    }
                    var (xMeans, yMeans) = ([Double](), [Double]())
                    for band in 0..<bands {
                        let range = band * pixels..<(band + 1) * pixels
                        xMeans.append(UnsafeBufferPointer(rebasing: truth[range]).blockSum / size)
                        yMeans.append(UnsafeBufferPointer(rebasing: fused[range]).blockSum / size)
                        xPower += xMeans[band] * xMeans[band]
                        yPower += yMeans[band] * yMeans[band]
                        let x = UnsafeBufferPointer(rebasing: truth[range])
                        let y = UnsafeBufferPointer(rebasing: fused[range])
                        power += (x.blockSquares + y.blockSquares) / size
                    }
                    BlockProducts.compute(
                        UnsafeBufferPointer(truth), UnsafeBufferPointer(fused), bands, bands, count: pixels,
                        into: products)
                    for i in 0..<bands {
                        for j in 0..<bands {
                            products[i * bands + j] = products[i * bands + j] / size - xMeans[i] * yMeans[j]
                        }
                    }
                    return unbiased * (power - xPower - yPower)
                }
            }
        }
        let bias = 2 * (xPower * yPower).squareRoot() / (xPower + yPower)
        if spread == 0 { return bias }
        let norm = products.withUnsafeBufferPointer {
            algebra.norm($0, bands: bands, conjugates: true, scratch: &number)
        }
        return unbiased * norm * bias * 2 / spread
    }

    /// Scales a band of both images by mean and deviation of the first.
    private static func scale(_ x: UnsafeMutableBufferPointer<Double>, _ y: UnsafeMutableBufferPointer<Double>) {
        let size = Double(x.count)
        let mean = UnsafeBufferPointer(x).blockSum / size
        let variance = UnsafeBufferPointer(x).blockSpread(about: mean) / (size - 1)
        let deviation = variance > 0 ? variance.squareRoot() : .ulpOfOne
        for pixel in 0..<x.count { x[pixel] = (x[pixel] - mean) / deviation + 1 }
        if mean == 0 {
            for pixel in 0..<y.count { y[pixel] += 1 }
        } else {
            for pixel in 0..<y.count { y[pixel] = (y[pixel] - mean) / deviation + 1 }
        }
    }
}

/// Sums over blocks, whose pixels are a multiple of eight.
extension UnsafeBufferPointer<Double> {
    var blockSum: Double {
        var sums = (SIMD4<Double>(), SIMD4<Double>())
        for start in stride(from: 0, to: count, by: 8) {
            sums.0 += vector(start)
            sums.1 += vector(start + 4)
        }
        return (sums.0 + sums.1).sum()
    }

    var blockSquares: Double { blockSpread(about: 0) }

    func blockSpread(about mean: Double) -> Double {
        var sums = (SIMD4<Double>(), SIMD4<Double>())
        for start in stride(from: 0, to: count, by: 8) {
            let (a, b) = (vector(start) - mean, vector(start + 4) - mean)
            sums.0 += a * a
            sums.1 += b * b
        }
        return (sums.0 + sums.1).sum()
    }
}

/// The sums of products of every row of one matrix with every row of another.
enum BlockProducts {
    /// - Parameters:
    ///   - a: `rows` × `count` numbers, `count` a multiple of four.
    ///   - b: `columns` × `count` numbers.
    ///   - products: room for `rows` × `columns` sums.
    static func compute(
        _ a: UnsafeBufferPointer<Double>, _ b: UnsafeBufferPointer<Double>, _ rows: Int, _ columns: Int, count: Int,
        into products: UnsafeMutableBufferPointer<Double>
    ) {
        for row in stride(from: 0, to: rows, by: 2) {
            for column in stride(from: 0, to: columns, by: 2) {
                // The last row or column of an odd number is computed twice.
                let (nextRow, nextColumn) = (min(row + 1, rows - 1), min(column + 1, columns - 1))
                let (x0, x1) = (row * count, nextRow * count)
                let (y0, y1) = (column * count, nextColumn * count)
                var (s00, s01, s10, s11) = (SIMD4<Double>(), SIMD4<Double>(), SIMD4<Double>(), SIMD4<Double>())
                for pixel in stride(from: 0, to: count, by: 4) {
                    let (u, v) = (a.vector(x0 + pixel), a.vector(x1 + pixel))
                    let (p, q) = (b.vector(y0 + pixel), b.vector(y1 + pixel))
                    s00 += u * p
                    s01 += u * q
                    s10 += v * p
                    s11 += v * q
                }
                products[nextRow * columns + nextColumn] = s11.sum()
                products[nextRow * columns + column] = s10.sum()
                products[row * columns + nextColumn] = s01.sum()
                products[row * columns + column] = s00.sum()
            }
        }
    }
}
