import Datasets

/// Samples as they are at full resolution: without a truth, also where there is one. They share no batch with others.
struct WithoutReference: SampleSource {
    let source: any SampleSource

    var count: Int { source.count }
    var ratio: Int { source.ratio }

    /// Beyond all groups of samples that have a truth.
    func group(of index: Int) -> Int { source.group(of: index) + 1 << 40 }

    func sample(_ index: Int, random: inout SampleRandom) throws -> Sample {
        var sample = try source.sample(index, random: &random)
        sample.images[.reference] = nil
        return sample
    }
}
