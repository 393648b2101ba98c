/// The dual-tree complex wavelet transform of a plane (Kingsbury 2001; Selesnick, Baraniuk, Kingsbury 2005, section "2-D dual-tree"):
/// four separable transforms whose filters lie half a sample apart, so that their coefficients together are the real and
/// imaginary parts of wavelets in six directions, which hardly depend on where a pattern lies.
///
/// Rows and columns are continued in a circle; sides are multiples of 2^levels.
struct DualTree {
    /// The coefficients of each tree: low frequencies first, along both axes and at every level. Trees differ along rows
    /// in their index's first bit and along columns in the second one.
    var trees: [[Float]]
    let height: Int
    let width: Int
    let levels: Int

    /// The transform of a plane (H, W).
    init(_ plane: [Float], height: Int, width: Int, levels: Int) {
        precondition(height % (1 << levels) == 0 && width % (1 << levels) == 0, "sides of \(height) and \(width)")
        (self.height, self.width, self.levels) = (height, width, levels)
        trees = (0..<4).map { tree in
            var values = plane
            for level in 0..<levels {
                let (rows, columns) = (height >> level, width >> level)
                for row in 0..<rows {
                    Self.filters(level, tree & 1).analyse(&values, start: row * width, step: 1, count: columns)
                }
                for column in 0..<columns {
                    Self.filters(level, tree >> 1).analyse(&values, start: column, step: width, count: rows)
                }
            }
            return values
        }
    }

    /// The plane that has these coefficients: the mean of what the trees say.
    func plane() -> [Float] {
        var sum = [Float](repeating: 0, count: height * width)
        for (tree, coefficients) in trees.enumerated() {
            var values = coefficients
            for level in (0..<levels).reversed() {
                let (rows, columns) = (height >> level, width >> level)
                for column in 0..<columns {
                    Self.filters(level, tree >> 1).synthesise(&values, start: column, step: width, count: rows)
                }
                for row in 0..<rows {
                    Self.filters(level, tree & 1).synthesise(&values, start: row * width, step: 1, count: columns)
                }
            }
            for index in sum.indices { sum[index] += values[index] / 4 }
        }
        return sum
    }

    private static func filters(_ level: Int, _ tree: Int) -> OrthogonalFilters {
        (level == 0 ? first : quarterShift)[tree]
    }

    /// The first level's: one filter, a sample later in the other tree (Abdelnour, Selesnick 2001).
    private static let first = [
        OrthogonalFilters(
            low: [
                0, -0.088_388_347_65, 0.088_388_347_65, 0.695_879_989_03, 0.695_879_989_03, 0.088_388_347_65,
                -0.088_388_347_65, 0.011_226_792_15, 0.011_226_792_15, 0,
            ]),
        OrthogonalFilters(
            low: [
                0.011_226_792_15, 0.011_226_792_15, -0.088_388_347_65, 0.088_388_347_65, 0.695_879_989_03,
                0.695_879_989_03, 0.088_388_347_65, -0.088_388_347_65, 0, 0,
            ]),
    ]

    /// The other levels': a filter of six taps that delays by a quarter of a sample, and its reverse (Kingsbury 2001).
    private static let quarterShift: [OrthogonalFilters] = {
        let filters = OrthogonalFilters(
            low: [
                0.035_163_84, 0, -0.088_329_42, 0.233_890_32, 0.760_272_37, 0.587_518_30, 0, -0.114_301_84, 0, 0,
            ])
        return [filters, filters.reversed]
    }()
}

/// A low and a high pass that share the energy of a signal.
private struct OrthogonalFilters {
    let low: [Float]
    let high: [Float]

    /// The high pass is the low pass reversed, with alternating signs.
    init(low: [Float]) {
        self.init(low: low, high: low.indices.map { ($0 % 2 == 0 ? 1 : -1) * low[low.count - 1 - $0] })
    }

    private init(low: [Float], high: [Float]) { (self.low, self.high) = (low, high) }

    var reversed: OrthogonalFilters { OrthogonalFilters(low: low.reversed(), high: high.reversed()) }

    /// Replaces a line of an even number of samples by its low frequencies, then its high ones.
    func analyse(_ values: inout [Float], start: Int, step: Int, count: Int) {
        var line = [Float](repeating: 0, count: count)
        values.withUnsafeMutableBufferPointer { values in
            line.withUnsafeMutableBufferPointer { line in
                for index in 0..<count { line[index] = values[start + index * step] }
                for index in 0..<count / 2 {
                    var (lowSum, highSum): (Float, Float) = (0, 0)
                    for tap in low.indices {
                        let sample = line[(2 * index + tap) % count]
                        lowSum += low[tap] * sample
                        highSum += high[tap] * sample
                    }
                    values[start + index * step] = lowSum
                    values[start + (count / 2 + index) * step] = highSum
                }
            }
        }
    }

    /// The inverse of ``analyse(_:start:step:count:)``, which is its transpose.
    func synthesise(_ values: inout [Float], start: Int, step: Int, count: Int) {
        var line = [Float](repeating: 0, count: count)
        values.withUnsafeMutableBufferPointer { values in
            line.withUnsafeMutableBufferPointer { line in
                for index in 0..<count / 2 {
                    let (lowValue, highValue) = (
                        values[start + index * step], values[start + (count / 2 + index) * step]
                    )
                    for tap in low.indices {
                        line[(2 * index + tap) % count] += low[tap] * lowValue + high[tap] * highValue
                    }
                }
                for index in 0..<count { values[start + index * step] = line[index] }
            }
        }
    }
}
