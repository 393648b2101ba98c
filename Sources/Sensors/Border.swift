/// What lies beyond the edge of an image when a filter reaches over it.
public enum Border: String, Sendable, Hashable, CaseIterable {
    /// The edge sample repeated: `aaa|abc`.
    case replicate
    /// The image mirrored about its outer edge, the edge sample twice: `cba|abc`.
    case symmetric
    /// The opposite edge: `abc|abc`.
    case circular

    /// The index inside `0..<count` that stands for any index.
    ///
    /// - Parameters:
    ///   - index: a position on the axis, inside the image or beyond either end.
    ///   - count: samples on the axis, at least 1.
    @inlinable
    public func index(_ index: Int, count: Int) -> Int {
        if index >= 0 && index < count { return index }
        switch self {
        case .replicate:
            return index < 0 ? 0 : count - 1
        case .symmetric:
            let period = 2 * count
            let phase = ((index % period) + period) % period
            return phase < count ? phase : period - 1 - phase
        case .circular:
            return ((index % count) + count) % count
        }
    }

    /// The samples inside `0..<count` that a stretch of an axis needs once this border has filled what lies outside.
    public func needed(by range: Range<Int>, count: Int) -> Range<Int> {
        if range.lowerBound >= 0 && range.upperBound <= count { return range }
        if self == .circular { return 0..<count }
        let inside = range.map { index($0, count: count) }
        return (inside.min() ?? 0)..<(inside.max() ?? -1) + 1
    }
}
