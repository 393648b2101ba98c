/// Which rows of a column are best and second best.
public struct Ranking: Sendable, Hashable {
    /// Rows with the best value; several where they are equal, none where there is nothing to choose from.
    public let best: Set<Int>
    /// Rows with the second best value.
    public let second: Set<Int>

    /// Ranks values; those that are nil or NaN take no part. Values that print alike are equal.
    ///
    /// - Parameters:
    ///   - higherIsBetter: the direction.
    ///   - text: how a value prints.
    public init(_ values: [Double?], higherIsBetter: Bool, text: (Double) -> String) {
        let known = values.enumerated().compactMap { row, value in
            value.flatMap { $0.isNaN ? nil : (row: row, value: $0, text: text($0)) }
        }.sorted { higherIsBetter ? $0.value > $1.value : $0.value < $1.value }
        guard let first = known.first, let last = known.last, first.text != last.text else {
            (best, second) = ([], [])
            return
        }
        let next = known.first { $0.text != first.text }
        best = Set(known.filter { $0.text == first.text }.map(\.row))
        second = Set(known.filter { $0.text == next?.text }.map(\.row))
    }
}
