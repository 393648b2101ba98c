import Sensors

/// The arithmetic of Q2n on one block after another, with its memory.
///
/// The hypercomplex covariance is the matrix of all covariances of a band of one image with one of the other, signed and
/// summed by the table of the algebra. Bands that fill up to a power of two are constant: they add to the means only.
///
/// Samples are whole numbers of 16 bits, so sums of their products are exact, in doubles too (16384 · 65535² < 2⁵³). The
/// moments of scaled samples follow from them, and no sample is ever scaled.
struct Q2nBlock {
    private let bands: Int
    private let side: Int
    private let pixels: Int
    private let comparesLevels: Bool
    private let algebra: Hypercomplex
    private var truth: [Double]
    private var fused: [Double]
    private var products: [Double]
    private var truthMoments: [Moments]
    private var fusedMoments: [Moments]
    private var number: [Double]

    /// Exact sums over a band.
    private struct Moments {
        var sum: Int64 = 0
        /// N·Σx² − (Σx)², N² times the variance.
        var spread = 0.0
        /// By what differences from the mean are multiplied.
        var scale = 1.0

        init() {}

        init(_ samples: UnsafeBufferPointer<Double>) {
            sum = Int64(samples.blockSum)
            spread = Double(Int64(samples.count) * Int64(samples.blockSquares) - sum * sum)
        }
    }

    /// - Parameter comparesLevels: whether a block that is constant in both images is judged by how near their levels are.
    init(bands: Int, side: Int, comparesLevels: Bool = false) {
        (self.bands, self.side, pixels) = (bands, side, side * side)
        self.comparesLevels = comparesLevels
        var components = 1
        while components < bands { components *= 2 }
        algebra = Hypercomplex(count: components)
        truth = [Double](repeating: 0, count: bands * pixels)
        fused = truth
        products = [Double](repeating: 0, count: bands * bands)
        truthMoments = [Moments](repeating: Moments(), count: bands)
        fusedMoments = truthMoments
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
                        let source = values.baseAddress.unsafelyUnwrapped + (band * image.height + row) * image.width
                        let target = block.baseAddress.unsafelyUnwrapped + band * pixels + i * side
                        if isRun {
                            let run = source + first
                            for j in 0..<side { target[j] = Self.sixteenBits(run[j]) }
                        } else {
                            for j in 0..<side { target[j] = Self.sixteenBits(source[columns[j]]) }
                        }
                    }
                }
            }
        }
    }

    /// Without a call of the C library: a sum beyond 2⁵² has no room for fractions and is rounded half to even.
    @inline(__always)
    private static func sixteenBits(_ value: Double) -> Double {
        let positive = value > 0 ? value : 0
        let limited = positive < 65535 ? positive : 65535
        let whole = (limited + 0x1p52) - 0x1p52
        return limited - whole == 0.5 ? whole + 1 : whole
    }

    private mutating func index() -> Double {
        measure()
        let (bands, size) = (bands, Double(pixels))
        // The filling bands are 1 everywhere in both, and the mean of every scaled band of the reference is 1.
        let xPower = Double(algebra.count)
        var (yPower, spread) = (Double(algebra.count - bands), 0.0)
        for band in 0..<bands {
            let (x, y) = (truthMoments[band], fusedMoments[band])
            let mean = (x.sum == 0 ? Double(y.sum) : Double(y.sum - x.sum)) / size * y.scale + 1
            yPower += mean * mean
            spread += x.spread * x.scale * x.scale + y.spread * y.scale * y.scale
        }
        let bias = 2 * (xPower * yPower).squareRoot() / (xPower + yPower)
        if spread == 0 { return comparesLevels ? levels : bias }
        for i in 0..<bands {
            for j in 0..<bands {
                let sums = Int64(pixels) * Int64(products[i * bands + j]) - truthMoments[i].sum * fusedMoments[j].sum
                products[i * bands + j] = Double(sums) * truthMoments[i].scale * fusedMoments[j].scale
            }
        }
        let norm = products.withUnsafeBufferPointer {
            algebra.norm($0, bands: bands, conjugates: true, scratch: &number)
        }
        return norm * bias * 2 / spread
    }

    /// How near the levels of two constant blocks are: 2·x·y/(|x|² + |y|²), 1 where both are black.
    private var levels: Double {
        var (product, powers) = (0.0, 0.0)
        for (x, y) in zip(truthMoments, fusedMoments) {
            let (truth, fused) = (Double(x.sum), Double(y.sum))
            product += truth * fused
            powers += truth * truth + fused * fused
        }
        return powers == 0 ? 1 : 2 * product / powers
    }

    /// The moments of all bands, and how both images are scaled: by the deviation of the reference, except where that is black.
    private mutating func measure() {
        let (bands, pixels) = (bands, pixels)
        truth.withUnsafeBufferPointer { truth in
            fused.withUnsafeBufferPointer { fused in
                for band in 0..<bands {
                    let range = band * pixels..<(band + 1) * pixels
                    truthMoments[band] = Moments(UnsafeBufferPointer(rebasing: truth[range]))
                    fusedMoments[band] = Moments(UnsafeBufferPointer(rebasing: fused[range]))
                    let variance = truthMoments[band].spread / (Double(pixels) * Double(pixels - 1))
                    truthMoments[band].scale = 1 / (variance > 0 ? variance.squareRoot() : .ulpOfOne)
                    fusedMoments[band].scale = truthMoments[band].sum == 0 ? 1 : truthMoments[band].scale
                }
                products.withUnsafeMutableBufferPointer {
                    BlockProducts.compute(truth, fused, bands, bands, count: pixels, into: $0)
                }
            }
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

    var blockSquares: Double {
        var sums = (SIMD4<Double>(), SIMD4<Double>())
        for start in stride(from: 0, to: count, by: 8) {
            let (a, b) = (vector(start), vector(start + 4))
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
