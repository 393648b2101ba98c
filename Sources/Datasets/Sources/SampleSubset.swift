/// Some of the samples of a source.
public struct SampleSubset: SampleSource {
    /// The indices of the samples in the source.
    public let indices: [Int]
    private let source: any SampleSource

    /// Chosen samples.
    ///
    /// - Parameter indices: each 0 to the source's count − 1.
    public init(_ source: any SampleSource, indices: [Int]) {
        precondition(
            indices.allSatisfy { (0..<source.count).contains($0) }, "an index beyond \(source.count) samples")
        (self.source, self.indices) = (source, indices)
    }

    /// How many samples were chosen.
    public var count: Int { indices.count }

    /// The ratio of the source.
    public var ratio: Int { source.ratio }

    /// The group of the sample in the source.
    public func group(of index: Int) -> Int { source.group(of: indices[index]) }

    /// The sample of the source.
    public func sample(_ index: Int, random: inout SampleRandom) throws -> Sample {
        try source.sample(indices[index], random: &random)
    }
}

extension SampleSource {
    /// Sets samples apart for validation at random.
    ///
    /// - Parameters:
    ///   - part: how many of all, in 0…1; at least one sample stays on either side.
    ///   - seed: the same seed sets the same samples apart.
    /// - Throws: ``DatasetError/Code/setting`` where there are fewer than two samples, or the part is no part.
    public func split(
        validation part: Double, seed: UInt64
    ) throws(DatasetError) -> (training: SampleSubset, validation: SampleSubset) {
        guard count >= 2, part > 0, part < 1 else {
            throw DatasetError(
                .setting, "validation", "a part of \(part) can't be set apart from \(count) samples.",
                remedy: "Give a part between 0 and 1, and at least two samples.")
        }
        var random = SampleRandom(seed: seed)
        let order = random.permutation(of: count)
        let apart = min(max(1, Int((part * Double(count)).rounded())), count - 1)
        return (
            SampleSubset(self, indices: order[apart...].sorted()),
            SampleSubset(self, indices: order[..<apart].sorted())
        )
    }

    /// Sets the last samples apart for validation, such as the last scenes of a list.
    ///
    /// - Throws: ``DatasetError/Code/setting`` where none would be left on a side.
    public func split(
        lastForValidation number: Int
    ) throws(DatasetError) -> (training: SampleSubset, validation: SampleSubset) {
        guard number >= 1, number < count else {
            throw DatasetError(
                .setting, "validation", "\(number) of \(count) samples can't be set apart.",
                remedy: "Give 1 to \(Swift.max(1, count - 1)).")
        }
        return (
            SampleSubset(self, indices: Array(0..<count - number)),
            SampleSubset(self, indices: Array(count - number..<count))
        )
    }
}
