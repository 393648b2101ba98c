/// Where samples come from.
///
/// A sample follows from its index and the random numbers alone, so that it is the same whatever thread makes it, and
/// whichever samples were made before.
public protocol SampleSource: Sendable {
    /// How many samples an epoch has.
    var count: Int { get }

    /// Size of a pixel of ``SampleRole/ms`` in pixels of ``SampleRole/pan``; 1 for pairs of pictures.
    var ratio: Int { get }

    /// Makes a sample.
    ///
    /// - Parameters:
    ///   - index: 0 to ``count`` − 1.
    ///   - random: what the sample may draw from, where it is not fixed.
    /// - Throws: `RasterError`, ``DatasetError``.
    func sample(_ index: Int, random: inout SampleRandom) throws -> Sample

    /// Samples of one number have images of one shape and may share a batch; 0 for all unless a source says otherwise.
    func group(of index: Int) -> Int
}

extension SampleSource {
    /// All samples may share a batch.
    public func group(of index: Int) -> Int { 0 }
}
