/// All samples of several sources, one source after the other: several files of one data set, patches of several scenes.
public struct JoinedSource: SampleSource {
    /// The ratio of every source.
    public let ratio: Int
    private let sources: [any SampleSource]
    /// The first index beyond each source's samples.
    private let ends: [Int]

    /// The samples of all sources.
    ///
    /// - Parameter sources: at least one, all of one ratio. Samples of one group share batches, whichever source they are
    ///   of.
    /// - Throws: ``DatasetError/Code/setting``.
    public init(_ sources: [any SampleSource]) throws(DatasetError) {
        let ratios = Set(sources.map(\.ratio)).sorted()
        guard let ratio = ratios.first, ratios.count == 1 else {
            let list = ratios.map(String.init).joined(separator: ", ")
            throw DatasetError(
                .setting, "sources", ratios.isEmpty ? "there are none." : "they have the ratios \(list).",
                remedy: "Join sources of one ratio.")
        }
        var sum = 0
        ends = sources.map { source in
            sum += source.count
            return sum
        }
        (self.sources, self.ratio) = (sources, ratio)
    }

    /// How many samples all sources have.
    public var count: Int { ends.last ?? 0 }

    /// The source of a sample, and its index there.
    private func place(of index: Int) -> (source: any SampleSource, index: Int) {
        // The first source that ends beyond the index.
        var (low, high) = (0, ends.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] > index { high = middle } else { low = middle + 1 }
        }
        return (sources[low], index - (low > 0 ? ends[low - 1] : 0))
    }

    /// The group of the sample in its source.
    public func group(of index: Int) -> Int {
        let place = place(of: index)
        return place.source.group(of: place.index)
    }

    /// The sample of the source that the index lies in.
    public func sample(_ index: Int, random: inout SampleRandom) throws -> Sample {
        let place = place(of: index)
        return try place.source.sample(place.index, random: &random)
    }
}
