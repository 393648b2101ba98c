/// Samples of several sources, each with a share.
///
/// Which source an index belongs to is fixed; which of its samples is taken is drawn at random, so that sources of any
/// size take part with their shares.
public struct MixtureSource: SampleSource {
    /// Samples of an epoch.
    public let count: Int
    /// The ratio of every source.
    public let ratio: Int
    private let sources: [any SampleSource]
    /// The first index beyond each source's share.
    private let ends: [Int]
    private let mixesBatches: Bool

    /// A mixture.
    ///
    /// - Parameters:
    ///   - parts: sources of one ratio with weights, which need not add up to 1.
    ///   - count: samples of an epoch.
    ///   - mixesBatches: whether samples of several sources share a batch; they then need images of one shape.
    /// - Throws: ``DatasetError`` with `setting` or `empty`.
    public init(
        _ parts: [(source: any SampleSource, weight: Double)], count: Int, mixesBatches: Bool = true
    ) throws(DatasetError) {
        func fail(_ problem: String, _ remedy: String) -> DatasetError {
            DatasetError(.setting, "mixture", problem, remedy: remedy)
        }
        let total = parts.reduce(0) { $0 + $1.weight }
        guard let first = parts.first, count >= 1, total.isFinite, total > 0,
            parts.allSatisfy({ $0.weight >= 0 })
        else {
            throw fail(
                "\(count) samples of \(parts.count) sources can't be mixed.", "Give sources with weights above 0.")
        }
        let ratios = Set(parts.map(\.source.ratio)).sorted()
        guard ratios.count == 1 else {
            let list = ratios.map(String.init).joined(separator: ", ")
            throw fail("its sources have the ratios \(list).", "Mix sources of one.")
        }
        for part in parts {
            let groups = Set((0..<part.source.count).map { part.source.group(of: $0) })
            guard groups.count == 1 else {
                throw fail(
                    groups.isEmpty ? "a source has no samples." : "a source has samples of \(groups.count) shapes.",
                    "Mix sources with samples of one shape each.")
            }
        }
        var sum = 0.0
        ends = parts.map { part in
            sum += part.weight
            return min(count, Int((sum / total * Double(count)).rounded()))
        }
        (sources, self.count, ratio) = (parts.map(\.source), count, first.source.ratio)
        self.mixesBatches = mixesBatches
    }

    private func part(of index: Int) -> Int { ends.firstIndex { index < $0 } ?? ends.count - 1 }

    /// 0 where batches are mixed, else the place of the source.
    public func group(of index: Int) -> Int { mixesBatches ? 0 : part(of: index) }

    /// A random sample of the source that the index belongs to.
    public func sample(_ index: Int, random: inout SampleRandom) throws -> Sample {
        let source = sources[part(of: index)]
        return try source.sample(random.below(source.count), random: &random)
    }
}
