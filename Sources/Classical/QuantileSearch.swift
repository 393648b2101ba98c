import Sensors

/// The exact p-quantile of each band of a scene of any size, MATLAB's `prctile`: linear between the points (k − ½)/n.
///
/// The two order statistics on both sides are enclosed in an interval. A pass counts the values in its 1024 parts, and
/// the part that holds the two is the next interval, until few enough values are in it to be sorted. Small scenes are sorted
/// at once.
struct QuantileSearch: SceneMeasurement {
    /// Values of a band that are sorted in memory.
    private static let mostSorted = 1 << 20
    private static let parts = 1024

    /// What is known of one band.
    private struct Search: Sendable {
        /// Rank of the lower of the two order statistics, from 0.
        let rank: Int
        /// Where the quantile lies between the two.
        let fraction: Double
        var interval: ClosedRange<Double>
        /// Values below the interval.
        var below = 0
        /// Values in the interval.
        var inside: Int
        /// The quantile, once it is found.
        var result: Double?

        var isSorted: Bool { inside <= QuantileSearch.mostSorted }

        mutating func finish(_ lower: Double, _ upper: Double) { result = lower + fraction * (upper - lower) }
    }

    /// The values of a band that lie in its interval: themselves, or how many in each part, and their ends.
    struct BandPart: Sendable {
        var values: [Double] = []
        var counts: [Int] = []
        var smallest: [Double] = []
        var largest: [Double] = []
    }

    let ingredients: Ingredients = []
    private var searches: [Search]
    private var found: [BandPart]

    /// - Parameters:
    ///   - statistics: with the extremes of all bands.
    ///   - probability: between 0 and 1.
    private init(_ statistics: SceneStatistics, probability: Double) {
        let count = Int(statistics.count)
        searches = (0..<statistics.scene.bands).map { band in
            let position = min(max(probability * Double(count) - 0.5, 0), Double(max(count - 1, 0)))
            let rank = min(Int(position), max(count - 2, 0))
            let range = statistics.extremes(.band(band))
            var search = Search(rank: rank, fraction: position - Double(rank), interval: range, inside: count)
            if position == 0 || range.lowerBound == range.upperBound { search.result = range.lowerBound }
            return search
        }
        found = searches.map { _ in BandPart() }
    }

    /// The step that finds the quantile of each band.
    static func step(
        _ statistics: SceneStatistics, probability: Double,
        then next: @escaping @Sendable ([Double]) throws(ClassicalError) -> FittingStep
    ) throws(ClassicalError) -> FittingStep {
        try QuantileSearch(statistics, probability: probability).step(then: next)
    }

    private func step(
        then next: @escaping @Sendable ([Double]) throws(ClassicalError) -> FittingStep
    ) throws(ClassicalError) -> FittingStep {
        let results = searches.compactMap(\.result)
        if results.count == searches.count { return try next(results) }
        return .pass(
            ScenePass(self) { (measured) throws(ClassicalError) in
                var search = measured
                search.narrow()
                return try search.step(then: next)
            })
    }

    func measure(_ block: PreparedBlock) -> [BandPart] {
        searches.indices.map { band in
            let search = searches[band]
            var part = BandPart()
            guard search.result == nil else { return part }
            let values = block.interpolated.band(band).values
            let isValid = block.isValid
            if !search.isSorted {
                part.counts = [Int](repeating: 0, count: Self.parts)
                part.smallest = [Double](repeating: .infinity, count: Self.parts)
                part.largest = [Double](repeating: -.infinity, count: Self.parts)
            }
            let (lower, upper) = (search.interval.lowerBound, search.interval.upperBound)
            let scale = Double(Self.parts) / (upper - lower)
            for (pixel, value) in values.enumerated() where value >= lower && value <= upper && isValid?[pixel] ?? true
            {
                if search.isSorted {
                    part.values.append(value)
                } else {
                    let place = min(Int((value - lower) * scale), Self.parts - 1)
                    part.counts[place] += 1
                    part.smallest[place] = min(part.smallest[place], value)
                    part.largest[place] = max(part.largest[place], value)
                }
            }
            return part
        }
    }

    mutating func merge(_ parts: [BandPart]) {
        for (band, part) in parts.enumerated() {
            found[band].values += part.values
            guard !found[band].counts.isEmpty else {
                found[band].counts = part.counts
                (found[band].smallest, found[band].largest) = (part.smallest, part.largest)
                continue
            }
            for place in part.counts.indices {
                found[band].counts[place] += part.counts[place]
                found[band].smallest[place] = min(found[band].smallest[place], part.smallest[place])
                found[band].largest[place] = max(found[band].largest[place], part.largest[place])
            }
        }
    }

    /// Takes what a pass found into account.
    private mutating func narrow() {
        for band in searches.indices where searches[band].result == nil {
            let part = found[band]
            found[band] = BandPart()
            if searches[band].isSorted {
                let sorted = part.values.sorted()
                let place = searches[band].rank - searches[band].below
                guard sorted.indices.contains(place) else {
                    searches[band].result = .nan
                    continue
                }
                searches[band].finish(sorted[place], sorted[min(place + 1, sorted.count - 1)])
                continue
            }
            var before = searches[band].below
            for place in part.counts.indices where part.counts[place] > 0 {
                let after = before + part.counts[place]
                if after == searches[band].rank + 1 {
                    // The two lie in different parts: the last value of one, the first of the next.
                    let above = part.smallest[(place + 1)...].first(where: \.isFinite) ?? part.largest[place]
                    searches[band].finish(part.largest[place], above)
                    break
                }
                if after > searches[band].rank {
                    searches[band].interval = part.smallest[place]...part.largest[place]
                    (searches[band].below, searches[band].inside) = (before, part.counts[place])
                    if part.smallest[place] == part.largest[place] { searches[band].result = part.smallest[place] }
                    break
                }
                before = after
            }
        }
    }
}
