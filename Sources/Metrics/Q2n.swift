import Sensors

/// The quality index for images of any number of bands (Q4, Q8, …), mean over blocks of 32 × 32.
///
/// Each pixel is a hypercomplex number of 2^n components; zero bands fill up. Correlation, bias of means and contrast are
/// judged jointly. As in the DLPan toolbox both images are rounded to 16 bits and saturated first, bands are scaled by mean and
/// deviation of the reference in the block, and sides that 32 does not divide are continued by their mirror image. Blocks
/// with a masked pixel are left out. Identical images give 1; where the reference is constant in a block and the fused
/// image another constant, the block gives about 0.
public struct Q2n: ReferenceMetric {
    /// Short name.
    public let name = "Q2n"
    /// Full name.
    public let title = "hypercomplex quality index"
    /// A plain number.
    public let unit = ""
    /// Blocks and rounding.
    public let variant = "blocks of 32 × 32, 16-bit samples"
    /// Origin.
    public let source = "Garzelli, Nencini, IEEE GRSL 6(4), 2009"
    /// Larger is better.
    public let higherIsBetter = true
    /// 0 to 1.
    public let range = 0.0...1

    private static let side = 32

    /// The metric has no settings.
    public init() {}

    /// The index.
    public func value(_ pair: ImagePair) throws(MetricError) -> Double {
        let blocks = try map(pair).values.filter { !$0.isNaN }
        guard !blocks.isEmpty else { throw .noValidPixels(metric: name) }
        return blocks.reduce(0, +) / Double(blocks.count)
    }

    /// The index of each block, (1, ⌈H/32⌉, ⌈W/32⌉); NaN for blocks with a masked pixel.
    public func map(_ pair: ImagePair) throws(MetricError) -> Image {
        let side = Self.side
        let (height, width) = (pair.reference.height, pair.reference.width)
        // The mirror image must be long enough to fill the last block.
        try pair.requireSide(side / 2, for: name)
        let (rows, columns) = ((height + side - 1) / side, (width + side - 1) / side)
        let algebra = Hypercomplex(count: Self.powerOfTwo(atLeast: pair.reference.bands))
        var result = Image(bands: 1, height: rows, width: columns, repeating: .nan)
        for row in 0..<rows {
            for column in 0..<columns {
                let places = Self.places(row: row, column: column, height: height, width: width)
                if let isValid = pair.isValid, places.contains(where: { !isValid[$0] }) { continue }
                result[0, row, column] = Self.block(pair, places: places, algebra: algebra)
            }
        }
        return result
    }

    private static func powerOfTwo(atLeast count: Int) -> Int {
        var result = 1
        while result < count { result *= 2 }
        return result
    }

    /// The pixels of a block, those beyond the image replaced by their mirror image.
    private static func places(row: Int, column: Int, height: Int, width: Int) -> [Int] {
        (0..<side).flatMap { i in
            let y = Border.symmetric.index(row * side + i, count: height)
            return (0..<side).map { j in
                y * width + Border.symmetric.index(column * side + j, count: width)
            }
        }
    }

    /// The index of one block.
    private static func block(_ pair: ImagePair, places: [Int], algebra: Hypercomplex) -> Double {
        let size = Double(places.count)
        let unbiased = size / (size - 1)
        var (x, y) = ([[Double]](), [[Double]]())
        for band in 0..<algebra.count {
            var truth = [Double](repeating: 0, count: places.count)
            var fused = truth
            if band < pair.reference.bands {
                let start = band * pair.reference.pixels
                truth = places.map { sixteenBits(pair.reference.values[start + $0]) }
                fused = places.map { sixteenBits(pair.fused.values[start + $0]) }
            }
            let mean = truth.reduce(0, +) / size
            let variance = truth.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (size - 1)
            let deviation = variance > 0 ? variance.squareRoot() : .ulpOfOne
            let sign: Double = band == 0 ? 1 : -1
            x.append(truth.map { ($0 - mean) / deviation + 1 })
            y.append(fused.map { sign * (mean == 0 ? $0 + 1 : ($0 - mean) / deviation + 1) })
        }
        let xMeans = x.map { $0.reduce(0, +) / size }
        let yMeans = y.map { $0.reduce(0, +) / size }
        let xPower = xMeans.reduce(0) { $0 + $1 * $1 }
        let yPower = yMeans.reduce(0) { $0 + $1 * $1 }
        let power = (x + y).reduce(0) { $0 + dot($1, $1) } / size
        let bias = 2 * (xPower * yPower).squareRoot() / (xPower + yPower)
        let spread = unbiased * (power - xPower - yPower)
        if spread == 0 { return bias }
        var covariances = [Double](repeating: 0, count: algebra.count * algebra.count)
        for i in 0..<algebra.count {
            for j in 0..<algebra.count {
                covariances[i * algebra.count + j] = dot(x[i], y[j]) / size - xMeans[i] * yMeans[j]
            }
        }
        let squared = algebra.contract(covariances).reduce(0) { $0 + $1 * $1 }
        return unbiased * squared.squareRoot() * bias * 2 / spread
    }

    /// A sample as a 16-bit unsigned integer: rounded half away from zero, saturated.
    private static func sixteenBits(_ value: Double) -> Double { min(max(value.rounded(), 0), 65535) }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double {
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                var partial = SIMD8<Double>.zero
                // Blocks have 1024 pixels, a multiple of the lanes.
                for start in stride(from: 0, to: a.count, by: 8) {
                    let left = UnsafeRawPointer(a.baseAddress.unsafelyUnwrapped + start)
                    let right = UnsafeRawPointer(b.baseAddress.unsafelyUnwrapped + start)
                    partial += left.loadUnaligned(as: SIMD8<Double>.self) * right.loadUnaligned(as: SIMD8<Double>.self)
                }
                return partial.sum()
            }
        }
    }
}
