/// How often values lie in parts of equal length between the lowest and the highest one.
struct Histogram {
    let lowest: Double
    let highest: Double
    let count: Int
    let sum: Double
    let sumOfSquares: Double
    /// The upper end of each part.
    let limits: [Double]
    /// Values in each part.
    let counts: [Int]

    /// - Parameters:
    ///   - values: finite.
    ///   - parts: of the range; 1 where all values are the same.
    init(_ values: [Float], parts: Int = 40) {
        var (lowest, highest, sum, sumOfSquares) = (Double.infinity, -Double.infinity, 0.0, 0.0)
        for value in values.lazy.map(Double.init) {
            (lowest, highest) = (min(lowest, value), max(highest, value))
            sum += value
            sumOfSquares += value * value
        }
        let width = (highest - lowest) / Double(parts)
        var counts = [Int](repeating: 0, count: width > 0 ? parts : 1)
        if width > 0 {
            for value in values { counts[min(parts - 1, Int((Double(value) - lowest) / width))] += 1 }
        } else {
            counts[0] = values.count
        }
        limits = counts.indices.map { $0 == counts.count - 1 ? highest : lowest + Double($0 + 1) * width }
        (self.lowest, self.highest, self.counts) = (lowest, highest, counts)
        (count, self.sum, self.sumOfSquares) = (values.count, sum, sumOfSquares)
    }
}
