/// Percentiles with MATLAB's `prctile` definition: the k-th of n sorted values is the 100·(k − ½)/n-th percentile, values
/// between are interpolated linearly, values beyond are the smallest or the largest.
public enum Percentile {
    /// The percentiles of a set of values.
    ///
    /// - Parameters:
    ///   - percentages: 0 to 100.
    ///   - values: in any order.
    /// - Returns: one value a percentage; NaN when there are no values.
    public static func of(_ values: [Double], at percentages: [Double]) -> [Double] {
        let sorted = values.sorted()
        guard let smallest = sorted.first, let largest = sorted.last else { return percentages.map { _ in .nan } }
        return percentages.map { percentage in
            let rank = percentage / 100 * Double(sorted.count) - 0.5
            if rank <= 0 { return smallest }
            if rank >= Double(sorted.count - 1) { return largest }
            let below = Int(rank)
            let fraction = rank - Double(below)
            return sorted[below] + fraction * (sorted[below + 1] - sorted[below])
        }
    }
}
